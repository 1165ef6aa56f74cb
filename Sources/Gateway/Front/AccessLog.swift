import Logging
import NIOCore
import Telemetry

/// One line per request, through swift-log, at level `info`.
///
/// The line travels as one metadata value, an ``AccessEntry``: the gateway's own ``LogFormat`` takes it apart into
/// columns or members, any other log handler prints its description. Where the gateway's own handler writes JSON, the
/// entry goes to it directly, which saves a dictionary and half the time. Safe from any thread.
struct AccessLog: Sendable {
    static let metadataKey = "request"

    /// How a request ended.
    enum Outcome {
        case replied(FrontReply, bodyBytes: Int)
        /// The client left before it had the reply, or all of it. Logged with status 499, as nginx does.
        case clientGone(ReplyLog = ReplyLog(), bodyBytes: Int = 0)
    }

    private let logger: Logger?
    /// The logger's handler, where it takes entries as they are.
    private let direct: GatewayLogHandler?
    let rules: LogRules
    /// What wants to know of a request's end, too; nil where nothing is traced.
    let tracing: GatewayTracing?
    /// The headers, in lower case, whose values are never logged: those that access policies read, or have read before
    /// they were loaded anew.
    var credentialHeaders: Set<String>

    /// - Parameter logger: nil for no log.
    init(
        logger: Logger?,
        rules: LogRules = LogRules(),
        tracing: GatewayTracing? = nil,
        credentialHeaders: Set<String> = []
    ) {
        self.logger = logger
        self.rules = rules
        self.tracing = tracing
        self.credentialHeaders = credentialHeaders
        let handler = logger?.handler as? GatewayLogHandler
        direct = handler?.takesEntries == true ? handler : nil
    }

    func record(_ request: RequestSummary, outcome: Outcome, remoteAddress: String) {
        let isLogged = logger.map { $0.logLevel <= .info } ?? false
        guard isLogged || request.details?.span?.context.isSampled == true else { return }
        var entry = AccessEntry(
            method: request.method,
            path: request.path,
            status: 499,
            bytes: 0,
            duration: NIODeadline.now() - request.received,
            remoteAddress: remoteAddress,
            requestID: request.id,
            reply: ReplyLog(),
            clientAddress: request.client?.address
        )
        switch outcome {
        case .replied(let reply, let bodyBytes):
            entry.status = reply.status
            entry.bytes = bodyBytes
            entry.reply = reply.log
        case .clientGone(let log, let bodyBytes):
            entry.isClientGone = true
            entry.bytes = bodyBytes
            entry.reply = log
        }
        entry.details = request.details
        if let tracing, let span = request.details?.span { tracing.ended(entry, span) }
        guard isLogged, let logger, isChosen(entry) else { return }
        if let direct { return direct.log(entry, message: "request") }
        logger.info("request", metadata: [Self.metadataKey: .stringConvertible(entry)])
    }
}

extension AccessLog {
    /// Whether a request is logged: for what it came to, or by chance.
    private func isChosen(_ entry: AccessEntry) -> Bool {
        if rules.sample >= 1 || rules.mustLog(status: entry.status, nanoseconds: entry.duration.nanoseconds) {
            return true
        }
        return rules.sample > 0 && Double.random(in: 0..<1) < rules.sample
    }
}

/// What the access log knows about one request.
struct AccessEntry: Sendable, CustomStringConvertible {
    var method: String
    /// Without the query, whose values may be secrets.
    var path: String
    var status: Int
    /// Of the reply's body, as sent.
    var bytes: Int
    /// From the end of the request's header section to the hand-over of the reply to the socket.
    var duration: TimeAmount
    var remoteAddress: String
    var requestID: String
    var reply: ReplyLog
    /// Who the request comes from, where trusted proxies stand in between or might.
    var clientAddress: String?
    /// What else is wanted of the request.
    var details: RequestDetails?

    /// Whether the client left before it had the reply.
    var isClientGone = false
    var query: String? { details?.query }
    var headers: [(name: String, value: String)] { details?.headers ?? [] }
    var trace: TraceContext? { details?.span?.context }
    var consumer: String? { reply.consumer }
    var calls: [LoggedCall] { reply.calls }

    /// Microseconds.
    var microseconds: Int64 { duration.nanoseconds / 1000 }

    /// Such as `12.345`.
    var milliseconds: String {
        var bytes: [UInt8] = []
        LogFormat.appendMilliseconds(microseconds, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    var description: String {
        var text = "\(method) \(path) \(status) \(bytes)B \(milliseconds)ms"
        text += " endpoint=\(reply.endpoint ?? "-") remote=\(remoteAddress) id=\(requestID)"
        if let clientAddress { text += " client=\(clientAddress)" }
        if !reply.partial.isEmpty { text += " partial=\(reply.partial.joined(separator: ","))" }
        if !reply.cached.isEmpty { text += " cached=\(reply.cached.joined(separator: ","))" }
        if let failure = reply.failure { text += " failure=\(failure)" }
        return text
    }
}
