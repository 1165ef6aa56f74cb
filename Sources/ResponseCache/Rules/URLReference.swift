/// A URL or a reference to one, taken apart (RFC 3986, section 4.1). The fragment is left out: it is no part of a request.
struct URLReference: Hashable {
    var scheme: Substring?
    var authority: Substring?
    var path: Substring
    var query: Substring?

    /// Every text is a reference; whether its characters may stand there is not asked.
    init(_ text: String) {
        var rest = text.prefix { $0 != "#" }
        if let colon = rest.firstIndex(of: ":"), Self.isScheme(rest[..<colon]) {
            scheme = rest[..<colon]
            rest = rest[rest.index(after: colon)...]
        }
        if rest.hasPrefix("//") {
            rest = rest.dropFirst(2)
            let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
            authority = rest[..<end]
            rest = rest[end...]
        }
        let end = rest.firstIndex(of: "?") ?? rest.endIndex
        path = rest[..<end]
        if end < rest.endIndex { query = rest[rest.index(after: end)...] }
    }

    /// The URL that a reference means, seen from this one (RFC 3986, section 5.2.2), written with this one's scheme and
    /// authority; nil when its origin (RFC 6454, section 4) is another.
    func resolve(_ reference: URLReference) -> String? {
        guard hasSameOrigin(as: reference) else { return nil }
        var target = self
        if reference.scheme != nil || reference.authority != nil {
            target.path = Self.withoutDotSegments(reference.path)
            target.query = reference.query
        } else if reference.path.isEmpty {
            target.query = reference.query ?? query
        } else {
            let path = reference.path.hasPrefix("/") ? reference.path : merged(reference.path)
            target.path = Self.withoutDotSegments(path)
            target.query = reference.query
        }
        if target.path.isEmpty { target.path = "/" }
        return target.text
    }

    private var text: String {
        var text = scheme.map { "\($0):" } ?? ""
        if let authority { text += "//\(authority)" }
        text += path
        if let query { text += "?\(query)" }
        return text
    }

    private func hasSameOrigin(as reference: URLReference) -> Bool {
        if reference.scheme != nil, reference.authority == nil { return false }
        if let other = reference.scheme, other.lowercased() != scheme?.lowercased() { return false }
        guard let other = reference.authority else { return true }
        guard let authority else { return false }
        return hostAndPort(other) == hostAndPort(authority)
    }

    /// Without user information, in small letters, without the port that the scheme has anyway.
    private func hostAndPort(_ authority: Substring) -> String {
        var text = (authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority)
            .lowercased()
        let usualPort = scheme?.lowercased() == "https" ? ":443" : ":80"
        if text.hasSuffix(usualPort) { text.removeLast(usualPort.count) }
        if text.hasSuffix(":") { text.removeLast() }
        return text
    }

    /// Section 5.2.3.
    private func merged(_ reference: Substring) -> Substring {
        guard let slash = path.lastIndex(of: "/") else { return "/" + reference }
        return path[...slash] + reference
    }

    /// Section 5.2.4.
    private static func withoutDotSegments(_ path: Substring) -> Substring {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        var kept: [Substring] = []
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            switch segment {
            case ".": if isLast { kept.append("") }
            case "..":
                if kept.count > 1 { kept.removeLast() }
                if isLast { kept.append("") }
            default: kept.append(segment)
            }
        }
        return Substring(kept.joined(separator: "/"))
    }

    /// Section 3.1.
    private static func isScheme(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, ASCII.isLetter(first) else { return false }
        return text.utf8.allSatisfy {
            ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == 0x2B || $0 == ASCII.minus || $0 == ASCII.point
        }
    }
}
