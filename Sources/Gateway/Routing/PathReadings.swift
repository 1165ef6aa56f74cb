/// How servers may read a path that is passed on to them as it was received.
///
/// RFC 3986 makes `/a//b`, `/a;v=1/b`, `/a%2Fb`, `/a\b` and `/a/b/` paths of their own, and so does this gateway. Servers
/// differ: some merge slashes or drop the last one, cut parameters off segments, take `\` for `/`, and decode escapes
/// before they cut, once, twice or as overlong UTF-8. Each combination is a reading. Not among them: names without regard
/// to case, and names without their trailing dots.
enum PathReadings {
    /// The readings that differ from the path itself; none for nearly every path.
    static func others(of rawPath: String) -> [String] {
        let raw = Array(rawPath.utf8)
        guard isDoubtful(raw) else { return [] }
        var readings: Set<[UInt8]> = []
        var decoded = raw
        for round in 0...2 {
            // Before they are written as paths again, which is what costs: most are alike.
            var texts: Set<[UInt8]> = []
            if round > 0 { decoded = decodedOnceMore(decoded) }
            for hasBackslashes in [false, true] {
                let slashed = hasBackslashes ? decoded.map { $0 == backslash ? slash : $0 } : decoded
                for dropsParameters in [false, true] {
                    let cut = dropsParameters ? withoutParameters(slashed) : slashed
                    for merges in [false, true] {
                        let merged = merges ? withoutEmptySegments(cut) : cut
                        texts.insert(merged)
                    }
                }
            }
            // What was decoded is text; what was not keeps its escapes.
            for text in texts { readings.insert(round > 0 ? encode(text) : text) }
        }
        readings.remove(raw)
        return readings.map { String(decoding: $0, as: UTF8.self) }
    }

    private static let slash = UInt8(ascii: "/")
    private static let backslash = UInt8(ascii: "\\")
    private static let semicolon = UInt8(ascii: ";")

    /// Whether there is anything to read in two ways: at a first look, which is all that most paths cost.
    private static func isDoubtful(_ path: [UInt8]) -> Bool {
        var last: UInt8 = 0
        for byte in path {
            if byte == semicolon || byte == backslash || byte == UInt8(ascii: "%") { return true }
            if byte == slash, last == slash { return true }
            last = byte
        }
        return path.count > 1 && last == slash
    }

    /// Without one layer of escapes, and without overlong forms.
    static func decodedOnceMore(_ path: [UInt8]) -> [UInt8] {
        plain(decode(path))
    }

    /// Escapes that are none stay as they are.
    private static func decode(_ path: [UInt8]) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(path.count)
        var index = 0
        while index < path.count {
            if path[index] == UInt8(ascii: "%"), let byte = RoutePath.escape(in: path, at: index) {
                decoded.append(byte)
                index += 3
            } else {
                decoded.append(path[index])
                index += 1
            }
        }
        return decoded
    }

    /// Overlong forms of ASCII in two and three bytes, which RFC 3629 forbids, as the characters that they hide.
    private static func plain(_ path: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(path.count)
        var index = 0
        while index < path.count {
            let rest = path[index...].prefix(3)
            if rest.count >= 2, rest[index] == 0xC0 || rest[index] == 0xC1, rest[index + 1] & 0xC0 == 0x80 {
                text.append((rest[index] & 0x01) << 6 | rest[index + 1] & 0x3F)
                index += 2
            } else if rest.count == 3, rest[index] == 0xE0, rest[index + 1] & 0xFE == 0x80,
                rest[index + 2] & 0xC0 == 0x80
            {
                text.append((rest[index + 1] & 0x01) << 6 | rest[index + 2] & 0x3F)
                index += 3
            } else {
                text.append(path[index])
                index += 1
            }
        }
        return text
    }

    private static func withoutParameters(_ path: [UInt8]) -> [UInt8] {
        var isParameter = false
        return path.filter { byte in
            if byte == slash { isParameter = false } else if byte == semicolon { isParameter = true }
            return !isParameter
        }
    }

    private static func withoutEmptySegments(_ path: [UInt8]) -> [UInt8] {
        let segments = path.split(separator: slash)
        return [slash] + segments.joined(separator: [slash])
    }

    private static func encode(_ path: [UInt8]) -> [UInt8] {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(path.count)
        for byte in path {
            switch byte {
            case slash, UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.append(byte)
            default:
                encoded.append(UInt8(ascii: "%"))
                encoded.append(hexDigit(byte >> 4))
                encoded.append(hexDigit(byte & 15))
            }
        }
        return encoded
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}
