/// Decides whether Redis is asked. Pure: the clock, in milliseconds, and the random numbers are parameters.
///
/// Closed, everything is asked. After failures in a row, or a share of failures, it opens: nobody is sent, until a probe, at
/// most one a second, has found Redis well. A refusal to write pauses writes only.
struct RedisBreaker {
    struct Settings: Hashable, Sendable {
        /// Failures in a row, of all loops, that open it.
        var failuresInARow = 5
        /// Or this share of failures, of at least so many answers within the window.
        var failureShare = 0.5
        var leastAnswers = 20
        var window: Int64 = 10_000
        /// Between two probes at the least; doubled with each that fails, up to the longest, and with up to half of it added
        /// by chance, so that many nodes do not come at the same time.
        var shortestPause: Int64 = 1_000
        var longestPause: Int64 = 4_000
        /// How long nothing is written after a write was refused.
        var writePause: Int64 = 5_000
    }

    enum State: Hashable {
        case closed
        /// Nobody is sent before the next probe.
        case open(probeAt: Int64)
        /// One is under way.
        case probing
    }

    enum Use: Hashable { case read, write }

    /// What is to be done after an event.
    enum Action: Hashable {
        case none
        /// It has just opened: drop the connections and probe after so many milliseconds.
        case open(probeAfter: Int64)
        /// The probe has failed: the next one after so many milliseconds.
        case probe(after: Int64)
        /// It has closed again: connect.
        case close
        /// Writes are off from now on.
        case pauseWrites
        /// A write was taken again.
        case resumeWrites
    }

    let settings: Settings
    private(set) var state = State.closed
    private var failuresInARow = 0
    private var failures = 0
    private var answers = 0
    private var windowEnd: Int64 = .min
    /// Probes that have failed one after the other.
    private var failedProbes = 0
    private var writesPausedUntil: Int64?

    init(settings: Settings = Settings()) {
        self.settings = settings
    }

    /// Why a command is not to be sent; nil when it is.
    func refusal(of use: Use, now: Int64) -> RedisFailure? {
        guard case .closed = state else { return .breakerOpen }
        return use == .write && arePaused(now: now) ? .writesPaused : nil
    }

    /// Redis has answered.
    mutating func succeeded(_ use: Use, now: Int64) -> Action {
        guard state == .closed else { return .none }
        count(failure: false, now: now)
        guard use == .write, writesPausedUntil != nil, !arePaused(now: now) else { return .none }
        writesPausedUntil = nil
        return .resumeWrites
    }

    /// Redis has not, or not as it should.
    mutating func failed(
        _ failure: RedisFailure,
        use: Use,
        now: Int64,
        using generator: inout some RandomNumberGenerator
    ) -> Action {
        guard state == .closed else { return .none }
        switch Self.weight(of: failure, use: use) {
        case .nothing:
            return .none
        case .answer:
            count(failure: false, now: now)
            return .none
        case .refusedWrite:
            count(failure: false, now: now)
            let isNew = writesPausedUntil == nil
            writesPausedUntil = now &+ settings.writePause
            return isNew ? .pauseWrites : .none
        case .failure:
            count(failure: true, now: now)
            let isShare =
                answers >= settings.leastAnswers && Double(failures) >= settings.failureShare * Double(answers)
            return failuresInARow >= settings.failuresInARow || isShare ? open(now: now, using: &generator) : .none
        }
    }

    /// There is no connection at all, and none could be made.
    mutating func lost(now: Int64, using generator: inout some RandomNumberGenerator) -> Action {
        state == .closed ? open(now: now, using: &generator) : .none
    }

    /// True when a probe is to be sent now.
    mutating func beginProbe(now: Int64) -> Bool {
        guard case .open(let probeAt) = state, now >= probeAt else { return false }
        state = .probing
        return true
    }

    mutating func probeEnded(isWell: Bool, now: Int64, using generator: inout some RandomNumberGenerator) -> Action {
        guard case .probing = state else { return .none }
        guard isWell else {
            failedProbes = min(failedProbes + 1, 16)
            let pause = pause(using: &generator)
            state = .open(probeAt: now &+ pause)
            return .probe(after: pause)
        }
        state = .closed
        failuresInARow = 0
        failures = 0
        answers = 0
        writesPausedUntil = nil
        return .close
    }

    private mutating func open(now: Int64, using generator: inout some RandomNumberGenerator) -> Action {
        failedProbes = 0
        let pause = pause(using: &generator)
        state = .open(probeAt: now &+ pause)
        return .open(probeAfter: pause)
    }

    private func pause(using generator: inout some RandomNumberGenerator) -> Int64 {
        Self.pause(after: failedProbes, settings, using: &generator)
    }

    /// How long to wait after some failures in a row, with jitter.
    static func pause(
        after failures: Int,
        _ settings: Settings,
        using generator: inout some RandomNumberGenerator
    ) -> Int64 {
        let shortest = max(1, settings.shortestPause)
        let pause = max(shortest, min(shortest << Int64(min(max(0, failures), 16)), settings.longestPause))
        return pause + Int64.random(in: 0...pause / 2, using: &generator)
    }

    private func arePaused(now: Int64) -> Bool {
        writesPausedUntil.map { now < $0 } ?? false
    }

    private mutating func count(failure: Bool, now: Int64) {
        if now >= windowEnd {
            windowEnd = now &+ settings.window
            failures = 0
            answers = 0
        }
        answers += 1
        if failure {
            failures += 1
            failuresInARow += 1
        } else {
            failuresInARow = 0
        }
    }

    private enum Weight { case nothing, answer, refusedWrite, failure }

    private static func weight(of failure: RedisFailure, use: Use) -> Weight {
        switch failure {
        case .breakerOpen, .writesPaused, .notConnected, .tooManyInFlight, .closed: .nothing
        case .timeout, .connection, .invalidReply, .tooLarge: .failure
        case .reply(let reply):
            switch reply.kind {
            case .readOnly, .outOfMemory, .writesRefused: .refusedWrite
            case .noPermission: use == .write ? .refusedWrite : .failure
            case .loading, .notAuthenticated, .wrongPassword: .failure
            case .moved, .noScript, .other: .answer
            }
        }
    }
}
