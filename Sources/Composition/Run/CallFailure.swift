import CurlTransport
import JSONSlices

/// Why a call has no value of its own.
enum CallFailure: Error, Hashable, Sendable {
    case transport(TransportError)
    /// An answer came, with a status that the call does not accept.
    case status(Int)
    /// The endpoint's time was over before the request was sent.
    case outOfTime
    /// An answer came, and the call's own rule does not take it for a success.
    case unsuccessful(Int)
    /// A batch's answer has no element for this id.
    case missing(String)
    case invalidJSON(JSONSyntaxError)
    /// The composition's own doing.
    case render(RenderFailure)
    /// A value that the call needs is the fallback of a call that failed.
    case dependency(RenderFailure)

    var reason: FailureReason {
        switch self {
        case .transport(let error): FailureReason(error.proxyStatusError)
        case .status, .unsuccessful: .upstreamStatus
        case .missing: .incomplete
        case .outOfTime: FailureReason(TransportError.timeout(.waiting).proxyStatusError)
        case .invalidJSON: .invalidJSON
        case .render(let failure): failure.reason
        case .dependency: .dependencyFailed
        }
    }

    /// What happened, for an operator.
    var detail: String {
        switch self {
        case .transport(let error): "\(error)"
        case .status(let status): "the backend answered \(status)"
        case .unsuccessful(let status): "the backend answered \(status), which 'success' does not accept"
        case .outOfTime: "the endpoint's time was over before the request could be sent"
        case .missing(let id): "the answer has no element for the id '\(id)'"
        case .invalidJSON(let error): "the body is not JSON at byte \(error.offset): \(error)"
        case .render(let failure), .dependency(let failure): failure.detail
        }
    }

    /// The sentence for a client; it says nothing of the backend but how it failed.
    ///
    /// - Parameter call: whose failure it is: a status that does not pass to the client is not told either.
    func explanation(for call: Call, replyStatus: Int) -> String {
        switch self {
        case .transport(let error): Self.explanation(of: error)
        case .status(let status), .unsuccessful(let status):
            replyStatus == status
                ? Self.explanation(ofStatus: status) : "its backend refused the request or failed"
        case .outOfTime: "the time for the reply was over"
        case .missing: "its backend's answer lacks something that was asked for"
        case .invalidJSON: "its backend's answer is not JSON"
        case .render(let failure):
            failure.reason == .limitExceeded ? "a limit was exceeded" : "the composition could not use the data it met"
        case .dependency: "a call that it needs has failed"
        }
    }

    /// The same failure of a call that reads a fallback's value: an expression that cannot use it fails because of the
    /// call that failed before.
    var blamingDependency: CallFailure {
        if case .render(let failure) = self, failure.reason == .expressionError { .dependency(failure) } else { self }
    }

    /// The status of the reply when a call without a fallback fails like this.
    ///
    /// Of a backend's own statuses only those pass that say something about what the client asked for: the call's
    /// `propagate` list, or else, unless it goes through a list, 404, 409, 410, 412 and 422, and 401 and 403 where the
    /// client's own `Authorization` was refused. All else is a gateway's: 504 out of time, 502 otherwise, 500 where the
    /// composition is to blame.
    ///
    /// - Parameter isSpare: whether the call ran only because another had failed: what it lacks says nothing about what
    ///   the client asked for.
    func replyStatus(for call: Call, isSpare: Bool) -> Int {
        switch self {
        case .transport(.timeout), .outOfTime: return 504
        case .transport(.invalidRequest), .render: return 500
        case .transport, .invalidJSON, .missing, .dependency: return 502
        case .status(let status), .unsuccessful(let status):
            guard status >= 400, status < 600 else { return 502 }
            if let propagate = call.propagate { return propagate.contains(status) ? status : 502 }
            // Of many answers one says nothing about what the client asked for.
            if call.forEach != nil || isSpare { return 502 }
            if status == 401 || status == 403 { return call.forwardsAuthorization ? status : 502 }
            return Self.meaningfulStatuses.contains(status) ? status : 502
        }
    }

    /// The meaning of a status that passes to the client.
    private static func explanation(ofStatus status: Int) -> String {
        switch status {
        case 401: "the client is not known to its backend"
        case 403: "the client may not have this"
        case 404: "its backend has no such thing"
        case 409: "its backend reports a conflict"
        case 410: "its backend no longer has this"
        case 412: "a precondition does not hold"
        case 422: "its backend cannot process the values"
        case 400..<500: "its backend did not accept the request"
        default: "its backend failed"
        }
    }

    /// What a backend may tell a client about what it asked for.
    static let meaningfulStatuses: Set<Int> = [404, 409, 410, 412, 422]

    private static func explanation(of error: TransportError) -> String {
        switch error {
        case .timeout: "its backend did not answer in time"
        case .resolve, .connect: "its backend could not be reached"
        case .tls, .certificate: "no secure connection to its backend could be made"
        case .reset, .incomplete: "the connection to its backend broke"
        case .tooLarge: "its backend's answer is too large"
        case .badResponse: "its backend's answer is no valid HTTP"
        case .queueFull: "too many requests wait for its backend"
        case .invalidRequest: "its request could not be made"
        case .cancelled: "it was cancelled"
        case .invalidConfiguration, .failure: "an internal error"
        }
    }
}
