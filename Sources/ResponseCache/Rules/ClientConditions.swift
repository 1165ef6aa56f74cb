public import CurlTransport

/// What a client's conditions say about the response it would get (RFC 9110, section 13; RFC 9111, section 4.3.2).
public enum ClientConditions {
    /// Whether the client has the response already, and gets a 304: its `If-None-Match` names the response's `ETag` by
    /// weak comparison, or is `*`; or, only where there is no `If-None-Match`, its `If-Modified-Since` is not before the
    /// response's `Last-Modified`, or its `Date` where it has none (section 13.2.2). Only for GET and HEAD, and only of a
    /// success.
    public static func isNotModified(
        _ request: CacheRequest,
        status: Int,
        headers: some FieldValues,
        now: WallTime
    ) -> Bool {
        guard request.isRead, CacheableStatus.isSuccess(status) else { return false }
        return isNotModified(
            request.headers,
            entityTag: headers.values(of: "ETag").first,
            lastModified: headers.values(of: "Last-Modified").first ?? headers.values(of: "Date").first,
            now: now
        )
    }

    /// The same for a response that would be a success to a GET or a HEAD, by its validators alone.
    public static func isNotModified(
        _ request: some FieldValues,
        entityTag: String?,
        lastModified: String?,
        now: WallTime
    ) -> Bool {
        let tags = request.values(of: "If-None-Match")
        if !tags.isEmpty { return matches(tags, entityTag) }
        // More than one date is none (section 13.1.3).
        let dates = request.values(of: "If-Modified-Since")
        guard dates.count == 1, let since = HTTPDate.parse(dates[0], now: now),
            let lastModified, let modified = HTTPDate.parse(lastModified, now: now)
        else { return false }
        return modified <= since
    }

    /// The fields of the 304 in the place of this response (section 15.4.5): those that guide caches, and
    /// `Last-Modified` where there is no `ETag`. `Age` and `Cache-Status` are the caller's to add.
    public static func notModifiedFields(of headers: [HeaderField]) -> [HeaderField] {
        let hasTag = !headers.values(of: "ETag").isEmpty
        return headers.filter { field in
            let name = ASCII.lowercased(field.name.utf8)
            return carried.contains(name) || (name == "last-modified" && !hasTag)
        }
    }

    private static let carried: Set = [
        "cache-control", "cdn-cache-control", "content-location", "date", "etag", "expires", "vary",
    ]

    private static func matches(_ lines: [String], _ entityTag: String?) -> Bool {
        if lines.contains(where: { ASCII.trimmed(Array($0.utf8)[...]).elementsEqual([ASCII.asterisk]) }) { return true }
        guard let entityTag, let tag = EntityTag(entityTag) else { return false }
        return lines.contains { EntityTag.list($0).contains { $0.weaklyMatches(tag) } }
    }
}
