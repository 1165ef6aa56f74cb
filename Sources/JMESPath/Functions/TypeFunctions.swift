import JSONSlices

/// `not_null`, `to_array`, `to_number`, `to_string`, `type`.
extension Evaluator {
    mutating func performOnTypes(_ invocation: Invocation) throws(ExpressionError) -> JSONValue {
        let value = invocation[0]
        switch invocation.function {
        case .notNull: return invocation.values.first { !$0.isNull } ?? .null
        case .toArray: return value.kind == .array ? value : try array([value], at: invocation.range)
        case .toNumber:
            if value.kind == .number { return value }
            return value.string.flatMap(JSONNumber.init(text:)).map(JSONValue.number) ?? .null
        case .toString:
            return value.kind == .string ? value : .string(try jsonText(of: value, at: invocation.range))
        default: return .string(Self.typeName(of: value.kind))
        }
    }

    private static func typeName(of kind: JSONKind) -> String {
        switch kind {
        case .null: "null"
        case .true, .false: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
