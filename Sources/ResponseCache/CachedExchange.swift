public import CurlTransport

/// A request to a backend that a cache stands before.
public struct CachedExchange: Sendable {
    /// What is sent on a miss; conditions are added to revalidate.
    public var request: TransportRequest
    /// What the rules ask of it.
    public var facts: CacheRequest
    public var policy: CachePolicy
    /// What has to be equal for a stored response to be this one's.
    public var key: CacheKey
    public var tags: [String]

    public init(
        request: TransportRequest,
        facts: CacheRequest,
        policy: CachePolicy,
        key: CacheKey,
        tags: [String] = []
    ) {
        self.request = request
        self.facts = facts
        self.policy = policy
        self.key = key
        self.tags = tags
    }
}

/// An answer through the cache, and how it came to be.
public struct CachedAnswer: Sendable {
    /// A stored one, or one that could not be kept and has no time left.
    public var response: StoredResponse
    public var status: CacheStatus
    /// It is used although it is stale.
    public var isStale: Bool
    /// Whether those that asked for the same at the same time may have it: it is kept, or no answer of a kind that may
    /// be one user's alone.
    public var isShareable: Bool
    /// The values of the fields that its `Vary` names, in the request that it was fetched for.
    var variant: [UInt8]?
}
