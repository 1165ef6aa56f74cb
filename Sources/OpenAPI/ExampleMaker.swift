import JSONSlices

/// Makes a value that fits a schema: from the document's own examples, or what is the least surprising of what a schema
/// allows.
struct ExampleMaker {
    let references: References
    /// Values that may be made; what lies behind is null, an empty list or left out.
    private var budget = 2_000
    /// The references that are being followed: where one leads to itself there is an end.
    private var active: [String] = []

    private static let maximumDepth = 24

    init(references: References) {
        self.references = references
    }

    mutating func value(of schema: JSONSlice) -> JSONValue {
        make(schema, depth: 0) ?? .null
    }

    /// - Returns: nil where there is no end to what the schema asks for.
    private mutating func make(_ schema: JSONSlice, depth: Int) -> JSONValue? {
        budget -= 1
        guard budget > 0, depth < Self.maximumDepth else { return nil }
        guard schema.kind == .object else { return .null }
        if let shown = Self.shown(by: schema) { return shown }
        if let reference = schema.member("$ref")?.string {
            guard let target = references.target(of: reference), !active.contains(reference) else { return nil }
            active.append(reference)
            defer { active.removeLast() }
            return make(target, depth: depth + 1)
        }
        if let parts = schema.member("allOf"), parts.kind == .array, parts.count > 0 {
            return all(of: parts, schema, depth: depth)
        }
        for key in ["oneOf", "anyOf"] {
            guard let list = schema.member(key), list.kind == .array else { continue }
            for alternative in list.elements {
                if let value = make(alternative, depth: depth + 1) { return value }
            }
        }
        return own(schema, depth: depth)
    }

    /// What the schema itself shows or fixes.
    private static func shown(by schema: JSONSlice) -> JSONValue? {
        for key in ["example", "const", "default"] {
            if let value = schema.member(key) { return .slice(value) }
        }
        for key in ["examples", "enum"] {
            if let list = schema.member(key), list.kind == .array, let first = list.element(at: 0) {
                return .slice(first)
            }
        }
        return nil
    }

    /// The members of all parts and of the schema itself; of anything but objects the first that says something.
    private mutating func all(of parts: JSONSlice, _ schema: JSONSlice, depth: Int) -> JSONValue? {
        var merged: JSONObject?
        var first: JSONValue?
        func add(_ value: JSONValue?) {
            guard let members = value?.objectMembers else {
                if let value, !value.isNull, first == nil { first = value }
                return
            }
            if merged == nil { merged = JSONObject() }
            for member in members { merged?[member.key] = member.value }
        }
        for part in parts.elements { add(make(part, depth: depth + 1)) }
        if schema.member("properties") != nil { add(own(schema, depth: depth)) }
        return merged.map(JSONValue.object) ?? first
    }

    private mutating func own(_ schema: JSONSlice, depth: Int) -> JSONValue? {
        let type = schema.member("type")
        var name = type?.string
        if let list = type, list.kind == .array {
            name = list.elements.compactMap(\.string).first { $0 != "null" } ?? "null"
        }
        if name == nil, schema.member("properties") != nil { name = "object" }
        if name == nil, schema.member("items") != nil { name = "array" }
        switch name {
        case "boolean": return .bool(true)
        case "integer": return .number(Self.number(schema, isInteger: true))
        case "number": return .number(Self.number(schema, isInteger: false))
        case "string": return .string(Self.text(schema))
        case "array": return array(schema, depth: depth)
        case "object": return object(schema, depth: depth)
        default: return .null
        }
    }

    private mutating func array(_ schema: JSONSlice, depth: Int) -> JSONValue? {
        guard let items = schema.member("items") else { return .array([]) }
        let least = schema.member("minItems")?.numberText.flatMap { Int($0) } ?? 0
        guard schema.member("maxItems")?.numberText != "0" else { return .array([]) }
        var elements: [JSONValue] = []
        for _ in 0..<max(1, min(least, 16)) {
            guard let element = make(items, depth: depth + 1) else { break }
            elements.append(element)
        }
        return elements.isEmpty && least > 0 ? nil : .array(elements)
    }

