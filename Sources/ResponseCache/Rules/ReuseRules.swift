/// When a stored response may be used (RFC 9111, section 4). That it was chosen by URL, method and `Vary` is the caller's
/// part.
public enum ReuseRules {
    /// What a stored response may do for this request now. The request's `no-store` says nothing of what is stored already
    /// (section 5.2.1.5).
    public static func decision(
        for stored: StoredResponse,
        request: CacheRequest,
        policy: CachePolicy,
        now: WallTime
    ) -> ReuseDecision {
        decision(for: stored.lifetime, directives: request.directives, policy: policy, now: now)
    }

    /// The same with what is already known of both.
    public static func decision(
        for lifetime: StoredLifetime,
        directives: CacheDirectives,
        policy: CachePolicy,
        now: WallTime
    ) -> ReuseDecision {
        let decision = unconditionalDecision(for: lifetime, directives: directives, policy: policy, now: now)
        if directives.onlyIfCached, case .revalidate = decision { return .gatewayTimeout }
        return decision
    }

    /// Whether a request that is not answered by what is stored may go to the origin; else the answer is 504 (section
    /// 5.2.1.7).
    public static func mayForward(_ request: CacheRequest) -> Bool {
        !request.directives.onlyIfCached
    }

    /// Whether a stored response may be sent in the place of a failure: for as long as `stale-if-error` of the operator or
    /// the origin says (RFC 5861, section 4), never against `must-revalidate`, `proxy-revalidate`, `s-maxage` or
    /// `no-cache` (RFC 9111, section 4.2.4), and never to a client that asks for something newer.
    public static func mayStandIn(
        for failure: OriginFailure,
        stored: StoredResponse,
        request: CacheRequest,
        policy: CachePolicy,
        now: WallTime
    ) -> Bool {
        if case .status(let status) = failure, !(500...599).contains(status) { return false }
        let lifetime = stored.lifetime
        guard !lifetime.mustRevalidateAlways, clientRefusal(lifetime, request.directives, now) == nil else {
            return false
        }
        let remaining = lifetime.remaining(at: now)
        if remaining > 0 { return true }
        guard !lifetime.forbidsStale, !forbidsAnyStale(request.directives) else { return false }
        return StorageRules.sum(remaining, policy.staleIfError ?? lifetime.staleIfError) > 0
    }

    private static func unconditionalDecision(
        for lifetime: StoredLifetime,
        directives: CacheDirectives,
        policy: CachePolicy,
        now: WallTime
    ) -> ReuseDecision {
        if lifetime.mustRevalidateAlways { return .revalidate(.noCache) }
        if let reason = clientRefusal(lifetime, directives, now) { return .revalidate(reason) }
        let remaining = lifetime.remaining(at: now)
        if remaining > 0 { return .fresh }
        if lifetime.forbidsStale { return .revalidate(.stale) }
        if let limit = directives.maxStale, StorageRules.sum(remaining, limit) >= 0 { return .stale }
        if forbidsAnyStale(directives) { return .revalidate(.stale) }
        let allowance = policy.staleWhileRevalidate ?? lifetime.staleWhileRevalidate
        return StorageRules.sum(remaining, allowance) > 0 ? .staleWhileRevalidate : .revalidate(.stale)
    }

    /// Why the client does not take it, fresh or not (section 5.2.1).
    private static func clientRefusal(
        _ lifetime: StoredLifetime,
        _ directives: CacheDirectives,
        _ now: WallTime
    ) -> RevalidationReason? {
        if directives.noCache { return .requestNoCache }
        // `max-age=0` asks for the origin, even in the millisecond in which a response came.
        if let limit = directives.maxAge, limit == 0 || lifetime.age(at: now) > limit { return .requestMaxAge }
        if let least = directives.minFresh, lifetime.remaining(at: now) < least { return .requestMinFresh }
        return nil
    }

    /// A client that says how old or how fresh a response has to be takes none that is stale, unless it says `max-stale`
    /// (sections 5.2.1.1 and 5.2.1.3).
    private static func forbidsAnyStale(_ directives: CacheDirectives) -> Bool {
        (directives.maxAge != nil || directives.minFresh != nil) && directives.maxStale == nil
    }
}
