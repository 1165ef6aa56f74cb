import CHiredis
import CurlTransport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// One connection to Redis, on one loop: connects, greets, sends commands one behind the other, and ends once.
///
/// Confined to the loop's thread, on which everything is called back; nothing is called back by `open`, `send` and `flush`
/// before they return, unless a command is refused. `onReady` comes once the server has answered the greeting, `onEnd`
/// once, after which nothing comes.
final class RedisConnection {
    typealias Completion = (Result<RedisReply, RedisFailure>) -> Void

    struct Options: Sendable {
        var address: RedisAddress
        /// A file of certificates for TLS. Nil: the system's.
        var certificateAuthorities: String?
        /// From the look-up of the name to the answer to the greeting.
        var connectTimeout: Duration = .seconds(1)
        /// Commands without an answer.
        var maxInFlight = 1024
        /// Bytes that wait to be sent.
        var maxUnsent = 8 << 20
        /// Bytes of one reply.
        var maxReply = 2 << 20
        /// Elements of one array in a reply.
        var maxElements = 1024
    }

    private enum Phase { case idle, resolving, connecting, greeting, ready, ended }

    private struct Pending {
        /// Nil once the caller has been answered; the reply is still to come.
        var completion: Completion?
        var timer: LoopTimer?
    }

    private let loop: CurlLoop
    private let options: Options
    private var phase = Phase.idle
    private var hiredis: OpaquePointer?
    private var addresses: [String] = []
    private var connectTimer: LoopTimer?

    /// In the order in which the replies come. `first` is the ticket of the first one.
    private var pending = Deque<Pending>()
    private var first = 0

    private var hasUnsent = false
    private var isWatchingWrites = false
    /// Within a call to hiredis: it is not to be freed there.
    private var isInside = false
    private var endReason: RedisFailure?

    var onReady: (() -> Void)?
    var onEnd: ((RedisFailure) -> Void)?
    /// A message of the channel; nil once the subscription holds.
    var onMessage: (([UInt8]?) -> Void)?

    init(loop: CurlLoop, options: Options) {
        self.loop = loop
        self.options = options
    }

    deinit {
        // `end` has run, or there never was a connection.
        assert(hiredis == nil)
    }

    var isReady: Bool { phase == .ready }
    /// It was in use, whether or not it is over.
    private(set) var wasReady = false
    var inFlight: Int { pending.count }

    // MARK: Connecting

    func open() {
        guard phase == .idle else { return }
        connectTimer = loop.schedule(after: options.connectTimeout) { [weak self] in self?.connectTimedOut() }
        switch options.address.place {
        case .unix(let path):
            connect { medley_redis_connect_unix(path, $0, $1) }
        case .tcp(let host, _) where NumericAddress.isOne(host):
            addresses = [host]
            connectNext()
        case .tcp(let host, _):
            phase = .resolving
            let reference = LoopBound(self)
            loop.lookUp(host) { answer in reference.value?.resolved(answer) }
        }
    }

    private func resolved(_ answer: ResolverOptions.Answer) {
        guard phase == .resolving else { return }
        switch answer {
        case .addresses(let list):
            addresses = list
            connectNext()
        case .failure(let detail):
            end(.connection(detail: detail))
        }
    }

    /// The next of the name's addresses.
    private func connectNext() {
        guard case .tcp(_, let port) = options.address.place, !addresses.isEmpty else {
            return end(.connection(detail: "the name has no address"))
        }
        let address = addresses.removeFirst()
        connect { medley_redis_connect(address, CInt(port), $0, $1) }
    }

    private func connect(_ begin: (medley_redis_limits, medley_redis_callbacks) -> OpaquePointer?) {
        phase = .connecting
        let limits = medley_redis_limits(bytes: options.maxReply, elements: options.maxElements)
        guard let hiredis = begin(limits, callbacks) else { return end(.connection(detail: "out of memory")) }
        self.hiredis = hiredis
        let descriptor = medley_redis_descriptor(hiredis)
        guard descriptor >= 0 else { return connectFailed(reason) }
        if options.address.usesTLS {
            var name: String?
            if case .tcp(let host, _) = options.address.place, !NumericAddress.isOne(host) { name = host }
            isInside = true
            let isStarted = medley_redis_start_tls(hiredis, options.certificateAuthorities, name)
            isInside = false
            guard isStarted != 0 else { return connectFailed(reason) }
        }
        isWatchingWrites = true
        guard watch(descriptor) else { return connectFailed(.connection(detail: "the system cannot watch it")) }
    }

