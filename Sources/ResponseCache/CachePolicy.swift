/// What the operator says of one place to cache: `calls.NAME.cache` or `response.cache`. Durations are milliseconds.
public struct CachePolicy: Hashable, Sendable {
    /// How long a response is fresh of which its origin does not say: `"60s"`, or `maxAge` of an object. Nil: `"origin"`,
    /// what the origin's fields say and nothing else.
    public var maxAge: Int64?

    /// Whether `maxAge` holds against the origin's word: `no-store`, `private`, `Set-Cookie`, a lifetime of its own, and
    /// RFC 9111, section 3.5, on requests with `Authorization`.
    public var overridesOrigin: Bool

    /// How long past its freshness a response may be served while it is fetched anew (RFC 5861, section 3). Nil: what the
    /// origin's `stale-while-revalidate` says.
    public var staleWhileRevalidate: Int64?

    /// How long past its freshness a response may be served in the place of a failure (RFC 5861, section 4). Nil: what the
    /// origin's `stale-if-error` says.
    public var staleIfError: Int64?

    /// How long a 404 or 410 is fresh of which its origin does not say. Nil: it is cached only if the origin says so.
    public var negative: Int64?

    /// The most bytes of a body that is kept.
    public var maxEntry: Int

    /// Whether a response without a word on its lifetime is fresh for a tenth of its age since `Last-Modified`
    /// (RFC 9111, section 4.2.2). Off by default.
    public var usesHeuristics: Bool

    /// 1 MiB.
    public static let defaultMaxEntry = 1 << 20

    public init(
        maxAge: Int64? = nil,
        overridesOrigin: Bool = false,
        staleWhileRevalidate: Int64? = nil,
        staleIfError: Int64? = nil,
        negative: Int64? = nil,
        maxEntry: Int = CachePolicy.defaultMaxEntry,
        usesHeuristics: Bool = false
    ) {
        self.maxAge = maxAge
        self.overridesOrigin = overridesOrigin
        self.staleWhileRevalidate = staleWhileRevalidate
        self.staleIfError = staleIfError
        self.negative = negative
        self.maxEntry = maxEntry
        self.usesHeuristics = usesHeuristics
    }
}
