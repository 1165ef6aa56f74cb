public import JSONSlices

/// A declared input of an endpoint: where it comes from and what it must be.
public struct Parameter: Sendable {
    public enum Location: String, Sendable, CaseIterable {
        case path, query, header, cookie
    }

    /// The name in expressions.
    public let name: String
    public let location: Location
    /// The name in the request, where it differs. A header's is compared without regard to case.
    public let wireName: String
    public let isRequired: Bool
    public let defaultValue: JSONValue?
    let schema: ValueSchema
    /// The name that the request is searched for: a header's in lower case.
    let searchName: String
    /// Of a parameter of the path: its place among those.
    let pathIndex: Int?

    init(
        name: String,
        location: Location,
        wireName: String,
        isRequired: Bool,
        defaultValue: JSONValue?,
        schema: ValueSchema,
        pattern: EndpointPattern
    ) {
        self.name = name
        self.location = location
        self.wireName = wireName
        self.isRequired = isRequired
        self.defaultValue = defaultValue
        self.schema = schema
        self.searchName = location == .header ? wireName.lowercased() : wireName
        self.pathIndex = location == .path ? pattern.parameterNames.firstIndex(of: wireName) : nil
    }

    /// Whether this is the client's own proof of who it is.
    var isAuthorization: Bool { location == .header && searchName == "authorization" }

    /// The value for the texts that a request brought, each decoded once; nil when it brought none.
    ///
    /// - Throws: what does not fit, in words for a client.
    func value(from texts: [String]?) throws(RequestFailure) -> JSONValue {
        guard let texts, let first = schema.isList ? "" : texts.first else {
            if let defaultValue { return defaultValue }
            if isRequired { throw failure("is missing") }
            return .null
        }
        guard schema.isList || texts.count == 1 else { throw failure("stands \(texts.count) times; send it once") }
        do throws(SchemaMismatch) {
            return try schema.isList ? schema.list(from: texts) : schema.value(from: first)
        } catch {
            throw failure(error.inList)
        }
    }

    func failure(_ message: String) -> RequestFailure {
        .parameter(wireName, in: location, message: message)
    }
}

extension SchemaMismatch {
    /// The message, and which item of a list of scalars it is about, counted from 1.
    var inList: String {
        guard let index = Int(pointer.dropFirst()) else { return message }
        return "\(message) (item \(index + 1))"
    }
}
