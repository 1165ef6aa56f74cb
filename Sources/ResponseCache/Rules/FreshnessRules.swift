/// How long a response is fresh by what it says itself (RFC 9111, section 4.2), in milliseconds.
enum FreshnessRules {
    /// `freshness_lifetime` of a shared cache (section 4.2.1): `s-maxage`, else `max-age`, else `Expires` less `Date`. Nil
    /// when the origin says none of them. A field that cannot be read means stale.
    static func explicit(
        _ directives: CacheDirectives,
        _ headers: some FieldValues,
        responseTime: WallTime
    ) -> Int64? {
        if let lifetime = directives.sharedMaxAge ?? directives.maxAge { return lifetime }
        if directives.isTargeted { return nil }
        return expires(headers, responseTime: responseTime)
    }

    /// `Expires` less `Date` (section 5.3): the first `Expires` of several; 0 for one that is no date.
    static func expires(_ headers: some FieldValues, responseTime: WallTime) -> Int64? {
        guard let line = headers.values(of: "Expires").first else { return nil }
        guard let end = HTTPDate.parse(line, now: responseTime) else { return 0 }
        return max(0, end.since(ResponseAge.date(headers, responseTime: responseTime)))
    }

    /// A tenth of the time since `Last-Modified` (section 4.2.2), for statuses that may be stored unasked, or that
    /// `public` allows. Nil without a date that can be read.
    static func heuristic(
        status: Int,
        _ directives: CacheDirectives,
        _ headers: some FieldValues,
        responseTime: WallTime
    ) -> Int64? {
        guard CacheableStatus.isHeuristic(status) || directives.isPublic,
            let line = headers.values(of: "Last-Modified").first,
            let modified = HTTPDate.parse(line, now: responseTime)
        else { return nil }
        return max(0, ResponseAge.date(headers, responseTime: responseTime).since(modified) / 10)
    }

    /// Whether the origin leaves the lifetime to others: no `max-age`, `s-maxage`, `Expires`, `no-cache`, `no-store`,
    /// `private`, and no `CDN-Cache-Control`.
    static func isSilent(_ directives: CacheDirectives, _ headers: some FieldValues) -> Bool {
        !directives.isTargeted && directives.maxAge == nil && directives.sharedMaxAge == nil && !directives.noCache
            && !directives.noStore && !directives.isPrivate && headers.values(of: "Expires").isEmpty
    }
}
