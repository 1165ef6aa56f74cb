/// What a request must look like for a fixture to answer it.
///
/// Method and path must be equal. Of the query, the headers and the body only what the fixture lists is compared.
public struct ExpectedRequest: Hashable, Sendable {
    /// Compared by case, as HTTP does (RFC 9110, section 9.1).
    public let method: String
    /// In the spelling of `PercentCoding.canonicalPath`.
    public let path: String
    /// Sorted by name; names are distinct.
    public let query: [Parameter]
    /// Sorted by name; names are lower-case and distinct.
    public let headers: [Header]
    public let body: Body?

    /// A query parameter and all the values it must have, in whichever order they come. Name and values are
    /// percent-encoded, in the spelling of `PercentCoding.encodedQueryText`; the values are sorted.
    public struct Parameter: Hashable, Sendable {
        public let name: String
        public let values: [String]
    }

    public struct Header: Hashable, Sendable {
        public let name: String
        public let value: String
    }

    public enum Body: Hashable, Sendable {
        /// Equal as a JSON value: see `ComparableJSON`.
        case json(ComparableJSON)
        /// Equal byte for byte.
        case text([UInt8])
    }

    /// - Parameters:
    ///   - path: percent-encoded in any spelling; begins with `/`.
    ///   - query: plain texts, not encoded.
    ///   - headers: names in any case.
    public init(
        method: String = "GET",
        path: String,
        query: [String: [String]] = [:],
        headers: [String: String] = [:],
        body: Body? = nil
    ) {
        self.method = method
        self.path = PercentCoding.canonicalPath(path)
        self.query =
            query
            .map { name, values in
                Parameter(
                    name: PercentCoding.encodedQueryText(name.utf8),
                    values: values.map { PercentCoding.encodedQueryText($0.utf8) }.sorted()
                )
            }
            .sorted { $0.name < $1.name }
        self.headers =
            headers
            .map { Header(name: $0.lowercased(), value: $1) }
            .sorted { $0.name < $1.name }
        self.body = body
    }

    /// How much the fixture asks for beyond method and path: a value of a parameter, a header and a body count one each.
    var constraintCount: Int {
        query.reduce(0) { $0 + $1.values.count } + headers.count + (body == nil ? 0 : 1)
    }

    /// Whether the fixture lists every parameter of the request's query.
    func listsWholeQuery(of asked: AskedRequest) -> Bool {
        asked.query.allSatisfy { parameter in query.contains { $0.name == parameter.name } }
    }
}
