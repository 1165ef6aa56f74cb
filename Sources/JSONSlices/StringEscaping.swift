/// Writes strings with the escapes that RFC 8259, section 7 demands and no others: the quote, the backslash, and
/// control characters. All else stands as it is, in UTF-8.
enum StringEscaping {
    /// Appends `string` with its quotes.
    static func append(_ string: String, to bytes: inout [UInt8]) {
        bytes.append(ASCII.quote)
        var string = string
        string.withUTF8 { appendContent($0, to: &bytes) }
        bytes.append(ASCII.quote)
    }

    private static func appendContent(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        var start = 0
        while true {
            let special = firstToEscape(in: text, from: start)
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<special]))
            guard special < text.count else { return }
            appendEscape(text[special], to: &bytes)
            start = special + 1
        }
    }

    /// The number of bytes when there is none.
    private static func firstToEscape(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var position = start
        if let base = text.baseAddress {
            while position + 8 <= text.count {
                let hits = ByteLanes(base + position).needsEscape
                if hits != 0 { return position + ByteLanes.bytesBeforeHit(hits) }
                position += 8
            }
        }
        while position < text.count {
            let byte = text[position]
            if byte < ASCII.space || byte == ASCII.quote || byte == ASCII.backslash { break }
            position += 1
        }
        return position
    }

    private static func appendEscape(_ byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(ASCII.backslash)
        switch byte {
        case 0x08: bytes.append(ASCII.lowerB)
        case 0x0C: bytes.append(ASCII.lowerF)
        case ASCII.newline: bytes.append(ASCII.lowerN)
        case ASCII.carriageReturn: bytes.append(ASCII.lowerR)
        case ASCII.tab: bytes.append(ASCII.lowerT)
        case 0..<ASCII.space:
            let digit = byte & 0xF
            bytes.append(contentsOf: [ASCII.lowerU, ASCII.zero, ASCII.zero, ASCII.zero + byte >> 4])
            bytes.append(digit < 10 ? ASCII.zero + digit : 0x61 + digit - 10)
        default: bytes.append(byte)
        }
    }
}
