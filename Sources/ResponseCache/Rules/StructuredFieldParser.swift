/// Reads a dictionary of Structured Fields (RFC 9651, section 4.2). Each function is one of the RFC's algorithms; nil is
/// its "fail parsing", after which the whole field is worth nothing.
struct StructuredFieldParser {
    /// A value, as far as caching asks for it.
    enum Value: Hashable {
        case integer(Int64)
        case boolean(Bool)
        case string([UInt8])
        /// A value of any other type, or an inner list.
        case other
    }

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Section 4.2.2. Of several members with one key the last counts, in the place of the first.
    mutating func dictionary() -> [(key: String, value: Value)]? {
        var members: [(key: String, value: Value)] = []
        skip { $0 == ASCII.space }
        while peek != nil {
            guard let key = key(), let value = memberValue() else { return nil }
            if let index = members.firstIndex(where: { $0.key == key }) {
                members[index].value = value
            } else {
                members.append((key, value))
            }
            skip(ASCII.isWhitespace)
            if peek == nil { return members }
            guard take(ASCII.comma) else { return nil }
            skip(ASCII.isWhitespace)
            if peek == nil { return nil }  // a comma at the end
        }
        return members
    }

    private mutating func memberValue() -> Value? {
        guard take(ASCII.equals) else { return parameters() ? .boolean(true) : nil }
        return peek == ASCII.openingParenthesis ? innerList() : item()
    }

    /// Section 4.2.1.2.
    private mutating func innerList() -> Value? {
        guard take(ASCII.openingParenthesis) else { return nil }
        while peek != nil {
            skip { $0 == ASCII.space }
            if take(ASCII.closingParenthesis) { return parameters() ? .other : nil }
            guard item() != nil else { return nil }
            guard peek == ASCII.space || peek == ASCII.closingParenthesis else { return nil }
        }
        return nil
    }

    /// Section 4.2.3.
    private mutating func item() -> Value? {
        guard let value = bareItem(), parameters() else { return nil }
        return value
    }

    /// Section 4.2.3.2. Whether they could be read; nobody asks what they are.
    private mutating func parameters() -> Bool {
        while take(ASCII.semicolon) {
            skip { $0 == ASCII.space }
            guard key() != nil else { return false }
            if take(ASCII.equals), bareItem() == nil { return false }
        }
        return true
    }

    /// Section 4.2.3.3.
    private mutating func key() -> String? {
        guard let first = peek, Self.isKeyStart(first) else { return nil }
        return String(decoding: takeAll(Self.isKeyByte), as: UTF8.self)
    }

    /// Section 4.2.3.1.
    private mutating func bareItem() -> Value? {
        guard let first = peek else { return nil }
        switch first {
        case ASCII.quote: return string()
        case ASCII.questionMark: return boolean()
        case ASCII.colon: return byteSequence()
        case ASCII.at: return date()
        case ASCII.percent: return displayString()
        case ASCII.minus: return number()
        case _ where ASCII.isDigit(first): return number()
        case _ where first == ASCII.asterisk || ASCII.isLetter(first):
            _ = takeAll { Self.isTokenByte($0) || $0 == ASCII.colon || $0 == ASCII.slash }
            return .other
        default: return nil
        }
    }

    /// Section 4.2.4: 15 digits, or 12 before the point of a decimal and 1 to 3 after it.
    private mutating func number() -> Value? {
        let isNegative = take(ASCII.minus)
        let digits = takeAll(ASCII.isDigit)
        guard !digits.isEmpty, digits.count <= 15 else { return nil }
        if take(ASCII.point) {
            let fraction = takeAll(ASCII.isDigit)
            return digits.count <= 12 && (1...3).contains(fraction.count) ? .other : nil
        }
        let magnitude = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - ASCII.zero) }
        return .integer(isNegative ? -magnitude : magnitude)
    }

    /// Section 4.2.5.
    private mutating func string() -> Value? {
        guard take(ASCII.quote) else { return nil }
        var text: [UInt8] = []
        while let byte = next() {
            switch byte {
            case ASCII.quote: return .string(text)
            case ASCII.backslash:
                guard let escaped = next(), escaped == ASCII.quote || escaped == ASCII.backslash else { return nil }
                text.append(escaped)
            case 0x20...0x7E: text.append(byte)
            default: return nil
            }
        }
        return nil
    }

    /// Section 4.2.7.
    private mutating func byteSequence() -> Value? {
        guard take(ASCII.colon) else { return nil }
        _ = takeAll(Self.isBase64Byte)
        return take(ASCII.colon) ? .other : nil
    }

    /// Section 4.2.8.
    private mutating func boolean() -> Value? {
        guard take(ASCII.questionMark) else { return nil }
        if take(ASCII.one) { return .boolean(true) }
        return take(ASCII.zero) ? .boolean(false) : nil
    }

    /// Section 4.2.9.
    private mutating func date() -> Value? {
        guard take(ASCII.at), case .integer = number() else { return nil }
        return .other
    }

    /// Section 4.2.10. That the bytes are UTF-8 is not asked.
    private mutating func displayString() -> Value? {
        guard take(ASCII.percent), take(ASCII.quote) else { return nil }
        while let byte = next() {
            switch byte {
            case ASCII.quote: return .other
            case ASCII.percent:
                guard let high = next(), Self.isSmallHex(high), let low = next(), Self.isSmallHex(low)
                else { return nil }
            case 0x20...0x7E: break
            default: return nil
            }
        }
        return nil
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func next() -> UInt8? {
        guard let byte = peek else { return nil }
        position += 1
        return byte
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private mutating func takeAll(_ belongs: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let taken = bytes[position...].prefix(while: belongs)
        position += taken.count
        return taken
    }

    private mutating func skip(_ belongs: (UInt8) -> Bool) {
        _ = takeAll(belongs)
    }

    private static func isKeyStart(_ byte: UInt8) -> Bool {
        byte == ASCII.asterisk || (0x61...0x7A).contains(byte)
    }

    private static func isKeyByte(_ byte: UInt8) -> Bool {
        isKeyStart(byte) || ASCII.isDigit(byte) || byte == 0x5F || byte == ASCII.minus || byte == ASCII.point
    }

    private static func isBase64Byte(_ byte: UInt8) -> Bool {
        ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte == 0x2B || byte == ASCII.slash || byte == ASCII.equals
    }

    private static func isSmallHex(_ byte: UInt8) -> Bool {
        ASCII.isDigit(byte) || (0x61...0x66).contains(byte)
    }

    /// `tchar` (RFC 9110, section 5.6.2).
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
        default: ASCII.isLetter(byte) || ASCII.isDigit(byte)
        }
    }
}
