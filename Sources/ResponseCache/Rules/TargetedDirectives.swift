/// `CDN-Cache-Control` (RFC 9213): directives as a dictionary of Structured Fields.
enum TargetedDirectives {
    /// Nil when the field is to be passed over: it is empty, or no dictionary, or a duration in it is no integer
    /// (RFC 9213, section 2.1).
    static func read(_ lines: [String]) -> CacheDirectives? {
        var parser = StructuredFieldParser(Array(lines.joined(separator: ", ").utf8))
        guard let members = parser.dictionary(), !members.isEmpty else { return nil }
        var directives = CacheDirectives()
        directives.isTargeted = true
        for member in members {
            if durations.contains(member.key) {
                guard case .integer(let seconds) = member.value else { return nil }
                let text = Array(String(max(seconds, 0)).utf8)
                directives.set(member.key, .token(text[...]))
            } else if case .boolean(false) = member.value {
                continue
            } else if case .string(let text) = member.value {
                directives.set(member.key, .quoted(text))
            } else {
                directives.set(member.key, .none)
            }
        }
        return directives
    }

    private static let durations: Set = ["max-age", "s-maxage", "stale-while-revalidate", "stale-if-error"]
}
