/// A text that a value must be, in which `*` stands for any text, also for none.
///
/// `\*` is an asterisk and `\\` a backslash; before anything else a backslash stands for itself.
public struct TextPattern: Hashable, Sendable {
    /// What stands between the asterisks: one piece for an exact text.
    let pieces: [String]

    var isExact: Bool { pieces.count == 1 }
    /// The bytes that a value must at least have.
    var length: Int { pieces.reduce(0) { $0 + $1.utf8.count } }

    public init(_ text: String) {
        var pieces: [[UInt8]] = [[]]
        var isEscaped = false
        for byte in text.utf8 {
            let last = pieces.count - 1
            switch byte {
            case UInt8(ascii: "\\") where !isEscaped:
                isEscaped = true
                continue
            case UInt8(ascii: "*") where !isEscaped:
                // Two of them in a row are as good as one.
                if last == 0 || !pieces[last].isEmpty { pieces.append([]) }
            case UInt8(ascii: "*"), UInt8(ascii: "\\"):
                pieces[last].append(byte)
            default:
                if isEscaped { pieces[last].append(UInt8(ascii: "\\")) }
                pieces[last].append(byte)
            }
            isEscaped = false
        }
        if isEscaped { pieces[pieces.count - 1].append(UInt8(ascii: "\\")) }
        self.pieces = pieces.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The pattern that only this text matches.
    public static func literal(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("*", with: "\\*")
    }

    private init(pieces: [String]) {
        self.pieces = pieces
    }

    /// The pattern of the values' canonical spelling in a query: `PercentCoding.encodedQueryText`.
    var encodedForQuery: TextPattern {
        TextPattern(pieces: pieces.map { PercentCoding.encodedQueryText($0.utf8) })
    }

    func matches(_ text: String) -> Bool {
        guard let first = pieces.first, pieces.count > 1, let last = pieces.last else { return pieces.first == text }
        guard text.utf8.count >= length, text.utf8.starts(with: first.utf8) else { return false }
        guard text.utf8.suffix(last.utf8.count).elementsEqual(last.utf8) else { return false }
        var rest = Array(text.utf8.dropFirst(first.utf8.count).dropLast(last.utf8.count))[...]
        for piece in pieces.dropFirst().dropLast() {
            guard let end = Self.end(of: Array(piece.utf8), in: rest) else { return false }
            rest = rest[end...]
        }
        return true
    }

    /// The end of the first place at which a piece stands.
    private static func end(of piece: [UInt8], in text: ArraySlice<UInt8>) -> Int? {
        guard text.count >= piece.count else { return nil }
        for start in text.startIndex...text.endIndex - piece.count where text[start...].starts(with: piece) {
            return start + piece.count
        }
        return nil
    }

    /// Whether each text that the other one matches is matched, as far as that can be told by their looks.
    func covers(_ other: TextPattern) -> Bool {
        if self == other || pieces == ["", ""] { return true }
        return other.isExact && matches(other.pieces[0])
    }
}

extension TextPattern: CustomStringConvertible {
    /// The text that it was made of, in one of its spellings.
    public var description: String {
        pieces.map { piece in
            var text = ""
            for scalar in piece.unicodeScalars {
                if scalar == "*" || scalar == "\\" { text += "\\" }
                text.unicodeScalars.append(scalar)
            }
            return text
        }.joined(separator: "*")
    }
}

extension TextPattern {
    /// Whether each of the patterns matches a value of its own, and no value is left over.
    ///
    /// A maximum matching by augmenting paths: to give each pattern the first value that fits could leave another
    /// pattern without one.
    static func pair(_ patterns: [TextPattern], with values: [String]) -> Bool {
        guard patterns.count == values.count else { return false }
        var owners: [Int?] = Array(repeating: nil, count: values.count)
        func place(_ pattern: Int, _ tried: inout Set<Int>) -> Bool {
            for value in values.indices where patterns[pattern].matches(values[value]) {
                guard tried.insert(value).inserted else { continue }
                if let owner = owners[value], !place(owner, &tried) { continue }
                owners[value] = pattern
                return true
            }
            return false
        }
        return patterns.indices.allSatisfy { pattern in
            var tried: Set<Int> = []
            return place(pattern, &tried)
        }
    }
}
