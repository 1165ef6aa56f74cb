import CurlTransport

/// One loop's way to Redis: its connection, and what becomes of it.
///
/// `@unchecked Sendable`: confined to the loop's thread, but for `loop` and `health`, which any thread may use.
final class RedisLane: @unchecked Sendable {
    let loop: CurlLoop
    let health: RedisHealth
    private let options: RedisConnection.Options
    private let timeout: Duration
    /// Carries out what the breaker says, on all lanes.
    private let act: @Sendable (RedisBreaker.Action) -> Void

    private var connection: RedisConnection?
    private var isProbe = false
    private var hasConnected = false
    private var isDropping = false
    private var isClosed = false
    /// Attempts to connect that have failed one after the other while others have succeeded.
    private var failedAttempts = 0
    private var lastAttempt = Int64.min
    private var retryTimer: LoopTimer?

    /// The connection has come to be in use, or is so no more.
    var onChange: ((_ isReady: Bool) -> Void)?

    init(
        loop: CurlLoop,
        settings: RedisSettings,
        health: RedisHealth,
        act: @escaping @Sendable (RedisBreaker.Action) -> Void
    ) {
        self.loop = loop
        self.health = health
        self.act = act
        options = settings.connection
        timeout = settings.timeout
    }

    // MARK: Commands

    /// Sends a command. `completion` is called once, at once when Redis is not asked.
    func send(
        _ command: @autoclosure () -> RedisCommand,
        _ use: RedisBreaker.Use,
        timeout: Duration? = nil,
        completion: @escaping RedisConnection.Completion
    ) {
        guard !isClosed else { return completion(.failure(.closed)) }
        if let refusal = health.refusal(of: use) { return completion(.failure(refusal)) }
        guard let connection, connection.isReady else {
            health.count(\.refused)
            return completion(.failure(.notConnected))
        }
        connection.send(command(), timeout: timeout ?? self.timeout) { [self] result in
            if case .failure(let failure) = result { act(health.failed(failure, use)) }
            completion(result)
        }
    }

    /// Sends what the turn has produced.
    func flush() {
        connection?.flush()
    }

    // MARK: The connection

    func start() {
        connect(isProbe: false)
    }

    /// Connects, unless there is a connection or one is on its way, or the breaker is open.
    func connect() {
        if !health.isOpen { connect(isProbe: false) }
    }

    private func connect(isProbe: Bool) {
        guard !isClosed, connection == nil else { return }
        cancelRetry()
        self.isProbe = isProbe
        lastAttempt = RedisHealth.now()
        let connection = RedisConnection(loop: loop, options: options)
        connection.onReady = { [weak self] in self?.becameReady() }
        connection.onEnd = { [weak self, unowned connection] in self?.ended($0, connection) }
        self.connection = connection
        connection.open()
    }

    private func becameReady() {
        failedAttempts = 0
        health.connected(loop: loop.index, isFirst: !hasConnected)
        hasConnected = true
        if isProbe {
            isProbe = false
            act(health.probeEnded(isWell: true))
        } else {
            act(.none)
        }
        onChange?(true)
    }

    private func ended(_ failure: RedisFailure, _ ended: RedisConnection) {
        guard connection === ended else { return }
        connection = nil
        let wasReady = ended.wasReady
        if wasReady { onChange?(false) }
        if isDropping || isClosed {
            if wasReady { health.dropped() }
            return
        }
        if isProbe {
            isProbe = false
            act(health.probeEnded(isWell: false))
        } else if wasReady {
            act(health.disconnected(failure))
            retry(after: max(0, lastAttempt &+ health.pause(after: 0) &- RedisHealth.now()))
        } else {
            act(health.connectFailed(failure))
            failedAttempts = min(failedAttempts + 1, 16)
            retry(after: health.pause(after: failedAttempts - 1))
        }
    }

    /// Without a breaker that is open, which has probes of its own.
    private func retry(after milliseconds: Int64) {
        guard !isClosed, !health.isOpen else { return }
        cancelRetry()
        retryTimer = loop.schedule(after: .milliseconds(milliseconds)) { [weak self] in
            self?.retryTimer = nil
            self?.connect()
        }
    }

    private func cancelRetry() {
        if let retryTimer { loop.cancel(retryTimer) }
        retryTimer = nil
    }

    /// The breaker has opened.
    func drop() {
        cancelRetry()
        isDropping = true
        connection?.close(.breakerOpen)
        isDropping = false
        connection = nil
    }

    func probe(after milliseconds: Int64) {
        guard !isClosed else { return }
        cancelRetry()
        retryTimer = loop.schedule(after: .milliseconds(milliseconds)) { [weak self] in
            guard let self else { return }
            retryTimer = nil
            guard health.beginProbe() else { return }
            drop()
            connect(isProbe: true)
        }
    }

    /// Ends the connection for good; whoever waits for a reply is told.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        cancelRetry()
        connection?.close(.closed)
        connection = nil
        onChange = nil
    }
}
