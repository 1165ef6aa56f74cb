import JSONSlices

extension OpenAPIComponents {
    /// What an endpoint declares of a value: nearly the same words. Objects of a body become components.
    ///
    /// - Parameter name: of the value's component, where it is one; nil where the schema is to stand in its place.
    mutating func schema(of schema: ValueSchema, named name: String?, default value: JSONValue? = nil) -> JSONValue {
        guard let name, schema.kinds.contains(.object), !schema.properties.isEmpty else {
            return keywords(of: schema, named: name, default: value)
        }
        return add(name) { $0.keywords(of: schema, named: name, default: value) }
    }

    private mutating func keywords(of schema: ValueSchema, named name: String?, default value: JSONValue?) -> JSONValue
    {
        let kinds = schema.kinds.map { JSONValue.string($0.rawValue) }
        let isObject = schema.kinds.contains(.object)
        var properties: [(key: String, value: JSONValue)] = []
        for property in schema.properties {
            let inner = OpenAPINames.capitalized(property.key.string)
            properties.append(
                (property.key.string, self.schema(of: property.schema, named: name.map { $0 + inner }))
            )
        }
        return .members([
            "type": kinds.count > 1 ? .array(kinds) : kinds.first,
            "description": schema.description.map(JSONValue.string),
            "enum": schema.allowed.map(JSONValue.array),
            "minimum": schema.minimum.map(JSONValue.number),
            "maximum": schema.maximum.map(JSONValue.number),
            "exclusiveMinimum": schema.exclusiveMinimum.map(JSONValue.number),
            "exclusiveMaximum": schema.exclusiveMaximum.map(JSONValue.number),
            "minLength": schema.minLength.map(JSONValue.count),
            "maxLength": schema.maxLength.map(JSONValue.count),
            "pattern": schema.pattern.map { .string($0.source) },
            "items": rest(schema.items, named: name.map { $0 + "Item" }, isOf: schema.kinds.contains(.array)),
            "minItems": schema.minItems.map(JSONValue.count),
            "maxItems": schema.maxItems.map(JSONValue.count),
            "properties": .map(properties),
            "required": .list(schema.required.map { .string($0.string) }),
            "additionalProperties": rest(schema.additionalProperties, named: name.map { $0 + "Value" }, isOf: isObject),
            "default": value,
        ])
    }

    /// Nil where anything is allowed.
    private mutating func rest(_ rest: ValueSchema.Rest, named name: String?, isOf kind: Bool) -> JSONValue? {
        guard kind else { return nil }
        switch rest {
        case .anything: return nil
        case .nothing: return .bool(false)
        case .each(let schema): return self.schema(of: schema, named: name)
        }
    }
}

extension JSONValue {
    fileprivate static func count(_ number: Int) -> JSONValue { .number(JSONNumber(number)) }
}