    private mutating func object(_ schema: JSONSlice, depth: Int) -> JSONValue? {
        let required = Set(schema.member("required")?.elements.compactMap(\.string) ?? [])
        var object = JSONObject()
        guard let properties = schema.member("properties"), properties.kind == .object else { return .object(object) }
        for (key, property) in properties.members {
            guard let name = key.string else { continue }
            // Only what a client sends.
            guard property.kind != .object || property.member("writeOnly")?.bool != true else { continue }
            if let value = make(property, depth: depth + 1) {
                object[name] = value
            } else if required.contains(name) {
                return nil
            }
        }
        return .object(object)
    }

    // MARK: Scalars

    /// The plainest number within the bounds.
    private static func number(_ schema: JSONSlice, isInteger: Bool) -> JSONNumber {
        let bounds = NumberBounds(schema)
        let plain = isInteger ? 1 : 1.5
        let near = [bounds.lower, bounds.upper].compactMap(\.self).flatMap { [$0, $0.rounded(.up), $0 + 1, $0 - 1] }
        let middle = bounds.lower.flatMap { lower in bounds.upper.map { (lower + $0) / 2 } }
        let all = [plain, 1, 0] + near + near.map { $0.rounded(.down) } + [middle ?? plain]
        let fitting = all.first { bounds.contain($0) && (!isInteger || $0.rounded() == $0) } ?? plain
        let isWhole = fitting.rounded() == fitting
        return isWhole ? JSONNumber(Int(fitting)) : JSONNumber(text: "\(fitting)") ?? JSONNumber(1)
    }

    private static func text(_ schema: JSONSlice) -> String {
        let formats = [
            "date": "2026-01-01", "date-time": "2026-01-01T00:00:00Z", "time": "00:00:00Z", "duration": "PT1S",
            "uuid": "00000000-0000-4000-8000-000000000000", "email": "someone@example.com",
            "hostname": "example.com", "ipv4": "192.0.2.1", "ipv6": "2001:db8::1", "uri": "https://example.com/",
            "url": "https://example.com/", "uri-reference": "/", "byte": "", "binary": "", "password": "secret",
        ]
        if let format = schema.member("format")?.string, let text = formats[format] { return text }
        let least = schema.member("minLength")?.numberText.flatMap { Int($0) } ?? 0
        let most = schema.member("maxLength")?.numberText.flatMap { Int($0) } ?? 1_000
        var text = "text"
        while text.count < min(least, 1_000) { text += "text" }
        let isOver = text.count > max(most, 0)
        return isOver ? String(text.prefix(max(most, least, 0))) : least > 4 ? String(text.prefix(max(least, 4))) : text
    }
}

/// The range of a schema's numbers, as far as it is of a size that examples are made of.
private struct NumberBounds {
    var lower: Double?
    var upper: Double?
    private var lowerIsExclusive = false
    private var upperIsExclusive = false

    init(_ schema: JSONSlice) {
        func bound(_ key: String) -> Double? {
            schema.member(key)?.numberText.flatMap(Double.init).flatMap { abs($0) < 1e15 ? $0 : nil }
        }
        lower = bound("minimum")
        upper = bound("maximum")
        // A boolean in OpenAPI 3.0, a number of its own since 3.1.
        lowerIsExclusive = schema.member("exclusiveMinimum")?.bool == true
        upperIsExclusive = schema.member("exclusiveMaximum")?.bool == true
        if let other = bound("exclusiveMinimum"), other >= lower ?? other { (lower, lowerIsExclusive) = (other, true) }
        if let other = bound("exclusiveMaximum"), other <= upper ?? other { (upper, upperIsExclusive) = (other, true) }
    }

    func contain(_ number: Double) -> Bool {
        if let lower, number < lower || lowerIsExclusive && number == lower { return false }
        if let upper, number > upper || upperIsExclusive && number == upper { return false }
        return true
    }
}
