import Composition
import Logging

extension FrontReply {
    /// A composition's reply as the front sends it.
    init(_ reply: EndpointReply, endpoint: String) {
        let fallen = reply.failures.filter(\.usedFallback).map { "\($0.call);reason=\($0.reason)" }
        let failed = reply.failures.first { $0.call == reply.failedCall }
        var log = ReplyLog(
            endpoint: endpoint,
            partial: reply.isPartial ? fallen : [],
            failure: failed.map { "\($0.call);reason=\($0.reason)" }
        )
        log.cached = reply.cached
        let headers = reply.headers.map { ($0.name, $0.value) }
        switch reply.content {
        case .body(let body):
            self.init(status: reply.status, headers: headers, body: body, log: log)
        case .problem(let content):
            let problem = Problem(
                status: content.status,
                detail: content.detail,
                extensions: content.extensions + reply.failureList
            )
            self = problem.reply(headers: headers, log: log)
        }
    }
}

extension EndpointProblem {
    /// The problem's own members.
    fileprivate var extensions: [Problem.Member] {
        var extensions = members.map { Problem.Member($0.name, .string($0.value)) }
        if !errors.isEmpty {
            let list = errors.map { error in
                Problem.Value.object([
                    .init("pointer", .string(error.pointer)), .init("detail", .string(error.detail)),
                ])
            }
            extensions.append(Problem.Member("errors", .array(list)))
        }
        return extensions
    }
}

extension EndpointReply {
    /// Every call that failed and why, for a problem that is about one of them.
    fileprivate var failureList: [Problem.Member] {
        guard failedCall != nil else { return [] }
        let entries = failures.map { failure in
            Problem.Value.object([
                .init("call", .string(failure.call)), .init("reason", .string(failure.reason.word)),
            ])
        }
        return [Problem.Member("failures", .array(entries))]
    }

    /// Tells the operator what the client is not told: why calls failed. A line per failure; a warning where the client
    /// got an error that is not its own.
    func report(to logger: Logger, endpoint: String, requestID: String) {
        if let responseFailure {
            logger.error(
                "the reply could not be made",
                metadata: [
                    "endpoint": .string(endpoint), "requestId": .string(requestID),
                    "detail": .string(responseFailure),
                ]
            )
        }
        for failure in failures {
            var metadata: Logger.Metadata = [
                "endpoint": .string(endpoint), "requestId": .string(requestID),
                "call": .string(failure.call), "backend": .string(failure.backend),
                "reason": .string(failure.reason.word), "detail": .string(failure.detail),
            ]
            metadata["request"] = failure.request.map { .string($0) }
            metadata["durationMs"] = failure.duration.map { .stringConvertible($0 / 1000) }
            logger.log(
                level: level(of: failure),
                failure.usedFallback ? "call failed, its fallback was used" : "call failed",
                metadata: metadata
            )
        }
        if !effects.isEmpty {
            logger.warning(
                "the request failed, and these calls had been carried out, or were to make it good",
                metadata: [
                    "endpoint": .string(endpoint), "requestId": .string(requestID),
                    "calls": .string(effects.joined(separator: ", ")),
                ]
            )
        }
    }
}

extension EndpointReply {
    /// What came too late to matter is for whoever debugs, unless it may have changed something.
    private func level(of failure: CallReport) -> Logger.Level {
        if failure.call == failedCall { return status < 500 ? .info : .warning }
        if failure.usedFallback { return .info }
        return failure.isUnsafe ? .warning : .debug
    }
}

extension Problem {
    static let noEndpoint = Problem(status: 404, detail: "No endpoint matches the request's path.")

    static func methodNotAllowed(allow: [String]) -> FrontReply {
        Problem(status: 405, detail: "The path is known, but not with this method.")
            .reply(headers: [("Allow", allow.joined(separator: ", "))])
    }
}
