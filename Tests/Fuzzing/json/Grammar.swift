/// RFC 8259 read byte by byte, as plainly as it can be written: what the index is compared with.
struct Grammar {
    let bytes: [UInt8]
    let maxDepth: Int
    private var position = 0

    init(bytes: [UInt8], maxDepth: Int) {
        self.bytes = bytes
        self.maxDepth = maxDepth
    }

    /// Section 2.
    mutating func isDocument() -> Bool {
        skipWhitespace()
        guard isValue(depth: 0) else { return false }
        skipWhitespace()
        return position == bytes.count
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ byte: Character) -> Bool {
        guard let next, next == byte.asciiValue else { return false }
        position += 1
        return true
    }

    private mutating func skipWhitespace() {
        while let next, [0x20, 0x09, 0x0A, 0x0D].contains(next) { position += 1 }
    }

    private mutating func isValue(depth: Int) -> Bool {
        switch next.map({ Character(Unicode.Scalar($0)) }) {
        case "{": depth < maxDepth && isList("{", "}") { $0.isMember(depth: depth + 1) }
        case "[": depth < maxDepth && isList("[", "]") { $0.isValue(depth: depth + 1) }
        case "\"": isString()
        case "t": isWord("true")
        case "f": isWord("false")
        case "n": isWord("null")
        default: isNumber()
        }
    }

    /// Sections 4 and 5.
    private mutating func isList(_ open: Character, _ close: Character, _ isItem: (inout Grammar) -> Bool) -> Bool {
        guard take(open) else { return false }
        skipWhitespace()
        if take(close) { return true }
        while true {
            skipWhitespace()
            guard isItem(&self) else { return false }
            skipWhitespace()
            if take(close) { return true }
            guard take(",") else { return false }
        }
    }

    private mutating func isMember(depth: Int) -> Bool {
        guard isString() else { return false }
        skipWhitespace()
        guard take(":") else { return false }
        skipWhitespace()
        return isValue(depth: depth)
    }

    private mutating func isWord(_ word: String) -> Bool {
        guard bytes[position...].starts(with: word.utf8) else { return false }
        position += word.utf8.count
        return true
    }

    /// Section 6.
    private mutating func isNumber() -> Bool {
        _ = take("-")
        if !take("0") { guard isDigits() else { return false } }
        if take(".") { guard isDigits() else { return false } }
        if take("e") || take("E") {
            _ = take("+") || take("-")
            guard isDigits() else { return false }
        }
        return true
    }

    private mutating func isDigits() -> Bool {
        let start = position
        while let next, (0x30...0x39).contains(next) { position += 1 }
        return position > start
    }

    /// Section 7; a half of a surrogate pair alone has no UTF-8, and is refused.
    private mutating func isString() -> Bool {
        guard take("\"") else { return false }
        let start = position
        while let byte = next {
            switch byte {
            case 0x22:
                position += 1
                return String(validating: bytes[start..<position], as: UTF8.self) != nil
            case 0x5C:
                position += 1
                guard isEscape() else { return false }
            case 0..<0x20:
                return false
            default:
                position += 1
            }
        }
        return false
    }

    private mutating func isEscape() -> Bool {
        for letter in "\"\\/bfnrt" where take(letter) { return true }
        guard take("u"), let unit = codeUnit() else { return false }
        switch unit {
        case 0xD800..<0xDC00:
            guard take("\\"), take("u"), let low = codeUnit() else { return false }
            return (0xDC00..<0xE000).contains(low)
        case 0xDC00..<0xE000:
            return false
        default:
            return true
        }
    }

    private mutating func codeUnit() -> UInt32? {
        guard position + 4 <= bytes.count else { return nil }
        let digits = bytes[position..<position + 4]
        position += 4
        guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
