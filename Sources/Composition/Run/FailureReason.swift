/// Why a call failed, in one word for clients, logs and metrics.
///
/// The words are the proxy error types of RFC 9209, section 2.3, where it has one; the rest are Medley's own.
public struct FailureReason: Hashable, Sendable, CustomStringConvertible {
    public let word: String

    public var description: String { word }

    init(_ word: String) {
        self.word = word
    }

    /// The backend answered with a status that the call does not accept.
    static let upstreamStatus = FailureReason("upstream_status")
    /// Something that was asked for is not in the answer (RFC 9209, section 2.3.16).
    static let incomplete = FailureReason("http_response_incomplete")
    /// The body is no JSON (RFC 8259).
    static let invalidJSON = FailureReason("invalid_json")
    /// An expression or a template of the composition failed on the data it met.
    static let expressionError = FailureReason("expression_error")
    /// A limit of the composition was exceeded, for instance an expression's budget.
    static let limitExceeded = FailureReason("limit_exceeded")
    /// A call that this one needs has failed.
    static let dependencyFailed = FailureReason("dependency_failed")
}
