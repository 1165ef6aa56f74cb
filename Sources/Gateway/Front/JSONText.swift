/// Appends JSON string tokens to a byte buffer; all that problems and log lines need.
enum JSONText {
    private static let hex = Array("0123456789abcdef".utf8)

    /// Appends `text` in quotes, escaped by RFC 8259, section 7. U+007F and the line separators U+2028 and U+2029 are
    /// escaped too, so that a line stays one line for every reader.
    static func append(_ text: some StringProtocol, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        let isCopied = text.utf8.withContiguousStorageIfAvailable { utf8 in
            guard utf8.allSatisfy(isPlain) else { return false }
            bytes.append(contentsOf: utf8)
            return true
        }
        if isCopied != true {
            for scalar in text.unicodeScalars {
                append(scalar, to: &bytes)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// Appends an array; `append` writes each element.
    static func appendArray<Element>(
        _ elements: some Sequence<Element>,
        to bytes: inout [UInt8],
        _ append: (Element, inout [UInt8]) -> Void
    ) {
        bytes.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(element, &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// Appends an object; `append` writes each value.
    static func appendObject<Value>(
        _ members: some Sequence<(name: String, value: Value)>,
        to bytes: inout [UInt8],
        _ append: (Value, inout [UInt8]) -> Void
    ) {
        bytes.append(UInt8(ascii: "{"))
        for (index, member) in members.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            self.append(member.name, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            append(member.value, &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
        switch scalar {
        case "\"": bytes.append(contentsOf: "\\\"".utf8)
        case "\\": bytes.append(contentsOf: "\\\\".utf8)
        case "\n": bytes.append(contentsOf: "\\n".utf8)
        case "\r": bytes.append(contentsOf: "\\r".utf8)
        case "\t": bytes.append(contentsOf: "\\t".utf8)
        case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}", "\u{2028}", "\u{2029}":
            bytes.append(contentsOf: "\\u".utf8)
            for shift in [12, 8, 4, 0] {
                bytes.append(hex[Int(scalar.value >> UInt32(shift)) & 0xF])
            }
        default:
            bytes.append(contentsOf: String(scalar).utf8)
        }
    }
}
