/// An entity tag (RFC 9110, section 8.8.3).
struct EntityTag: Hashable {
    var isWeak: Bool
    /// What stands between the quotes.
    var opaque: [UInt8]

    /// Nil when the text is not exactly one entity tag.
    init?(_ text: String) {
        let bytes = ASCII.trimmed(Array(text.utf8)[...])
        guard let (tag, end) = Self.read(bytes, at: bytes.startIndex), end == bytes.endIndex else { return nil }
        self = tag
    }

    private init(isWeak: Bool, opaque: [UInt8]) {
        self.isWeak = isWeak
        self.opaque = opaque
    }

    /// Weak comparison (section 8.8.3.2).
    func weaklyMatches(_ other: EntityTag) -> Bool { opaque == other.opaque }

    /// Strong comparison.
    func stronglyMatches(_ other: EntityTag) -> Bool { !isWeak && !other.isWeak && opaque == other.opaque }

    /// The tags of a list, those that can be read. A comma may stand inside a tag, and no character is escaped.
    static func list(_ line: String) -> [EntityTag] {
        let bytes = Array(line.utf8)[...]
        var tags: [EntityTag] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if let (tag, end) = read(bytes, at: index) {
                tags.append(tag)
                index = end
            }
            // On to the next comma: what stands before it belongs to nothing.
            while index < bytes.endIndex, bytes[index] != ASCII.comma { index += 1 }
            index += 1
            while index < bytes.endIndex, ASCII.isWhitespace(bytes[index]) { index += 1 }
        }
        return tags
    }

    /// `[ "W/" ] DQUOTE *etagc DQUOTE`, and where it ends.
    private static func read(_ bytes: ArraySlice<UInt8>, at start: Int) -> (EntityTag, end: Int)? {
        let isWeak = bytes[start...].starts(with: [ASCII.capitalW, ASCII.slash])
        let quote = isWeak ? start + 2 : start
        guard quote < bytes.endIndex, bytes[quote] == ASCII.quote,
            let closing = bytes[(quote + 1)...].firstIndex(of: ASCII.quote)
        else { return nil }
        let opaque = bytes[(quote + 1)..<closing]
        guard opaque.allSatisfy({ $0 > ASCII.space && $0 != 0x7F }) else { return nil }
        return (EntityTag(isWeak: isWeak, opaque: Array(opaque)), closing + 1)
    }
}
