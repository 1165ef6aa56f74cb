/// What a shared cache may keep (RFC 9111, section 3).
public enum StorageRules {
    /// Whether a response is kept, and for how long it may be used.
    ///
    /// With `policy.overridesOrigin`, for the statuses that the operator gives a lifetime, the response's own word on caching
    /// is not heard: only `Vary`, and the request's `no-store`.
    ///
    /// - Parameters:
    ///   - requestTime: when the request was sent.
    ///   - responseTime: when the response came.
    public static func decision(
        status: Int,
        headers: some FieldValues,
        bodySize: Int,
        request: CacheRequest,
        policy: CachePolicy,
        requestTime: WallTime,
        responseTime: WallTime
    ) -> StorageDecision {
        let directives = CacheDirectives.ofResponse(headers)
        let operatorLifetime = operatorLifetime(of: status, policy: policy)
        let isOverridden = policy.overridesOrigin && operatorLifetime != nil
        if let refusal = refusal(status, headers, request, policy) { return .refuse(refusal) }
        if !isOverridden, let refusal = originRefusal(status, headers, directives, request) { return .refuse(refusal) }

        let age = ResponseAge.initial(headers, requestTime: requestTime, responseTime: responseTime)
        var lifetime = StoredLifetime(
            requestTime: requestTime,
            responseTime: responseTime,
            initialAge: age,
            freshness: 0,
            staleWhileRevalidate: policy.staleWhileRevalidate ?? 0,
            staleIfError: policy.staleIfError ?? 0
        )
        let isSilent = FreshnessRules.isSilent(directives, headers)
        if let operatorLifetime, isOverridden || isSilent {
            lifetime.freshness = sum(age, operatorLifetime)
        } else if let own = ownLifetime(status, headers, directives, policy, responseTime) {
            lifetime.freshness = own
        } else if !mayBeKeptUnasked(status, directives) {
            return .refuse(.noLifetime)
        }
        if !isOverridden { hear(directives, policy, in: &lifetime) }
        guard isUsable(lifetime, status: status, headers) else { return .refuse(isSilent ? .noLifetime : .stale) }
        if bodySize <= policy.maxEntry { return .store(lifetime) }
        // Last of all: it is the only refusal that says nothing against sharing.
        return .refuse(lifetime.isFresh(at: responseTime) ? .tooLarge : .stale)
    }

    /// How long the operator has responses of this status kept where the origin is silent: `maxAge` for 2xx, `negative`
    /// for 404 and 410. It counts from when the response comes, whatever its age.
    static func operatorLifetime(of status: Int, policy: CachePolicy) -> Int64? {
        if CacheableStatus.isSuccess(status) { return policy.maxAge }
        return CacheableStatus.isNegative(status) ? policy.negative : nil
    }

    /// What nobody can allow.
    private static func refusal(
        _ status: Int,
        _ headers: some FieldValues,
        _ request: CacheRequest,
        _ policy: CachePolicy
    ) -> StorageRefusal? {
        guard request.method == "GET" || (request.method == "POST" && policy.maxAge != nil) else { return .method }
        guard (200...599).contains(status), !CacheableStatus.isPart(status) else { return .status }
        if request.directives.noStore { return .requestNoStore }
        if VaryRules.names(of: headers) == .any { return .varyAny }
        // Elsewhere the field means nothing (RFC 9110, section 14.4).
        if !headers.values(of: "Content-Range").isEmpty, !request.headers.values(of: "Range").isEmpty {
            return .contentRange
        }
        return nil
    }

    /// What the origin does not allow.
    private static func originRefusal(
        _ status: Int,
        _ headers: some FieldValues,
        _ directives: CacheDirectives,
        _ request: CacheRequest
    ) -> StorageRefusal? {
        if directives.mustUnderstand, !CacheableStatus.isUnderstood(status) { return .mustUnderstand }
        if directives.forbidsStorage(of: status) { return .noStore }
        if directives.isPrivate { return .private }
        if request.isAuthorized, !directives.allowsAuthorized { return .authorization }
        return headers.values(of: "Set-Cookie").isEmpty ? nil : .setCookie
    }

    /// What the origin says of the lifetime, or what is guessed from its dates. Beside an operator's duration nothing is
    /// guessed.
    private static func ownLifetime(
        _ status: Int,
        _ headers: some FieldValues,
        _ directives: CacheDirectives,
        _ policy: CachePolicy,
        _ responseTime: WallTime
    ) -> Int64? {
        if let explicit = FreshnessRules.explicit(directives, headers, responseTime: responseTime) { return explicit }
        guard policy.usesHeuristics, policy.maxAge == nil else { return nil }
        return FreshnessRules.heuristic(status: status, directives, headers, responseTime: responseTime)
    }

    /// The last condition of section 3, where no lifetime is given: to be asked for again, not to be fresh.
    private static func mayBeKeptUnasked(_ status: Int, _ directives: CacheDirectives) -> Bool {
        directives.isPublic || CacheableStatus.isHeuristic(status)
    }

    /// What the origin says of using it stale or unasked.
    private static func hear(_ directives: CacheDirectives, _ policy: CachePolicy, in lifetime: inout StoredLifetime) {
        lifetime.staleWhileRevalidate = policy.staleWhileRevalidate ?? directives.staleWhileRevalidate ?? 0
        lifetime.staleIfError = policy.staleIfError ?? directives.staleIfError ?? 0
        lifetime.mustRevalidateAlways = directives.noCache
        lifetime.forbidsStale = directives.forbidsStale
    }

    /// Fresh, or allowed to be used stale for longer than it already is, or something to ask the origin with. Conditions
    /// are for what would otherwise be a success (RFC 9110, section 13.2.1).
    private static func isUsable(_ lifetime: StoredLifetime, status: Int, _ headers: some FieldValues) -> Bool {
        if CacheableStatus.isSuccess(status), Revalidation.hasValidator(headers) { return true }
        if lifetime.mustRevalidateAlways { return false }
        let remaining = lifetime.remaining(at: lifetime.responseTime)
        if remaining > 0 { return true }
        let allowance = max(lifetime.staleWhileRevalidate, lifetime.staleIfError)
        return !lifetime.forbidsStale && sum(remaining, allowance) > 0
    }

    static func sum(_ one: Int64, _ other: Int64) -> Int64 {
        let (sum, overflow) = one.addingReportingOverflow(other)
        return overflow ? (one < 0 ? .min : .max) : sum
    }
}
