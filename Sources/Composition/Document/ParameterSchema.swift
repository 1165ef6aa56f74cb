import JMESPath
public import JSONSlices

/// What the text of a parameter must be: a few keywords of JSON Schema (2020-12), applied to one text.
public struct ParameterSchema: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case string, integer, number, boolean
    }

    public var kind: Kind = .string
    public var allowed: [JSONValue]?
    public var minimum: JSONNumber?
    public var maximum: JSONNumber?
    public var minLength: Int?
    public var maxLength: Int?
    var pattern: Pattern?

    /// A text as a value of the declared type, checked against every keyword.
    func value(from text: String) throws(SchemaMismatch) -> JSONValue {
        let value = try typed(text)
        try check(value)
        return value
    }

    private func typed(_ text: String) throws(SchemaMismatch) -> JSONValue {
        switch kind {
        case .string:
            return .string(text)
        case .boolean:
            guard text == "true" || text == "false" else { throw SchemaMismatch(message: "must be true or false") }
            return .bool(text == "true")
        case .integer:
            guard let number = JSONNumber(text: text), Self.isInteger(text) else {
                throw SchemaMismatch(message: "must be a whole number")
            }
            return .number(number)
        case .number:
            // Compared with itself, a number beyond the limits of exact arithmetic shows itself.
            guard text.utf8.count <= 64, let number = JSONNumber(text: text), ExactOrder.isLess(number, number) != nil
            else { throw SchemaMismatch(message: "must be a number") }
            return .number(number)
        }
    }

    /// Checks a value of the declared type, for instance a default, against the other keywords.
    func check(_ value: JSONValue) throws(SchemaMismatch) {
        if let allowed, !allowed.contains(where: { $0.equals(value) }) {
            throw SchemaMismatch(message: "must be one of " + allowed.map(\.displayText).joined(separator: ", "))
        }
        if let text = value.numberText, let number = JSONNumber(text: text) {
            if let minimum, ExactOrder.isLess(number, minimum) != false {
                throw SchemaMismatch(message: "must be at least \(minimum.text)")
            }
            if let maximum, ExactOrder.isLess(maximum, number) != false {
                throw SchemaMismatch(message: "must be at most \(maximum.text)")
            }
        }
        guard let text = value.string else { return }
        let length = text.unicodeScalars.count
        if let minLength, length < minLength {
            throw SchemaMismatch(message: "must be at least \(minLength) characters long")
        }
        if let maxLength, length > maxLength {
            throw SchemaMismatch(message: "must be at most \(maxLength) characters long")
        }
        if let pattern, !pattern.matches(text) {
            throw SchemaMismatch(message: "must match \(pattern.source)")
        }
    }

    /// Whether a value written in the composition has the declared type.
    func accepts(_ value: JSONValue) -> Bool {
        switch kind {
        case .string: value.kind == .string
        case .boolean: value.kind == .true || value.kind == .false
        case .number: value.kind == .number
        case .integer: value.numberText.map(Self.isInteger) ?? false
        }
    }

    /// An optional minus and digits, at most 40: enough for any id, too few to be a burden.
    private static func isInteger(_ text: String) -> Bool {
        let digits = text.hasPrefix("-") ? text.utf8.dropFirst() : text.utf8[...]
        return !digits.isEmpty && digits.count <= 40 && digits.allSatisfy(Names.isDigit)
    }
}

extension JSONValue {
    /// A scalar as it stands in a message.
    fileprivate var displayText: String { string ?? numberText ?? (bool.map { $0 ? "true" : "false" } ?? "null") }

    fileprivate func equals(_ other: JSONValue) -> Bool {
        guard kind == other.kind else { return false }
        if let text = string, let otherText = other.string { return text.utf8.elementsEqual(otherText.utf8) }
        if let left = numberText.flatMap(JSONNumber.init(text:)),
            let right = other.numberText.flatMap(JSONNumber.init(text:))
        {
            return ExactOrder.isLess(left, right) == false && ExactOrder.isLess(right, left) == false
        }
        return true
    }
}
