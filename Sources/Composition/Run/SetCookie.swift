/// The `Set-Cookie` fields of backends, which clients get from the gateway's host.
enum SetCookie {
    /// The field without `Domain` attributes, and otherwise byte for byte as it was.
    ///
    /// A client refuses a cookie for a domain that the host it talked to does not belong to (RFC 6265, section 5.3, step
    /// 6), and a backend's domain is nobody's business outside. Without the attribute the cookie is the gateway's. Parts
    /// are told apart as clients do it (section 5.2): at every semicolon, names without regard to case and to the
    /// whitespace around them.
    static func withoutDomain(_ field: String) -> String {
        let parts = field.utf8.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        // The first part is the cookie itself.
        guard parts.dropFirst().contains(where: isDomain) else { return field }
        let kept = parts.prefix(1) + parts.dropFirst().filter { !isDomain($0) }
        return kept.map { String(Substring($0)) }.joined(separator: ";")
    }

    private static func isDomain(_ attribute: Substring.UTF8View) -> Bool {
        let name = Substring(attribute.prefix { $0 != UInt8(ascii: "=") }).trimmingSpace
        return name.utf8.count == 6 && zip(name.utf8, "domain".utf8).allSatisfy { $0 | 0x20 == $1 }
    }
}
