/// Resolves the escapes of a string's content (RFC 8259, section 7).
enum EscapedText {
    /// - Parameter content: what stood between the quotes and was already checked. Should it not be well-formed after
    ///   all, nothing is read beyond it.
    static func decode(_ content: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(content.count)
        var rest = content[...]
        while let backslash = rest.firstIndex(of: ASCII.backslash) {
            text.append(contentsOf: rest[..<backslash])
            rest = rest[(backslash + 1)...]
            guard let letter = rest.popFirst() else { break }
            switch letter {
            case ASCII.lowerB: text.append(0x08)
            case ASCII.lowerF: text.append(0x0C)
            case ASCII.lowerN: text.append(ASCII.newline)
            case ASCII.lowerR: text.append(ASCII.carriageReturn)
            case ASCII.lowerT: text.append(ASCII.tab)
            case ASCII.lowerU: text.append(contentsOf: String(scalar(&rest)).utf8)
            default: text.append(letter)
            }
        }
        text.append(contentsOf: rest)
        return text
    }

    /// From behind a `\u` on; takes the other half of a surrogate pair along.
    private static func scalar(_ rest: inout Slice<UnsafeBufferPointer<UInt8>>) -> Unicode.Scalar {
        var value = codeUnit(&rest)
        if value & 0xFC00 == 0xD800 {
            rest = rest.dropFirst(2)
            value = 0x10000 + (value & 0x3FF) << 10 + codeUnit(&rest) & 0x3FF
        }
        return Unicode.Scalar(value) ?? "\u{FFFD}"
    }

    private static func codeUnit(_ rest: inout Slice<UnsafeBufferPointer<UInt8>>) -> UInt32 {
        let digits = rest.prefix(4)
        rest = rest.dropFirst(4)
        return digits.reduce(0) { $0 << 4 | (ASCII.hexValue($1) ?? 0) }
    }
}
