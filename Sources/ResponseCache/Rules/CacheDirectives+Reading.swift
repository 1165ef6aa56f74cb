import CurlTransport

extension CacheDirectives {
    static func isFieldName(_ text: String) -> Bool {
        HeaderValidation.isToken(text)
    }

    /// `cache-directive = token [ "=" ( token / quoted-string ) ]` (RFC 9111, section 5.2).
    mutating func read(_ member: ListSplitter.Member) {
        guard let equals = member.text.firstIndex(of: ASCII.equals) else {
            set(ASCII.lowercased(member.text), member.isTrusted ? .none : .malformed)
            return
        }
        let name = member.text[..<equals]
        let value = member.text[(equals + 1)...]
        // Whitespace beside the equals sign is an error, but what was meant is plain.
        set(ASCII.lowercased(ASCII.trimmed(name)), member.isTrusted ? Self.argument(name, value) : .malformed)
    }

    private static func argument(_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) -> Argument {
        if let last = name.last, ASCII.isWhitespace(last) { return .malformed }
        guard value.first == ASCII.quote else {
            let isToken = isFieldName(String(decoding: value, as: UTF8.self))
            return isToken ? .token(value) : .malformed
        }
        let quoted = Array(value)
        guard ListSplitter.endOfQuotedString(in: quoted, from: 0) == quoted.count else { return .malformed }
        return .quoted(unescaped(quoted[1..<quoted.count - 1]))
    }

    /// What stands between the quotes, without the backslashes of quoted pairs (RFC 9110, section 5.6.4).
    private static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var isEscaped = false
        for byte in text {
            if byte == ASCII.backslash, !isEscaped {
                isEscaped = true
            } else {
                result.append(byte)
                isEscaped = false
            }
        }
        return result
    }
}
