/// An absolute http or https URL in the parts that an import has to tell apart.
public struct ArchivedURL: Hashable, Sendable {
    /// Scheme, host and port in small letters, without the port that the scheme implies: `https://api.example.com`.
    public let origin: String
    /// Path and query as they were written; without the fragment, which is never sent.
    public let target: String

    /// Nil for any other text.
    public init?(_ text: String) {
        guard let mark = text.firstRange(of: "://") else { return nil }
        let scheme = text[..<mark.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let rest = text[mark.upperBound...].prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        guard !host.isEmpty, host.utf8.allSatisfy(Self.isOfHost) else { return nil }
        var name = host.lowercased()
        let implied = scheme == "http" ? ":80" : ":443"
        if name.hasSuffix(implied) { name.removeLast(implied.count) }
        origin = "\(scheme)://\(name)"
        let target = rest[authority.endIndex...]
        self.target = target.hasPrefix("/") ? String(target) : "/" + target
    }

    /// What RFC 3986, section 3.2.2, has in a host, and all beyond ASCII.
    private static func isOfHost(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte != 0x7F && !Array("\"<>\\^`{|}".utf8).contains(byte)
    }

    /// The target below a backend's URL, which the URL has to begin with; nil when it does not.
    public func target(below prefix: ArchivedURL) -> String? {
        guard origin == prefix.origin else { return nil }
        var path = prefix.target
        while path.hasSuffix("/") { path.removeLast() }
        guard target.hasPrefix(path) else { return nil }
        let rest = target.dropFirst(path.count)
        if rest.isEmpty { return "/" }
        guard let first = rest.first, first == "/" || first == "?" else { return nil }
        return first == "/" ? String(rest) : "/" + rest
    }
}
