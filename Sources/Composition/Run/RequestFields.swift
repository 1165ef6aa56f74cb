import JSONSlices

/// The fields of a request's query, headers and cookies, each kind taken apart when something first asks for it.
struct RequestFields {
    private let request: EndpointRequest
    private var query: [(name: String, value: String)]?
    private var cookies: [(name: Substring, value: Substring)]?
    private var connection: ConnectionOptions?

    init(_ request: EndpointRequest) {
        self.request = request
    }

    /// The texts that a parameter has in the request, decoded once; nil for none.
    mutating func texts(of parameter: Parameter) throws(RequestFailure) -> [String]? {
        switch parameter.location {
        case .path:
            guard let index = parameter.pathIndex, request.pathParameters.indices.contains(index),
                let texts = parameter.texts(inSegment: request.pathParameters[index])
            else { throw parameter.failure("is no percent-encoded UTF-8") }
            return texts
        case .query:
            guard request.query != nil else { return nil }
            let name = parameter.searchName.utf8
            let texts = try queryFields().compactMap { $0.name.utf8.elementsEqual(name) ? $0.value : nil }
            return texts.isEmpty ? nil : texts
        case .header:
            let values = headerValues(parameter.searchName)
            guard !values.isEmpty else { return nil }
            return parameter.schema.isList ? values.flatMap(ParameterText.items(ofHeader:)) : values
        case .cookie:
            let name = parameter.searchName.utf8
            let values = cookiePairs().compactMap { $0.name.utf8.elementsEqual(name) ? String($0.value) : nil }
            guard !values.isEmpty else { return nil }
            return parameter.schema.isList ? values.flatMap(ParameterText.items(ofCookie:)) : values
        }
    }

    /// The values of a header, by lower-case name. One that the client's `Connection` names ended at this hop.
    mutating func headerValues(_ name: String) -> [String] {
        let values = request.header(name)
        guard !values.isEmpty else { return [] }
        let options = connection ?? ConnectionOptions(request.header("connection"))
        connection = options
        return options.name(name) ? [] : values
    }

    /// Several fields of one name are one list (RFC 9110, section 5.3).
    mutating func headerValue(_ name: String) -> JSONValue {
        let values = headerValues(name)
        return values.isEmpty ? .null : .string(values.joined(separator: ", "))
    }

    /// The whole query: a repeated field is a list.
    mutating func queryObject() throws(RequestFailure) -> JSONValue {
        var names: [ExactString] = []
        var values: [ExactString: [JSONValue]] = [:]
        for field in try queryFields() {
            let name = ExactString(field.name)
            if values[name] == nil { names.append(name) }
            values[name, default: []].append(.string(field.value))
        }
        return .object(
            JSONObject(
                members: names.map { name in
                    let all = values[name] ?? []
                    return (name.string, all.count == 1 ? all[0] : .array(all))
                }
            )
        )
    }

    /// The values of a field of the query.
    mutating func queryTexts(_ name: String) throws(RequestFailure) -> [String] {
        guard request.query != nil else { return [] }
        return try queryFields().compactMap { $0.name.utf8.elementsEqual(name.utf8) ? $0.value : nil }
    }

    /// The query's fields, decoded once, as web forms write them.
    private mutating func queryFields() throws(RequestFailure) -> [(name: String, value: String)] {
        if let query { return query }
        var fields: [(name: String, value: String)] = []
        for field in (request.query ?? "").utf8.split(separator: UInt8(ascii: "&")) {
            let parts = field.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentDecoding.decode(parts[0], plusIsSpace: true) else {
                throw .query("is no percent-encoded UTF-8")
            }
            guard let value = parts.count > 1 ? PercentDecoding.decode(parts[1], plusIsSpace: true) : "" else {
                throw .parameter(name, in: .query, message: "is no percent-encoded UTF-8")
            }
            fields.append((name, value))
        }
        query = fields
        return fields
    }

    private mutating func cookiePairs() -> [(name: Substring, value: Substring)] {
        if let cookies { return cookies }
        let pairs = Cookies.pairs(of: headerValues("cookie"))
        cookies = pairs
        return pairs
    }
}

extension Parameter {
    /// The texts of a segment of the path; nil when it is no percent-encoded UTF-8.
    func texts(inSegment segment: String) -> [String]? {
        if schema.isList { return ParameterText.items(ofSegment: segment) }
        return PercentDecoding.decode(segment.utf8, plusIsSpace: false).map { [$0] }
    }
}
