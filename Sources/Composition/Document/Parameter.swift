public import JSONSlices

/// A declared input of an endpoint: where it comes from and what it must be.
public struct Parameter: Sendable {
    public enum Location: String, Sendable, CaseIterable {
        case path, query
    }

    /// The name in expressions.
    public let name: String
    public let location: Location
    /// The name in the request, where it differs.
    public let wireName: String
    public let isRequired: Bool
    public let defaultValue: JSONValue?
    public let schema: ParameterSchema

    /// The value for the texts that a request brought, each decoded once.
    ///
    /// - Throws: what does not fit, in words for a client.
    func value(from texts: [String]) throws(ParameterFailure) -> JSONValue {
        guard let text = texts.first else {
            if let defaultValue { return defaultValue }
            if isRequired { throw ParameterFailure(.parameter(wireName), "is missing") }
            return .null
        }
        guard texts.count == 1 else {
            throw ParameterFailure(.parameter(wireName), "stands \(texts.count) times; send it once")
        }
        do throws(SchemaMismatch) {
            return try schema.value(from: text)
        } catch {
            throw ParameterFailure(.parameter(wireName), error.message)
        }
    }
}

/// A parameter that does not fit its declaration: the client's mistake.
struct ParameterFailure: Error, Hashable, Sendable {
    enum Place: Hashable, Sendable {
        /// The name in the request.
        case parameter(String)
        case query
        case body
    }

    var place: Place
    /// What is wrong, to stand after the place: "must be at least 1".
    var message: String

    init(_ place: Place, _ message: String) {
        self.place = place
        self.message = message
    }
}

/// What a schema says of a value that does not fit: "must be at least 1".
struct SchemaMismatch: Error, Hashable, Sendable {
    var message: String
}
