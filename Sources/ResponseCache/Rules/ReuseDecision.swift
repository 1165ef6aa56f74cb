/// What a stored response may do for a request.
public enum ReuseDecision: Hashable, Sendable {
    /// It is the answer.
    case fresh
    /// It is the answer, and is fetched anew meanwhile (RFC 5861, section 3).
    case staleWhileRevalidate
    /// It is stale, and the answer to a client that takes it so: `max-stale` (RFC 9111, section 5.2.1.2).
    case stale
    /// The origin is to be asked first.
    case revalidate(RevalidationReason)
    /// The origin would have to be asked, and the client says `only-if-cached`: 504 (section 5.2.1.7).
    case gatewayTimeout
}

/// Why the origin is asked although there is a stored response. Each is a word for logs.
public enum RevalidationReason: String, Hashable, Sendable, CaseIterable {
    case stale
    /// `no-cache` of the response.
    case noCache = "no-cache"
    /// `no-cache` of the request, or `Pragma`.
    case requestNoCache = "request-no-cache"
    /// Older than the request's `max-age`.
    case requestMaxAge = "request-max-age"
    /// Not fresh for as long as the request's `min-fresh`.
    case requestMinFresh = "request-min-fresh"
}

/// What kept the origin from answering.
public enum OriginFailure: Hashable, Sendable {
    /// A timeout, a reset, or nobody there.
    case noResponse
    case status(Int)
}
