import NIOCore

/// What the connections of one event loop share. Used on that loop only.
final class FrontLoop {
    let eventLoop: any EventLoop
    private(set) var log: AccessLog
    /// What answers requests from now on.
    var handler: any FrontHandler
    private var requests = RequestCounts()
    private let limits: FrontLimits
    private var connections: [ObjectIdentifier: any OpenConnection] = [:]
    /// What new connections are encrypted with; nil: nothing.
    var tls: ServedTLS?
    let http2: HTTP2Options
    private var requestIDs = RequestID()
    private var date: (second: Int, line: [UInt8]) = (0, [])
    private var isDraining = false
    private var whenEmpty: EventLoopPromise<Int>?
    private var cutConnections = 0
    private var sweep: RepeatedTask?

    init(
        eventLoop: any EventLoop,
        limits: FrontLimits,
        log: AccessLog,
        tls: ServedTLS? = nil,
        http2: HTTP2Options = HTTP2Options(),
        handler: any FrontHandler
    ) {
        self.eventLoop = eventLoop
        self.tls = tls
        self.http2 = http2
        self.handler = handler
        self.limits = limits
        self.log = log
    }

    /// Looks at all deadlines at regular intervals: one timer for all connections instead of one per request.
    func startSweeping() {
        let interval = limits.sweepInterval
        let loop = NIOLoopBound(self, eventLoop: eventLoop)
        sweep = eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            loop.value.checkDeadlines(now: .now())
        }
    }

    func stopSweeping() {
        sweep?.cancel()
        sweep = nil
    }

    private func checkDeadlines(now: NIODeadline) {
        // A copy, since connections leave as they are closed.
        for connection in Array(connections.values) {
            connection.checkDeadlines(now: now)
        }
    }

    func hide(_ credentialHeaders: Set<String>) {
        log.credentialHeaders.formUnion(credentialHeaders)
    }

    func replace(tls: ServedTLS) {
        let hasOtherAuthorities = self.tls?.authorities != tls.authorities
        self.tls = tls
        guard hasOtherAuthorities else { return }
        // A copy, since connections leave as they are closed.
        for connection in Array(connections.values) where connection.restsOnCertificate { connection.drain() }
    }

    func opened(_ connection: any OpenConnection) {
        connections[ObjectIdentifier(connection)] = connection
        if isDraining { connection.drain() }
    }

    /// Idempotent.
    func closed(_ connection: any OpenConnection) {
        connections[ObjectIdentifier(connection)] = nil
        if connections.isEmpty { whenEmpty?.succeed(cutConnections) }
    }

    /// A request has ended: logs and counts it.
    func ended(_ request: RequestSummary, _ outcome: AccessLog.Outcome, remoteAddress: String) {
        let outcome = named(outcome, of: request)
        requests.add(request, outcome, now: .now())
        log.record(request, outcome: outcome, remoteAddress: remoteAddress)
    }

    /// With the endpoint, where the front itself has ended a request that was meant for one.
    private func named(_ outcome: AccessLog.Outcome, of request: RequestSummary) -> AccessLog.Outcome {
        switch outcome {
        case .clientGone(var log, let bodyBytes) where log.endpoint == nil:
            log.endpoint = handler.endpoint(method: request.method, path: request.path)
            return .clientGone(log, bodyBytes: bodyBytes)
        case .replied(var reply, let bodyBytes) where reply.log.endpoint == nil && [408, 413].contains(reply.status):
            reply.log.endpoint = handler.endpoint(method: request.method, path: request.path)
            return .replied(reply, bodyBytes: bodyBytes)
        default:
            return outcome
        }
    }

    /// A connection ended before its first request, or because of how its client used it.
    func failed(_ failure: ConnectionFailure) {
        requests.connectionFailures[failure, default: 0] &+= 1
    }

    /// What has become of this loop's requests.
    var counts: RequestCounts {
        var counts = requests
        counts.connections = connections.count
        return counts
    }

    func makeRequestID() -> String {
        requestIDs.make()
    }

    /// `Date: …` with its CR LF, made once per second.
    func dateLine() -> [UInt8] {
        let second = WallClock.now().seconds
        if second != date.second {
            var line = Array("Date: ".utf8)
            CivilTime(secondsSince1970: second).appendIMFFixdate(to: &line)
            line.append("\r\n")
            date = (second, line)
        }
        return date.line
    }

    /// Lets what is in flight finish. The future completes when the last connection has closed, with the number of
    /// those that were cut.
    func drain() -> EventLoopFuture<Int> {
        if let whenEmpty { return whenEmpty.futureResult }
        isDraining = true
        let promise = eventLoop.makePromise(of: Int.self)
        whenEmpty = promise
        for connection in Array(connections.values) {
            connection.drain()
        }
        if connections.isEmpty { promise.succeed(0) }
        return promise.futureResult
    }

    /// Closes what is left.
    func cut() {
        cutConnections = connections.count
        for connection in Array(connections.values) {
            connection.close()
        }
    }
}
