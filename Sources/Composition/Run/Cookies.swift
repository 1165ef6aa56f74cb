/// The cookies of a request.
enum Cookies {
    /// The pairs of its `Cookie` fields in their order (RFC 6265, sections 4.2.1 and 5.4). HTTP/2 may have split one
    /// field into several (RFC 9113, section 8.2.3).
    ///
    /// Names are case-sensitive. A value in double quotes is what stands between them (section 4.1.1); nothing else in
    /// it is decoded, since cookies have no encoding. What has no `=` is no cookie.
    static func pairs(of fields: [String]) -> [(name: Substring, value: Substring)] {
        fields.flatMap { field in
            field.utf8.split(separator: UInt8(ascii: ";")).compactMap { part in
                guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else { return nil }
                let name = Substring(part[..<equals]).trimmingSpace
                let value = Substring(part[part.index(after: equals)...]).trimmingSpace
                return (name, unquoted(value))
            }
        }
    }

    private static func unquoted(_ value: Substring) -> Substring {
        let quote = UInt8(ascii: "\"")
        guard value.utf8.count >= 2, value.utf8.first == quote, value.utf8.last == quote else { return value }
        return Substring(value.utf8.dropFirst().dropLast())
    }
}
