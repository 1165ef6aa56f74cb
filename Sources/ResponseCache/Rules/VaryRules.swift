/// Which of a request's fields chose a response (RFC 9111, section 4.1; RFC 9110, section 12.5.5).
public enum VaryRules {
    public enum Names: Hashable, Sendable {
        /// There is no `Vary`, or an empty one.
        case none
        /// `*`, or something that is no name: no later request can be known to match.
        case any
        /// Small letters, in order, each once.
        case names([String])
    }

    /// What `Vary` names, all its lines together.
    public static func names(of headers: some FieldValues) -> Names {
        let members = ListSplitter.names(in: headers.values(of: "Vary"))
        if members.isEmpty { return .none }
        if members.contains("*") || !members.allSatisfy(CacheDirectives.isFieldName) { return .any }
        return .names(Set(members).sorted())
    }

    /// What a request says in these fields, as bytes that are equal only for requests that say the same. Lines of one field
    /// are joined, and whitespace around commas does not count, save in quoted strings. A field that is not there differs
    /// from an empty one. Each part is preceded by its length, so that no value can pass for two.
    public static func key(for names: [String], request headers: some FieldValues) -> [UInt8] {
        var key: [UInt8] = []
        for name in names {
            append(Array(name.utf8), to: &key)
            let lines = headers.values(of: name)
            key.append(lines.isEmpty ? 0 : 1)
            if !lines.isEmpty { append(normalized(lines.joined(separator: ",")), to: &key) }
        }
        return key
    }

    private static func append(_ part: [UInt8], to key: inout [UInt8]) {
        withUnsafeBytes(of: UInt64(part.count).bigEndian) { key.append(contentsOf: $0) }
        key += part
    }

    /// `1 ,2` and `1, 2` become `1,2`. From a quote that is never closed on, nothing is changed.
    private static func normalized(_ value: String) -> [UInt8] {
        let bytes = Array(ASCII.trimmed(Array(value.utf8)[...]))
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case ASCII.quote:
                let end = ListSplitter.endOfQuotedString(in: bytes, from: index) ?? bytes.count
                result += bytes[index..<end]
                index = end
            case ASCII.comma:
                while let last = result.last, ASCII.isWhitespace(last) { result.removeLast() }
                result.append(ASCII.comma)
                index += 1
                while index < bytes.count, ASCII.isWhitespace(bytes[index]) { index += 1 }
            default:
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }
}