    /// Before the connection is established: another address may do.
    private func connectFailed(_ failure: RedisFailure) {
        release()
        if addresses.isEmpty { end(failure) } else { connectNext() }
    }

    private func connectTimedOut() {
        connectTimer = nil
        guard phase != .ready else { return }
        addresses.removeAll()
        let doing =
            switch phase {
            case .resolving: "its name was not resolved in time"
            case .greeting: "it did not answer in time"
            default: "it did not accept in time"
            }
        end(.connection(detail: doing))
    }

    fileprivate func connected() {
        guard phase == .connecting else { return }
        phase = .greeting
        let address = options.address
        if let password = address.password {
            let words = address.user.map { [$0, password.text] } ?? [password.text]
            greet(RedisCommand("AUTH", words.map { Array($0.utf8) }))
        }
        if address.database != 0 { greet(RedisCommand("SELECT", String(address.database))) }
        greet(RedisCommand("PING"), isLast: true)
    }

    private func greet(_ command: RedisCommand, isLast: Bool = false) {
        write(command) { [weak self] result in
            guard let self, phase == .greeting else { return }
            switch result {
            case .success where isLast:
                phase = .ready
                wasReady = true
                if let timer = connectTimer { loop.cancel(timer) }
                connectTimer = nil
                onReady?()
            case .success: break
            case .failure(let failure): endSoon(failure)
            }
        }
    }

    // MARK: Commands

    /// Sends a command at the end of the loop's turn.
    ///
    /// - Parameters:
    ///   - timeout: then `.timeout` is the result, and a reply that comes later is dropped.
    ///   - completion: called once, at once if the command is refused.
    func send(_ command: RedisCommand, timeout: Duration, completion: @escaping Completion) {
        guard phase == .ready else { return completion(.failure(phase == .ended ? .closed : .notConnected)) }
        guard let hiredis, pending.count < options.maxInFlight,
            medley_redis_unsent(hiredis) + command.bytes.count <= options.maxUnsent
        else { return completion(.failure(.tooManyInFlight)) }
        guard let ticket = write(command, completion) else { return }
        pending[ticket - first].timer = loop.schedule(after: timeout) { [weak self] in self?.expire(ticket) }
    }

    /// Subscribes to a channel. No command can be sent from then on.
    func subscribe(to channel: [UInt8]) {
        guard phase == .ready, pending.isEmpty, let hiredis else { return }
        let accepted = inside { channel.withUnsafeBytes { medley_redis_subscribe(hiredis, $0.baseAddress, $0.count) } }
        if accepted == 0 { endSoon(.connection(detail: "it cannot be subscribed to")) }
    }

    /// The ticket of the command; nil when it was refused.
    @discardableResult
    private func write(_ command: RedisCommand, _ completion: @escaping Completion) -> Int? {
        guard let hiredis else {
            completion(.failure(.notConnected))
            return nil
        }
        let accepted = inside {
            command.bytes.withUnsafeBytes { medley_redis_send(hiredis, $0.baseAddress, $0.count - 1) }
        }
        guard accepted != 0 else {
            completion(.failure(.notConnected))
            return nil
        }
        pending.append(Pending(completion: completion))
        return first + pending.count - 1
    }

    private func expire(_ ticket: Int) {
        guard pending.indices.contains(ticket - first) else { return }
        let completion = pending[ticket - first].completion
        pending[ticket - first] = Pending()
        completion?(.failure(.timeout))
    }

    fileprivate func replied(_ reply: OpaquePointer) {
        guard !pending.isEmpty else { return }
        let entry = pending.removeFirst()
        first += 1
        if let timer = entry.timer { loop.cancel(timer) }
        guard let completion = entry.completion else { return }
        switch RedisReply(reply) {
        case .error(let error): completion(.failure(.reply(error)))
        case let reply: completion(.success(reply))
        }
    }

    // MARK: The descriptor

    /// Sends what has been written. Called at the end of each turn of the loop.
    func flush() {
        guard hasUnsent, !isWatchingWrites, let hiredis, phase == .greeting || phase == .ready else { return }
        inside { medley_redis_writable(hiredis) }
        settle()
    }

