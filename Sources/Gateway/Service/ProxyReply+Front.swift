import Composition
import CurlTransport
import Logging

extension FrontReply {
    /// A backend's reply as the front sends it.
    init(passing reply: ProxyForwarder.Reply, to request: FrontRequest, endpoint: String) {
        var headers: [(String, String)] = []
        var date: String?
        var length: Int?
        for field in reply.headers {
            if HeaderValidation.equal(field.name, "date") {
                date = field.value
            } else if HeaderValidation.equal(field.name, "content-length") {
                length = Int(field.value).flatMap { $0 >= 0 ? $0 : nil }
            } else {
                headers.append((field.name, field.value))
            }
        }
        var passed = FrontReply(
            status: reply.status,
            headers: headers,
            body: reply.body,
            log: ReplyLog(endpoint: endpoint)
        )
        if reply.isConditional { passed = passed.answering(request) }
        passed.date = date
        // A backend that was asked with HEAD has sent no body.
        if request.isHead, reply.body.isEmpty { passed.headLength = length.map(HeadLength.known) ?? .unknown }
        self = passed
    }
}

extension ProxyForwarder.Failure {
    func reply(endpoint: String) -> FrontReply {
        Problem(
            status: status,
            detail: detail,
            extensions: [Problem.Member("reason", .string(reason.word))]
        ).reply(
            headers: headers.map { ($0.name, $0.value) },
            log: ReplyLog(endpoint: endpoint, failure: "proxy;reason=\(reason.word)")
        )
    }

    /// Tells the operator what the client is not told.
    func report(to logger: Logger, of plan: ProxyPlan, requestID: String) {
        logger.log(
            level: status < 500 ? .info : .warning,
            "the request could not be passed on",
            metadata: [
                "endpoint": .string(plan.name), "requestId": .string(requestID), "backend": .string(plan.backend),
                "reason": .string(reason.word), "detail": .string("\(error)"),
            ]
        )
    }

    /// The reply had begun: the client has seen it break off.
    func reportBrokenOff(to logger: Logger, of plan: ProxyPlan, requestID: String) {
        logger.warning(
            "a reply that was passed on broke off",
            metadata: [
                "endpoint": .string(plan.name), "requestId": .string(requestID), "backend": .string(plan.backend),
                "reason": .string(reason.word), "detail": .string("\(error)"),
            ]
        )
    }
}
