/// The path of a fixture: literal segments, and placeholders that stand for any one segment that is not empty.
///
/// Two patterns are equal when they match the same paths, whatever their placeholders are called.
public struct PathPattern: Sendable {
    enum Segment: Hashable, Sendable {
        /// In the spelling of `PercentCoding.canonicalPath`.
        case literal(String)
        case placeholder
    }

    /// As it is shown: `/users/{id}`, literals in canonical spelling.
    public let text: String
    /// Of the placeholders, in their order.
    public let names: [String]
    /// What follows each slash.
    let segments: [Segment]

    var isLiteral: Bool { names.isEmpty }

    /// - Parameter path: percent-encoded in any spelling; begins with `/`. A segment is a placeholder where it is a name in
    ///   braces: `{id}`.
    init(_ path: String) {
        var names: [String] = []
        var segments: [Segment] = []
        var text = ""
        for piece in Self.pieces(of: path) {
            if let name = Self.placeholder(piece) {
                names.append(name)
                segments.append(.placeholder)
                text += "/{\(name)}"
            } else {
                let literal = PercentCoding.canonicalPath(piece)
                segments.append(.literal(literal))
                text += "/\(literal)"
            }
        }
        self.text = text
        self.names = names
        self.segments = segments
    }

    /// What stands between the slashes of a path, and behind the last one. None where it does not begin with one.
    static func pieces(of path: String) -> [Substring] {
        guard path.utf8.first == UInt8(ascii: "/") else { return [] }
        return path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { Substring($0) }
    }

    /// The name in a segment's braces; nil for a segment that is no placeholder.
    static func placeholder(_ piece: Substring) -> String? {
        guard piece.utf8.count > 2, piece.utf8.first == UInt8(ascii: "{"), piece.utf8.last == UInt8(ascii: "}") else {
            return nil
        }
        let name = piece.dropFirst().dropLast()
        return isName(name) ? String(name) : nil
    }

    /// `[A-Za-z_][A-Za-z0-9_]*`
    private static func isName(_ text: Substring) -> Bool {
        func isLetter(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
            default: false
            }
        }
        guard let first = text.utf8.first, isLetter(first) else { return false }
        return text.utf8.allSatisfy { isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// - Parameter path: in canonical spelling.
    func matches(_ path: String) -> Bool {
        if isLiteral { return path == text }
        let pieces = Self.pieces(of: path)
        return pieces.count == segments.count
            && zip(segments, pieces).allSatisfy { segment, piece in
                switch segment {
                case .literal(let text): piece == text
                case .placeholder: !piece.isEmpty
                }
            }
    }

    /// What the placeholders stand for in a path that matches, decoded, in the order of their names.
    func values(in path: String) -> [String] {
        zip(segments, Self.pieces(of: path)).compactMap { segment, piece in
            segment == .placeholder ? PercentCoding.decodedText(piece.utf8) : nil
        }
    }

    /// A path that the pattern matches: the literal one, or one with a `1` for each placeholder.
    public var example: String {
        segments.map { segment in if case .literal(let text) = segment { "/\(text)" } else { "/1" } }.joined()
    }

    /// Each segment as it is read, without percent-encoding; nil for a placeholder.
    public var decodedSegments: [String?] {
        segments.map { segment in
            if case .literal(let text) = segment { PercentCoding.decodedText(text.utf8) } else { nil }
        }
    }
}

extension PathPattern: Hashable {
    public static func == (left: PathPattern, right: PathPattern) -> Bool { left.segments == right.segments }

    public func hash(into hasher: inout Hasher) { hasher.combine(segments) }
}
