import JMESPath
import JSONSlices

extension ValueSchema {
    /// A text of a path, a query, a header or a cookie as a value of the declared type, checked against every keyword.
    func value(from text: String) throws(SchemaMismatch) -> JSONValue {
        let value = try typed(text)
        try check(value)
        return value
    }

    /// The texts of a list's items as a list, checked likewise.
    func list(from texts: [String]) throws(SchemaMismatch) -> JSONValue {
        guard case .each(let items) = items else { return .array(texts.map(JSONValue.string)) }
        var values: [JSONValue] = []
        values.reserveCapacity(texts.count)
        for (index, text) in texts.enumerated() {
            do throws(SchemaMismatch) {
                values.append(try items.typed(text))
            } catch {
                throw SchemaMismatch(pointer: "/\(index)", message: error.message)
            }
        }
        try check(.array(values))
        return .array(values)
    }

    private func typed(_ text: String) throws(SchemaMismatch) -> JSONValue {
        switch kinds.first ?? .string {
        case .boolean:
            guard text == "true" || text == "false" else { throw SchemaMismatch(message: "must be true or false") }
            return .bool(text == "true")
        case .integer:
            guard Kind.isInteger(text), let number = JSONNumber(text: text) else {
                throw SchemaMismatch(message: "must be a whole number")
            }
            return .number(number)
        case .number:
            // Compared with itself, a number beyond the limits of exact arithmetic shows itself.
            guard text.utf8.count <= 64, let number = JSONNumber(text: text), ExactOrder.isLess(number, number) != nil
            else { throw SchemaMismatch(message: "must be a number") }
            return .number(number)
        case .string, .array, .object, .null:
            return .string(text)
        }
    }
}
