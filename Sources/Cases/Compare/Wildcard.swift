/// Texts in which `…` stands for any text, also for none. Compared byte for byte: no two are equal only because Unicode
/// calls them so.
enum Wildcard {
    static func matches(_ text: String, _ pattern: String) -> Bool {
        var parts = parts(of: pattern)
        let bytes = Array(text.utf8)
        guard parts.count > 1, let last = parts.popLast(), let first = parts.first else {
            return text.utf8.elementsEqual(pattern.utf8)
        }
        guard bytes.count >= first.count + last.count, bytes.starts(with: first), bytes.suffix(last.count) == last[...]
        else { return false }
        var rest = bytes.dropFirst(first.count).dropLast(last.count)
        for part in parts.dropFirst() where !part.isEmpty {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return true
    }

    /// What stands between the wildcards.
    private static func parts(of pattern: String) -> [[UInt8]] {
        let wildcard = Array("…".utf8)
        var parts: [[UInt8]] = []
        var rest = Array(pattern.utf8)[...]
        while let range = rest.firstRange(of: wildcard) {
            parts.append(Array(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [Array(rest)]
    }
}
