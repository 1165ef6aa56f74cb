/// What a reply that is made of several responses may say of its own caching, and for how long it may be kept: never longer
/// than any of its parts. Parts are added as they come; a part costs a reading of its `Cache-Control` and `Vary`.
///
/// Two readers are told apart: this cache, for which `CDN-Cache-Control` and `s-maxage` speak (RFC 9213; RFC 9111, section
/// 4.2.1), and the client behind it, for which the rest of `Cache-Control` does.
public struct ComposedFreshness: Hashable, Sendable {
    private let policy: CachePolicy
    /// Whether the duration of the reply holds against what the origins of its parts say.
    private let overrides: Bool

    /// The shortest remaining lifetimes of the parts that have one, in milliseconds: in this cache, at the client, and by
    /// an operator's word alone.
    private var inCache: Int64?
    private var atClient: Int64?
    private var byOperator: Int64?

    private var isSilent = false
    private var isShareable = true
    private var isPrivate = false
    private var noStore = false
    private var mustRevalidate = false
    private var isStale = false
    private var isPartial = false
    private var names: Set<String> = []
    private var variesByAny = false

    /// - Parameter policy: `response.cache`: its duration, or none for `"origin"`, and `overridesOrigin`.
    public init(policy: CachePolicy) {
        self.policy = policy
        overrides = policy.overridesOrigin && policy.maxAge != nil
    }

    /// Adds a part that was answered from what is stored.
    ///
    /// - Parameter partPolicy: `calls.NAME.cache`, by which it was stored.
    public mutating func add(_ stored: StoredResponse, policy partPolicy: CachePolicy, now: WallTime) {
        addVary(stored.headers)
        let remaining = stored.lifetime.remaining(at: now)
        guard remaining > 0 else { return addStale() }
        let directives = CacheDirectives.ofResponse(stored.headers)
        if StorageRules.operatorLifetime(of: stored.status, policy: partPolicy) != nil,
            partPolicy.overridesOrigin || FreshnessRules.isSilent(directives, stored.headers)
        {
            addOperatorWord(remaining)
        } else {
            let age = stored.lifetime.age(at: now)
            addForCache(stored.lifetime.mustRevalidateAlways ? 0 : remaining)
            addForClient(stored.headers, directives, status: stored.status, remaining: remaining, age: age)
        }
    }

    /// Adds a part that came from its origin.
    ///
    /// - Parameters:
    ///   - request: what was sent.
    ///   - partPolicy: `calls.NAME.cache`; its duration holds where the origin is silent. Nil for a part that is not cached.
    public mutating func add(
        status: Int,
        headers: some FieldValues,
        request: CacheRequest,
        policy partPolicy: CachePolicy?,
        requestTime: WallTime,
        responseTime: WallTime,
        now: WallTime
    ) {
        addVary(headers)
        let directives = CacheDirectives.ofResponse(headers)
        let sinceThen = max(0, now.since(responseTime))
        if let partPolicy, let lifetime = StorageRules.operatorLifetime(of: status, policy: partPolicy) {
            if partPolicy.overridesOrigin { return addOperatorWord(max(0, lifetime - sinceThen)) }
            addPermission(headers, directives, status: status, request: request)
            if FreshnessRules.isSilent(directives, headers) { return addOperatorWord(max(0, lifetime - sinceThen)) }
        } else {
            addPermission(headers, directives, status: status, request: request)
        }
        let initial = ResponseAge.initial(headers, requestTime: requestTime, responseTime: responseTime)
        let age = StorageRules.sum(initial, sinceThen)
        var lifetime = FreshnessRules.explicit(directives, headers, responseTime: responseTime)
        if lifetime == nil, let partPolicy, partPolicy.usesHeuristics, partPolicy.maxAge == nil {
            lifetime = FreshnessRules.heuristic(status: status, directives, headers, responseTime: responseTime)
        }
        if directives.noCache { lifetime = 0 }
        let remaining = lifetime.map { max(0, $0 - age) }
        if let remaining { addForCache(remaining) } else { isSilent = true }
        addForClient(headers, directives, status: status, remaining: remaining, age: age)
    }

