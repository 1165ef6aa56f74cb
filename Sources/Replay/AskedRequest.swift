import NIOHTTP1

/// A request that reached a fixture backend, in the form in which fixtures are compared with it.
struct AskedRequest: Sendable {
    let method: String
    /// As received, with the query.
    let target: String
    /// In the spelling of `PercentCoding.canonicalPath`.
    let path: String
    /// In the order received; names and values in the spelling of `PercentCoding.encodedQueryText`.
    let query: [(name: String, value: String)]
    let headers: HTTPHeaders
    let body: [UInt8]

    /// - Parameter target: in origin form, or in absolute form as clients send it to a proxy (RFC 9112, section 3.2).
    init(method: String, target: String, headers: HTTPHeaders = [:], body: [UInt8] = []) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        let (path, query) = Self.split(target)
        self.path = PercentCoding.canonicalPath(path)
        self.query = query.map(Self.parameters) ?? []
    }

    /// The values of a parameter in the order received. Name and values in canonical spelling.
    func values(ofParameter name: String) -> [String] {
        query.filter { $0.name == name }.map(\.value)
    }

    /// The same text for two queries exactly when they have the same parameters, in whichever order. A canonical text
    /// has neither `=` nor `&` in it.
    var queryKey: String {
        query.isEmpty ? "" : Self.queryKey(query)
    }

    static func queryKey(_ query: [(name: String, value: String)]) -> String {
        query.map { "\($0.name)=\($0.value)" }.sorted().joined(separator: "&")
    }

    private static func split(_ target: String) -> (path: Substring, query: Substring?) {
        var rest = target[...]
        if !rest.utf8.starts(with: "/".utf8), let scheme = rest.firstRange(of: "://") {
            let afterScheme = rest[scheme.upperBound...]
            rest = afterScheme.utf8.firstIndex(of: UInt8(ascii: "/")).map { afterScheme[$0...] } ?? "/"
        }
        guard let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (rest, nil) }
        return (rest[..<mark], rest[rest.utf8.index(after: mark)...])
    }

    private static func parameters(of query: Substring) -> [(name: String, value: String)] {
        query.utf8.split(separator: UInt8(ascii: "&")).map { pair in
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            return (
                PercentCoding.canonicalQueryText(parts.first ?? pair),
                PercentCoding.canonicalQueryText(parts.dropFirst().first ?? pair.prefix(0))
            )
        }
    }
}
