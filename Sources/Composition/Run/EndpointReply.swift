public import JSONSlices

/// What a run came to: a reply, or a problem for the front to put into words (RFC 9457).
public struct EndpointReply: Sendable {
    public enum Content: Sendable {
        case body(JSONPieces)
        case problem(EndpointProblem)
    }

    public var status: Int
    public var headers: [(name: String, value: String)]
    public var content: Content
    /// Every call that failed, those with a fallback too, in the order of the file. Details are for the log alone.
    public var failures: [CallReport]
    /// The call whose failure the problem is about.
    public var failedCall: String?
    /// Where there is a problem instead of a reply: the unsafe calls that were carried out all the same, for the log.
    public var effects: [String] = []
    /// How long the reply may stand for later ones, in milliseconds; 0: for none.
    public var freshness: Int64 = 0
    /// The call whose failure a kept reply stands in for.
    public var standsInFor: String?
    /// The calls that were answered by what the cache keeps, for the log.
    public var cached: [String] = []
    /// The names under which it is kept, for purges.
    public var tags: [String] = []
    /// How many requests were sent to backends for it.
    public var requests = 0
    /// Why the response's own templates failed, for the log.
    public var responseFailure: String?

    /// Whether a fallback stands in for a call's value.
    public var isPartial: Bool {
        if case .body = content { !failures.isEmpty && standsInFor == nil } else { false }
    }
}

/// A failed call, for the log.
public struct CallReport: Sendable {
    public var call: String
    public var backend: String
    /// Method and path of the request that failed; nil where none was sent.
    public var request: String?
    /// Microseconds from the call's start to its end; nil where it came to none.
    public var duration: Int?
    /// Whether the call may have changed something.
    public var isUnsafe: Bool
    public var reason: FailureReason
    /// What happened, for an operator; never for a client.
    public var detail: String
    public var usedFallback: Bool
}

/// What a client is told when there is no reply.
public struct EndpointProblem: Sendable {
    public var status: Int
    public var detail: String
    /// Further members of the problem, in order: the call and the reason, the parameter.
    public var members: [(name: String, value: String)]
    /// The places of a body that do not fit its schema.
    public var errors: [Mismatch] = []

    /// A place of the request's body, and what is wrong there.
    public struct Mismatch: Hashable, Sendable {
        /// A JSON Pointer (RFC 6901); empty for the whole body.
        public var pointer: String
        /// To stand after the name of the place: "must be at least 1".
        public var detail: String
    }
}