    /// Adds a part that is used although it is stale: the reply is fresh for nobody.
    public mutating func addStale() {
        isStale = true
    }

    /// Adds a part that is missing, or replaced by its fallback: the reply is kept by nobody.
    public mutating func addPartial() {
        isPartial = true
    }

    /// How long the reply is fresh in this cache, in milliseconds; 0 when it is not to be kept.
    public var freshness: Int64 {
        if isPartial || isStale || variesByAny { return 0 }
        if overrides { return min(policy.maxAge ?? 0, byOperator ?? .max) }
        return isShareable ? bounded(inCache) : 0
    }

    /// The union of the parts' `Vary`.
    public var vary: VaryRules.Names {
        if variesByAny { return .any }
        return names.isEmpty ? .none : .names(names.sorted())
    }

    /// The value of the reply's `Cache-Control`, in seconds rounded down.
    public var cacheControl: String {
        if isPartial { return "no-store" }
        let inCache = freshness / 1_000
        if overrides { return inCache > 0 ? "max-age=\(inCache)" : "no-cache" }
        if noStore { return "no-store" }
        let atClient = isStale || variesByAny ? 0 : bounded(atClient) / 1_000
        let suffix = mustRevalidate ? ", must-revalidate" : ""
        if isPrivate { return atClient > 0 ? "private, max-age=\(atClient)\(suffix)" : "private, no-cache" }
        if atClient < inCache { return "max-age=\(atClient), s-maxage=\(inCache)\(suffix)" }
        return atClient > 0 ? "max-age=\(atClient)\(suffix)" : "no-cache"
    }

    /// The reply's duration holds where parts are silent, and lets none of the others live longer. With `"origin"`, a part
    /// without a lifetime leaves the reply without one.
    private func bounded(_ lifetime: Int64?) -> Int64 {
        guard let duration = policy.maxAge else { return isSilent ? 0 : lifetime ?? 0 }
        return min(duration, lifetime ?? .max)
    }

    /// Whether the origin lets a shared cache keep the part (RFC 9111, section 3).
    private mutating func addPermission(
        _ headers: some FieldValues,
        _ directives: CacheDirectives,
        status: Int,
        request: CacheRequest
    ) {
        if directives.forbidsStorage(of: status) || directives.isPrivate { isShareable = false }
        if !headers.values(of: "Set-Cookie").isEmpty || (request.isAuthorized && !directives.allowsAuthorized) {
            isShareable = false
            isPrivate = true
        }
    }

    private mutating func addOperatorWord(_ remaining: Int64) {
        byOperator = min(byOperator ?? .max, remaining)
        addForCache(remaining)
        atClient = min(atClient ?? .max, remaining)
    }

    private mutating func addForCache(_ remaining: Int64) {
        inCache = min(inCache ?? .max, remaining)
    }

    /// The client keeps a part for no longer than this cache does, nor than `Cache-Control` lets it.
    private mutating func addForClient(
        _ headers: some FieldValues,
        _ directives: CacheDirectives,
        status: Int,
        remaining: Int64?,
        age: Int64
    ) {
        let word =
            directives.isTargeted
            ? CacheDirectives(cacheControl: headers.values(of: "Cache-Control")) : directives
        if word.forbidsStorage(of: status) { noStore = true }
        if word.isPrivate { isPrivate = true }
        if word.mustRevalidate { mustRevalidate = true }
        var lifetime = remaining
        if let own = word.maxAge { lifetime = min(lifetime ?? .max, max(0, own - age)) }
        if word.noCache { lifetime = 0 }
        if let lifetime { atClient = min(atClient ?? .max, lifetime) }
    }

    private mutating func addVary(_ headers: some FieldValues) {
        switch VaryRules.names(of: headers) {
        case .none: break
        case .any: variesByAny = true
        case .names(let more): names.formUnion(more)
        }
    }
}
