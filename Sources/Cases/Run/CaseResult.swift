public import CurlTransport

/// What came of one case.
public struct CaseResult: Sendable {
    public let file: CaseFile
    public let subject: Case
    /// From sending the request to the last byte of the reply.
    public let duration: Duration
    /// Nil when there was none.
    public let reply: TransportResponse?
    /// What is not as the case says. Empty when all is.
    public let mismatches: [Mismatch]
    /// What backends were asked, in the order in which it arrived.
    public let received: [ReceivedRequest]
    /// Why no fixture answered some of them, in a line each.
    public let misses: [String]
    /// Whether an endpoint answers such requests; true when that is not known.
    public let hasEndpoint: Bool

    public var hasPassed: Bool { mismatches.isEmpty }
}
