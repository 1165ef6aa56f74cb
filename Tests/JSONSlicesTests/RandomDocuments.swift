import TestSupport

/// Random documents that are JSON, and random damage to them.
struct RandomDocuments {
    private static let texts = [
        "", "a", "id", "name", "total", "é", "e\u{301}", "日本語", "𝄞🎉", "0123456", "01234567", "012345678",
        "a rather long text that goes over several words of eight bytes", "/", "\u{7F}", "\u{80}", "\u{7FF}",
        "\u{800}", "\u{D7FF}", "\u{E000}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}", "\u{2028}",
    ]
    private static let escapes = [
        #"\""#, #"\\"#, #"\/"#, #"\b"#, #"\f"#, #"\n"#, #"\r"#, #"\t"#, #"\u0000"#, #"\u001f"#, #"\u00e9"#,
        #"\u00E9"#, #"\u20AC"#, #"\uD834\uDD1E"#, #"\ud83c\udf89"#, #"\uffff"#, #"\ud7ff"#, #"\ue000"#,
    ]
    private static let numbers = [
        "0", "-0", "1", "-1", "10", "12345678901234567890", "1.10", "-0.0", "0.5", "1E400", "1e-7", "2E+10", "-9.99e99",
        "3.141592653589793238462643383279", "100",
    ]
    private static let spaces = ["", "", "", " ", "\n", "\t", "\r\n", "\n        ", "\n                 ", "  "]
    private static let damage: [[UInt8]] = [
        Array(#"\ud800"#.utf8), Array(#"\udc00"#.utf8), Array(#"\u12"#.utf8), Array(#"\x"#.utf8), Array("01".utf8),
        Array("NaN".utf8), Array("-Infinity".utf8), Array("tru".utf8), Array("nulll".utf8), Array("1.".utf8),
        Array(".5".utf8), Array("1e".utf8), Array("+1".utf8), Array("//".utf8), Array("[[".utf8), Array("}".utf8),
        Array(",".utf8), Array(",,".utf8), Array(":".utf8), Array("\"".utf8), Array("'".utf8), Array("\\".utf8),
        [0xEF, 0xBB, 0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80],
        [0xF0, 0x8F, 0xBF, 0xBF],
        [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0x80], [0xFF], [0xE2, 0x82], [0x00], [0x0A], [0x1F],
        [0x7F], [0x0C], [0xC2, 0xA0],
    ]

    var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    mutating func document() -> [UInt8] {
        let text = space() + value(depth: Int.random(in: 0...6, using: &random)) + space()
        return Array(text.utf8)
    }

    /// The document with one to three injuries; by luck it may still be JSON.
    mutating func damaged(_ document: [UInt8]) -> [UInt8] {
        var bytes = document
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            let stretch = place..<min(bytes.count, place + Int.random(in: 1...4, using: &random))
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes.removeSubrange(stretch)
            case 1: bytes.removeSubrange(place...)
            case 2: bytes.insert(contentsOf: random.pick(Self.damage), at: place)
            case 3: bytes.replaceSubrange(stretch, with: random.pick(Self.damage))
            case 4: bytes.insert(contentsOf: bytes[stretch], at: place)
            default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
            }
        }
        return bytes
    }

    private mutating func value(depth: Int) -> String {
        switch Int.random(in: 0..<(depth > 0 ? 10 : 6), using: &random) {
        case 0: return random.pick(["null", "true", "false"])
        case 1, 2: return random.pick(Self.numbers)
        case 3, 4, 5: return string()
        case 6, 7: return list("[", "]") { $0.value(depth: depth - 1) }
        default:
            return list("{", "}") { $0.string() + $0.space() + ":" + $0.space() + $0.value(depth: depth - 1) }
        }
    }

    private mutating func list(_ open: String, _ close: String, _ item: (inout Self) -> String) -> String {
        var items: [String] = []
        for _ in 0..<Int.random(in: 0...5, using: &random) { items.append(space() + item(&self) + space()) }
        return open + (items.isEmpty ? space() : items.joined(separator: ",")) + close
    }

    private mutating func string() -> String {
        var content = ""
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            content += random.chance(1, in: 4) ? random.pick(Self.escapes) : random.pick(Self.texts)
        }
        return "\"" + content + "\""
    }

    private mutating func space() -> String {
        random.pick(Self.spaces)
    }
}
