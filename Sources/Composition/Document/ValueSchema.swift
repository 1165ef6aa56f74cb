import JMESPath
import JSONSlices

/// What a value of a client's request must be: a few keywords of JSON Schema (Validation, 2020-12), for parameters and
/// for the request's body alike.
///
/// They mean what they mean there, with one exception: an `integer` is written in digits alone. What a client sends is
/// passed on as it is written, and `1.0` or `1e3` is nobody's id. Numbers are compared as exact decimals, texts measured
/// in code points.
struct ValueSchema: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case string, integer, number, boolean, array, object, null
    }

    /// What the elements of a list must be, or the members of an object that have no schema of their own.
    indirect enum Rest: Sendable {
        case anything
        case nothing
        case each(ValueSchema)
    }

    struct Property: Sendable {
        let key: JSONKey
        let schema: ValueSchema
    }

    /// For readers of the API's description.
    var description: String?
    /// The types that are accepted; empty for any.
    var kinds: [Kind] = []
    /// `enum`: scalars.
    var allowed: [JSONValue]?
    var minimum: JSONNumber?
    var maximum: JSONNumber?
    var exclusiveMinimum: JSONNumber?
    var exclusiveMaximum: JSONNumber?
    var minLength: Int?
    var maxLength: Int?
    var pattern: Pattern?
    var items: Rest = .anything
    var minItems: Int?
    var maxItems: Int?
    var required: [JSONKey] = []
    /// In the order of the file.
    var properties: [Property] = []
    var additionalProperties: Rest = .anything

    /// Of a text without a declaration.
    static let string = ValueSchema(kinds: [.string])

    var isList: Bool { kinds == [.array] }

    /// Whether null may stand here; an empty body is null.
    var acceptsNull: Bool { accepts(.null) && (allowed?.contains { $0.isNull } ?? true) }

    /// Whether a value has one of the types.
    func accepts(_ value: JSONValue) -> Bool {
        kinds.isEmpty || kinds.contains { $0.includes(value) }
    }

    /// Checks a value against every keyword.
    ///
    /// - Throws: the first mismatch.
    func check(_ value: JSONValue) throws(SchemaMismatch) {
        var check = SchemaCheck()
        check.check(value, against: self)
        if let first = check.mismatches.first { throw first }
    }
}

extension ValueSchema.Kind {
    /// As it stands after "must be".
    var noun: String {
        switch self {
        case .string: "a string"
        case .integer: "a whole number"
        case .number: "a number"
        case .boolean: "true or false"
        case .array: "a list"
        case .object: "an object"
        case .null: "null"
        }
    }

    func includes(_ value: JSONValue) -> Bool {
        switch self {
        case .string: value.kind == .string
        case .boolean: value.kind == .true || value.kind == .false
        case .number: value.kind == .number
        case .integer: value.numberText.map(Self.isInteger) ?? false
        case .array: value.kind == .array
        case .object: value.kind == .object
        case .null: value.kind == .null
        }
    }

    /// An optional minus and digits.
    static func isInteger(_ text: String) -> Bool {
        let digits = text.hasPrefix("-") ? text.utf8.dropFirst() : text.utf8[...]
        return !digits.isEmpty && digits.allSatisfy(Names.isDigit)
    }
}

/// A value that does not fit its schema.
struct SchemaMismatch: Error, Hashable, Sendable {
    /// Where, as a JSON Pointer (RFC 6901) from the value that was checked; empty for that value itself.
    var pointer = ""
    /// What is wrong, to stand after the name of the place: "must be at least 1".
    var message: String
}
