import NIOHTTP1

/// What a request must look like for a fixture to answer it.
///
/// Method and path must fit. Of the query, the headers and the body only what the fixture lists is compared.
public struct ExpectedRequest: Hashable, Sendable {
    /// Compared by case, as HTTP does (RFC 9110, section 9.1).
    public let method: String
    public let pattern: PathPattern
    /// Sorted by name; names are distinct.
    public let query: [Parameter]
    /// Sorted by name; names are lower-case and distinct.
    public let headers: [Header]
    public let body: Body?

    /// The path's text, in the spelling of `PercentCoding.canonicalPath`; placeholders stand in it as `{id}`.
    public var path: String { pattern.text }

    /// A query parameter and all the values it must have, in whichever order they come. Name and values are
    /// percent-encoded, in the spelling of `PercentCoding.encodedQueryText`; the values are sorted.
    public struct Parameter: Hashable, Sendable {
        public let name: String
        public let values: [TextPattern]
        /// The texts of the values, where all are exact.
        let texts: [String]?
    }

    public struct Header: Hashable, Sendable {
        public let name: String
        public let value: TextPattern
    }

    public enum Body: Hashable, Sendable {
        /// Equal as a JSON value: see `ComparableJSON`.
        case json(ComparableJSON)
        /// A JSON value that this is a part of: see `ComparableJSON.isPart(of:)`.
        case contains(ComparableJSON)
        /// Equal byte for byte.
        case text([UInt8])
    }

    /// - Parameters:
    ///   - path: percent-encoded in any spelling; begins with `/`. A segment `{name}` stands for any one segment.
    ///   - query: plain texts, not encoded, in which `*` stands for any text: see `TextPattern`.
    ///   - headers: names in any case; values as in the query.
    public init(
        method: String = "GET",
        path: String,
        query: [String: [String]] = [:],
        headers: [String: String] = [:],
        body: Body? = nil
    ) {
        self.method = method
        self.pattern = PathPattern(path)
        self.query =
            query
            .map { name, values in
                let patterns = values.map { TextPattern($0).encodedForQuery }.sorted { $0.description < $1.description }
                return Parameter(
                    name: PercentCoding.encodedQueryText(name.utf8),
                    values: patterns,
                    texts: patterns.allSatisfy(\.isExact) ? patterns.flatMap(\.pieces).sorted() : nil
                )
            }
            .sorted { $0.name < $1.name }
        self.headers =
            headers
            .map { Header(name: $0.lowercased(), value: TextPattern($1)) }
            .sorted { $0.name < $1.name }
        self.body = body
    }

    /// Whether the fixture lists every parameter of the request's query.
    func listsWholeQuery(of asked: AskedRequest) -> Bool {
        asked.query.allSatisfy { parameter in query.contains { $0.name == parameter.name } }
    }

    /// How much a fixture asks for beyond method and path: one that asks for more stands before one that asks for less.
    struct Demand: Comparable {
        /// A value of a parameter, a header and a body count one each.
        var constraints = 0
        /// Of those, the ones that one text or one JSON value alone meets.
        var exact = 0
        /// The bytes that patterns name, and the members and elements that a part of a body names.
        var detail = 0

        static func < (left: Demand, right: Demand) -> Bool {
            (left.constraints, left.exact, left.detail) < (right.constraints, right.exact, right.detail)
        }
    }

    var demand: Demand {
        var demand = Demand()
        for text in query.flatMap(\.values) + headers.map(\.value) {
            demand.constraints += 1
            if text.isExact { demand.exact += 1 } else { demand.detail += text.length }
        }
        guard let body else { return demand }
        demand.constraints += 1
        if case .contains(let part) = body { demand.detail += part.valueCount } else { demand.exact += 1 }
        return demand
    }
}

extension ExpectedRequest.Parameter {
    /// - Parameter asked: the values of the request's parameter of that name, in canonical spelling.
    func matches(_ asked: [String]) -> Bool {
        if let texts { return texts.count == asked.count && texts == (asked.count > 1 ? asked.sorted() : asked) }
        return TextPattern.pair(values, with: asked)
    }
}

extension ExpectedRequest.Header {
    /// By one of the lines of that name, or by all of them joined (RFC 9110, section 5.3).
    func matches(_ lines: [String]) -> Bool {
        lines.contains { value.matches($0) } || (lines.count > 1 && value.matches(lines.joined(separator: ", ")))
    }
}

extension ExpectedRequest {
    /// Whether query, headers and body are as the fixture lists them.
    ///
    /// - Parameter json: the request's body as JSON; nil when it is none. Read only where the fixture has a JSON body.
    func constraintsHold(for asked: AskedRequest, json: ComparableJSON?) -> Bool {
        for parameter in query where !parameter.matches(asked.values(ofParameter: parameter.name)) { return false }
        for header in headers where !header.matches(asked.headers[header.name]) { return false }
        switch body {
        case nil: return true
        case .text(let text): return text == asked.body
        case .json(let expected): return expected == json
        case .contains(let part): return json.map(part.isPart) ?? false
        }
    }
}
