import TestSupport

/// Documents with every kind of value, odd numbers and names, and white space in odd places.
enum RandomJSON {
    static func text(depth: Int, using random: inout SeededGenerator) -> String {
        blank(&random) + value(depth, &random) + blank(&random)
    }

    /// Without the white space between tokens.
    static func compact(_ bytes: [UInt8]) -> [UInt8] {
        var compact: [UInt8] = []
        var isInString = false
        var skips = false
        for byte in bytes {
            if !isInString, [0x20, 0x0A, 0x0D, 0x09].contains(byte) { continue }
            compact.append(byte)
            if skips {
                skips = false
            } else if isInString, byte == UInt8(ascii: "\\") {
                skips = true
            } else if byte == UInt8(ascii: "\"") {
                isInString.toggle()
            }
        }
        return compact
    }

    private static func value(_ depth: Int, _ random: inout SeededGenerator) -> String {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
        case 0: return random.pick(["true", "false", "null"])
        case 1, 2: return random.pick(numbers)
        case 3, 4: return string(&random)
        case 5:
            let count = Int.random(in: 0...6, using: &random)
            let elements = (0..<count).map { _ in blank(&random) + value(depth - 1, &random) + blank(&random) }
            return "[" + (count == 0 ? blank(&random) : elements.joined(separator: ",")) + "]"
        default:
            let count = Int.random(in: 0...5, using: &random)
            let members = (0..<count).map { _ in
                blank(&random) + string(&random) + blank(&random) + ":" + blank(&random) + value(depth - 1, &random)
            }
            return "{" + (count == 0 ? blank(&random) : members.joined(separator: ",")) + "}"
        }
    }

    private static func string(_ random: inout SeededGenerator) -> String {
        let parts = (0..<Int.random(in: 0...4, using: &random)).map { _ in random.pick(pieces) }
        return "\"" + parts.joined() + "\""
    }

    private static func blank(_ random: inout SeededGenerator) -> String {
        random.chance(1, in: 3) ? random.pick([" ", "\n", "\r\n  ", "\t"]) : ""
    }

    private static let numbers = ["0", "-0", "1.10", "9007199254740993", "-1e-7", "6.02E+23", "0.000", "1e400"]
    private static let pieces = [
        "a", "é", "日本", "\\\"", "\\\\", "\\u00e9", "\\/", "{", "]", ",", ": ", "\\n", "🫖", "  ", "id",
        "a text that is long enough to reach the end of a line on its own",
    ]
}
