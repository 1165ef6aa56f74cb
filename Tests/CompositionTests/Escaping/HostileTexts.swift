import TestSupport

/// Texts that try to mean more than themselves where they are put.
struct HostileTexts {
    /// Each is tried alone before they are mixed.
    static let pieces = [
        "/../", "..", ".", "../", "/..", "..;x", ";/..", "\\..\\", "%2F", "%2f..%2F", "%2e%2e", "%2e", "%252e", "%",
        "%zz",
        "%00", "?", "?a=b", "#", "#x", "&", "&y=2", "=", "+", ";", ";y=2", ",", ":", "@", "//evil.example",
        "@evil.example/",
        "http://evil.example/", "\r\n", "\n", "\r", "\r\nX-Evil: 1", "\r\n\r\nGET /evil HTTP/1.1\r\nHost: x\r\n\r\n",
        "\u{0}",
        "\u{1}", "\u{8}", "\t", "\u{1F}", "\u{7F}", "\u{85}", " ", "  ", "\"", "\\", "\\\"", "\",\"x\":\"", "\\u0000",
        "'", "`",
        "{", "}", "{v}", "{{", "[", "]", "<script>", "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{FFFD}", "\u{FFFF}", "é",
        "e\u{301}", "日本語", "🎉", "👩‍👩‍👧", "\u{10FFFF}", "\u{202E}", "${X}", "null", "0", "-1e999", "",
    ]

    var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    mutating func text() -> String {
        let count = random.chance(1, in: 40) ? 2_000 : Int.random(in: 1...6, using: &random)
        return (0..<count).map { _ in random.chance(1, in: 5) ? letters() : random.pick(Self.pieces) }.joined()
    }

    /// A text of at most so many scalars.
    mutating func text(atMost count: Int) -> String {
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: text().unicodeScalars.prefix(count))
        return String(scalars)
    }

    private mutating func letters() -> String {
        String((0..<Int.random(in: 1...12, using: &random)).map { _ in random.pick(Array("abcxyzABC019-._~")) })
    }

    /// A JSON string that stands for the text, with some of its characters written as escapes.
    mutating func json(_ text: String) -> String {
        var literal = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": literal += random.chance(1, in: 2) ? "\\\(scalar)" : Self.escape(scalar)
            case "\u{0}"..."\u{1F}": literal += Self.escape(scalar)
            default: literal += random.chance(1, in: 6) ? Self.escape(scalar) : String(scalar)
            }
        }
        return literal + "\""
    }

    /// `\u` escapes, two for what lies beyond U+FFFF.
    private static func escape(_ scalar: Unicode.Scalar) -> String {
        String(scalar).utf16.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }

    /// Every byte but letters and digits percent-encoded: what a client sends for the text.
    static func percentEncoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) && byte < 0x80
            let digits = String(byte, radix: 16, uppercase: true)
            return isPlain ? String(UnicodeScalar(byte)) : "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}