    private func report(isReadable: Bool, isWritable: Bool) {
        guard let hiredis else { return }
        inside {
            if isWritable { medley_redis_writable(hiredis) }
            if isReadable { medley_redis_readable(hiredis) }
        }
        settle()
    }

    /// After a call to hiredis: what came of it, now that hiredis can be freed.
    private func settle() {
        guard !isInside, let hiredis, phase != .ended else { return }
        let descriptor = medley_redis_descriptor(hiredis)
        guard descriptor >= 0 else {
            return phase == .connecting ? connectFailed(reason) : end(endReason ?? reason)
        }
        if let endReason, phase != .connecting { return end(endReason) }
        if phase != .connecting && hasUnsent != isWatchingWrites {
            isWatchingWrites = hasUnsent
            if !watch(descriptor) { end(.connection(detail: "the system cannot watch it")) }
        }
    }

    private func watch(_ descriptor: CInt) -> Bool {
        loop.watch(descriptor, read: true, write: isWatchingWrites) { [weak self] isReadable, isWritable in
            self?.report(isReadable: isReadable, isWritable: isWritable)
        }
    }

    private func inside<Result>(_ body: () -> Result) -> Result {
        let wasInside = isInside
        isInside = true
        defer { isInside = wasInside }
        return body()
    }

    // MARK: The end

    /// Ends the connection; `onEnd` is called before this returns, unless it has ended.
    func close(_ failure: RedisFailure = .closed) {
        if isInside { endSoon(failure) } else { end(failure) }
    }

    /// Within a callback of hiredis.
    private func endSoon(_ failure: RedisFailure) {
        if endReason == nil { endReason = failure }
        guard !isInside else { return }
        settle()
    }

    private func end(_ failure: RedisFailure) {
        guard phase != .ended else { return }
        phase = .ended
        if let timer = connectTimer { loop.cancel(timer) }
        connectTimer = nil
        release()
        while !pending.isEmpty {
            let entry = pending.removeFirst()
            first += 1
            if let timer = entry.timer { loop.cancel(timer) }
            entry.completion?(.failure(failure))
        }
        let onEnd = onEnd
        (self.onReady, self.onEnd, self.onMessage) = (nil, nil, nil)
        onEnd?(failure)
    }

    private func release() {
        if let hiredis { medley_redis_free(hiredis) }
        hiredis = nil
        hasUnsent = false
        isWatchingWrites = false
    }

    /// Why hiredis's connection is over.
    private var reason: RedisFailure {
        guard let hiredis else { return .closed }
        let detail = String(cString: medley_redis_detail(hiredis))
        return switch medley_redis_why(hiredis) {
        case MEDLEY_REDIS_GARBAGE: .invalidReply(detail: detail)
        case MEDLEY_REDIS_TOO_LARGE: .tooLarge
        case MEDLEY_REDIS_REFUSED where phase != .connecting: .reply(RedisErrorReply(detail))
        default: .connection(detail: detail)
        }
    }

    /// hiredis is about to close the descriptor.
    fileprivate func released(_ descriptor: CInt) {
        loop.unwatch(descriptor)
    }

    // MARK: hiredis's callbacks

    /// `context` is this object, not retained: `release` frees hiredis's connection before the object goes.
    private var callbacks: medley_redis_callbacks {
        medley_redis_callbacks(
            context: Unmanaged.passUnretained(self).toOpaque(),
            unsent: { context, isWaiting in RedisConnection.of(context)?.hasUnsent = isWaiting != 0 },
            connected: { RedisConnection.of($0)?.connected() },
            reply: { context, reply in
                if let reply { RedisConnection.of(context)?.replied(reply) }
            },
            message: { context, bytes, count in
                let message = bytes.map { Array(UnsafeRawBufferPointer(start: $0, count: count)) }
                RedisConnection.of(context)?.onMessage?(message)
            },
            released: { context, descriptor in RedisConnection.of(context)?.released(descriptor) }
        )
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> RedisConnection? {
        context.map { Unmanaged<RedisConnection>.fromOpaque($0).takeUnretainedValue() }
    }
}

/// A reference that other threads carry but never look at.
struct LoopBound<Value: AnyObject>: @unchecked Sendable {
    private(set) weak var value: Value?
    init(_ value: Value) { self.value = value }
}

/// Tells an address from a name, which would have to be looked up.
enum NumericAddress {
    static func isOne(_ host: String) -> Bool {
        var four = in_addr()
        var six = in6_addr()
        return inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1
    }
}
