import CurlTransport
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What all loops know of Redis: the breaker, the counters, and one log line for each change.
///
/// `@unchecked Sendable`: the variables are read and written under `lock` alone; nothing is called under it.
final class RedisHealth: @unchecked Sendable {
    private let lock = Lock()
    private var breaker: RedisBreaker
    private var generator: JitterGenerator
    private var connections = 0
    private var statistics = RedisStatistics()
    private var hasSaidMoved = false

    private let address: String
    private let log: RedisLog

    init(settings: RedisSettings, log: @escaping RedisLog) {
        breaker = RedisBreaker(settings: settings.breaker)
        generator = JitterGenerator(state: settings.seed)
        address = settings.address.description
        self.log = log
    }

    /// Milliseconds of a clock that never steps.
    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) &* 1_000 &+ Int64(time.tv_nsec) / 1_000_000
    }

    func snapshot() -> RedisStatistics {
        lock.withLock {
            var statistics = statistics
            statistics.connections = connections
            statistics.breakerIsOpen = breaker.state != .closed
            return statistics
        }
    }

    func count(_ counter: WritableKeyPath<RedisStatistics, UInt64>) {
        lock.withLock { statistics[keyPath: counter] += 1 }
    }

    /// Why a command is not to be sent; it is counted then.
    func refusal(of use: RedisBreaker.Use) -> RedisFailure? {
        let now = Self.now()
        return lock.withLock {
            let refusal = breaker.refusal(of: use, now: now)
            if refusal != nil { statistics.refused += 1 }
            return refusal
        }
    }

    func succeeded(_ use: RedisBreaker.Use, _ counter: WritableKeyPath<RedisStatistics, UInt64>) {
        let now = Self.now()
        let action = lock.withLock {
            statistics[keyPath: counter] += 1
            return breaker.succeeded(use, now: now)
        }
        if action == .resumeWrites { log(.info, "Redis at \(address) takes writes again") }
    }

    /// A command has failed. What is to be done is the tier's.
    func failed(_ failure: RedisFailure, _ use: RedisBreaker.Use) -> RedisBreaker.Action {
        let now = Self.now()
        let (action, isFirstMoved) = lock.withLock { () -> (RedisBreaker.Action, Bool) in
            switch failure {
            case .timeout: statistics.timeouts += 1
            case .notConnected, .tooManyInFlight, .breakerOpen, .writesPaused, .closed: statistics.refused += 1
            default: statistics.errors += 1
            }
            var isFirstMoved = false
            if case .reply(let reply) = failure, reply.kind == .moved, !hasSaidMoved {
                hasSaidMoved = true
                isFirstMoved = true
            }
            // The end of a connection counts once, when it is told, and not for each command that was on its way.
            let action =
                failure.isOfConnection ? .none : breaker.failed(failure, use: use, now: now, using: &generator)
            return (action, isFirstMoved)
        }
        if isFirstMoved {
            log(.warning, "Redis at \(address) is a node of a Cluster and has a part of the keys only: address a proxy")
        }
        say(action, because: failure)
        return action
    }

    // MARK: Connections

    func connected(loop: Int, isFirst: Bool) {
        lock.withLock {
            connections += 1
            if !isFirst { statistics.reconnects += 1 }
        }
        log(.info, "connected to Redis at \(address), loop \(loop)")
    }

    /// A connection that was in use has ended by itself.
    func disconnected(_ failure: RedisFailure) -> RedisBreaker.Action {
        let now = Self.now()
        let (action, isOpen) = lock.withLock {
            connections -= 1
            let isOpen = breaker.state != .closed
            return (breaker.failed(failure, use: .read, now: now, using: &generator), isOpen)
        }
        if !isOpen { log(.warning, "lost a connection to Redis at \(address): \(failure)") }
        say(action, because: failure)
        return action
    }

    /// A connection that was in use was closed by the tier.
    func dropped() {
        lock.withLock { connections -= 1 }
    }

    /// No connection could be made. With none left that opens the breaker.
    func connectFailed(_ failure: RedisFailure) -> RedisBreaker.Action {
        let now = Self.now()
        let action = lock.withLock {
            statistics.errors += 1
            return connections == 0
                ? breaker.lost(now: now, using: &generator)
                : breaker.failed(failure, use: .read, now: now, using: &generator)
        }
        say(action, because: failure)
        return action
    }

    func pause(after failures: Int) -> Int64 {
        lock.withLock { RedisBreaker.pause(after: failures, breaker.settings, using: &generator) }
    }

    var isOpen: Bool { lock.withLock { breaker.state != .closed } }

    // MARK: Probes

    func beginProbe() -> Bool {
        let now = Self.now()
        return lock.withLock {
            let begins = breaker.beginProbe(now: now)
            if begins { statistics.probes += 1 }
            return begins
        }
    }

    func probeEnded(isWell: Bool) -> RedisBreaker.Action {
        let now = Self.now()
        let action = lock.withLock { breaker.probeEnded(isWell: isWell, now: now, using: &generator) }
        if action == .close { log(.info, "Redis at \(address) is back") }
        return action
    }

    func say(_ level: RedisLogLevel, _ message: String) {
        log(level, message)
    }

    private func say(_ action: RedisBreaker.Action, because failure: RedisFailure) {
        switch action {
        case .open: log(.warning, "Redis at \(address) is not asked until it is well again: \(failure)")
        case .pauseWrites: log(.warning, "Redis at \(address) is not written to for a while: \(failure)")
        default: break
        }
    }
}

extension RedisFailure {
    /// The connection has ended by it.
    var isOfConnection: Bool {
        switch self {
        case .connection, .invalidReply, .tooLarge: true
        default: false
        }
    }
}

/// SplitMix64: chance for pauses, the same for the same seed.
struct JitterGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
