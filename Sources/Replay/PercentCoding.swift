/// Percent-encoding (RFC 3986, section 2.1) in the one spelling in which replay compares paths and queries.
///
/// A canonical text is ASCII, so that comparing two of them compares bytes: nothing is equal only because Unicode
/// calls it equivalent.
enum PercentCoding {
    /// A path with every segment decoded and encoded again: what may stand in a segment (`pchar`, section 3.3) as it
    /// is, all else as `%` and upper-case digits. An encoded slash stays `%2F`, apart from the `/` between segments.
    static func canonicalPath(_ path: some StringProtocol) -> String {
        if path.utf8.allSatisfy({ isPathCharacter($0) || $0 == slash }) { return String(path) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(path.utf8.count + 16)
        for segment in path.utf8.split(separator: slash, omittingEmptySubsequences: false) {
            for byte in decoded(segment) { append(byte, to: &bytes, unlessEncoding: isPathCharacter) }
            bytes.append(slash)
        }
        return String(decoding: bytes.dropLast(), as: UTF8.self)
    }

    /// A name or a value of a query as a client sent it: percent-encoded, `+` for a space.
    static func canonicalQueryText(_ text: some Sequence<UInt8>) -> String {
        encodedQueryText(decoded(text.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 }))
    }

    /// The canonical spelling of a plain text for a query: all but `unreserved` (section 2.3) is encoded.
    static func encodedQueryText(_ text: some Sequence<UInt8>) -> String {
        var bytes: [UInt8] = []
        for byte in text { append(byte, to: &bytes, unlessEncoding: isUnreserved) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The text that an encoded one stands for; bytes that are no UTF-8 are replaced.
    static func decodedText(_ text: some Sequence<UInt8>) -> String {
        String(decoding: decoded(text), as: UTF8.self)
    }

    /// The offset of the first `%` that two hexadecimal digits do not follow.
    static func firstBrokenEscape(in text: String) -> Int? {
        let bytes = Array(text.utf8)
        return bytes.indices.first { bytes[$0] == percent && escape(at: $0, in: bytes) == nil }
    }

    /// The bytes a text stands for. A `%` without two digits stands for itself: clients do send it.
    private static func decoded(_ text: some Sequence<UInt8>) -> [UInt8] {
        let text = Array(text)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var offset = 0
        while offset < text.count {
            if text[offset] == percent, let byte = escape(at: offset, in: text) {
                bytes.append(byte)
                offset += 3
            } else {
                bytes.append(text[offset])
                offset += 1
            }
        }
        return bytes
    }

    private static func escape(at offset: Int, in text: [UInt8]) -> UInt8? {
        guard offset + 2 < text.count else { return nil }
        guard let high = digit(text[offset + 1]), let low = digit(text[offset + 2]) else { return nil }
        return high << 4 | low
    }

    private static func append(_ byte: UInt8, to bytes: inout [UInt8], unlessEncoding isPlain: (UInt8) -> Bool) {
        if isPlain(byte) {
            bytes.append(byte)
        } else {
            bytes += [percent, hexadecimal(byte >> 4), hexadecimal(byte & 0x0F)]
        }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    private static func hexadecimal(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "A") + nibble - 10
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// `pchar` without escapes: unreserved, sub-delims, `:` and `@`.
    private static func isPathCharacter(_ byte: UInt8) -> Bool {
        isUnreserved(byte) || pathPunctuation.contains(byte)
    }

    private static let pathPunctuation: [UInt8] = Array("!$&'()*+,;=:@".utf8)
    private static let slash = UInt8(ascii: "/")
    private static let percent = UInt8(ascii: "%")
}
