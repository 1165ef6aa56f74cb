public import CurlTransport

/// A response that is kept, complete and never changed: an update makes another one.
public final class StoredResponse: Sendable {
    public let status: Int
    /// The fields that may be stored (RFC 9111, section 3.1).
    public let headers: [HeaderField]
    public let body: [UInt8]
    /// What was found out about its lifetime when it was stored.
    public let lifetime: StoredLifetime
    /// The URL by which it is purged: a backend's, or an endpoint's path and query.
    public let url: String
    /// The names under which it is purged.
    public let tags: [String]
    /// The last purge that was known when its request was sent: later ones may be meant for it.
    public let generation: UInt64

    public init(
        status: Int,
        headers: [HeaderField],
        body: [UInt8],
        lifetime: StoredLifetime,
        url: String,
        tags: [String] = [],
        generation: UInt64 = 0
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.lifetime = lifetime
        self.url = url
        self.tags = tags
        self.generation = generation
    }

    /// The same with other fields.
    func with(headers: [HeaderField]) -> StoredResponse {
        StoredResponse(
            status: status,
            headers: headers,
            body: body,
            lifetime: lifetime,
            url: url,
            tags: tags,
            generation: generation
        )
    }
}

/// How long a stored response may be used, in milliseconds (RFC 9111, section 4.2).
public struct StoredLifetime: Hashable, Sendable {
    /// When the request was sent.
    public var requestTime: WallTime
    /// When the response came.
    public var responseTime: WallTime
    /// Its age when it came: `corrected_initial_age` (section 4.2.3).
    public var initialAge: Int64
    /// `freshness_lifetime` (section 4.2.1), or the operator's.
    public var freshness: Int64
    /// How long after that it may be served while it is fetched anew.
    public var staleWhileRevalidate: Int64
    /// How long after that it may stand in for a failure.
    public var staleIfError: Int64
    /// Not without asking the origin, fresh or not: `no-cache` (section 5.2.2.4).
    public var mustRevalidateAlways: Bool
    /// Not stale, whatever anybody else says: `must-revalidate`, `proxy-revalidate`, `s-maxage` (section 4.2.4).
    public var forbidsStale: Bool

    public init(
        requestTime: WallTime,
        responseTime: WallTime,
        initialAge: Int64,
        freshness: Int64,
        staleWhileRevalidate: Int64 = 0,
        staleIfError: Int64 = 0,
        mustRevalidateAlways: Bool = false,
        forbidsStale: Bool = false
    ) {
        self.requestTime = requestTime
        self.responseTime = responseTime
        self.initialAge = initialAge
        self.freshness = freshness
        self.staleWhileRevalidate = staleWhileRevalidate
        self.staleIfError = staleIfError
        self.mustRevalidateAlways = mustRevalidateAlways
        self.forbidsStale = forbidsStale
    }

    /// `current_age` (RFC 9111, section 4.2.3). Never negative, even when a clock was set back.
    public func age(at now: WallTime) -> Int64 {
        let resident = max(0, now.since(responseTime))
        let (age, overflow) = initialAge.addingReportingOverflow(resident)
        return overflow ? .max : age
    }

    /// Milliseconds until it is stale; negative since then.
    public func remaining(at now: WallTime) -> Int64 {
        let (rest, overflow) = freshness.subtractingReportingOverflow(age(at: now))
        return overflow ? .min : rest
    }
}

extension StoredLifetime {
    /// Whether it may be used now without asking (RFC 9111, section 4.2), the client's own wishes aside.
    func isFresh(at now: WallTime) -> Bool { !mustRevalidateAlways && remaining(at: now) > 0 }
}
