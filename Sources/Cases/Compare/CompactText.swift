import JSONSlices

/// JSON without the white space between its tokens, each token as it was written.
enum CompactText {
    static func bytes(of value: JSONSlice) -> [UInt8] {
        var bytes: [UInt8] = []
        value.withUTF8 { text in
            var isInString = false
            var isEscaped = false
            for byte in text {
                if !isInString, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { continue }
                if byte == UInt8(ascii: "\""), !isEscaped { isInString.toggle() }
                isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
                bytes.append(byte)
            }
        }
        return bytes
    }

    /// The same with a blank behind commas and colons, for a person, cut to `length` characters.
    static func shown(_ value: JSONSlice, length: Int = 160) -> String {
        let text = JSONLayout.oneLine(.slice(value), limit: length * 4)
        return cut(text, length: length)
    }

    static func cut(_ text: String, length: Int = 160) -> String {
        text.count <= length ? text : text.prefix(length - 1) + "…"
    }
}
