import JSONSlices

/// What a document says of a value, as far as it names what can be in it.
public indirect enum DescribedValue: Sendable {
    public struct Member: Sendable {
        public let name: String
        public let isRequired: Bool
        public let value: DescribedValue
    }

    /// What the members are that an object can have besides those that are named.
    public enum Rest: Sendable {
        /// Nothing is said of others: who reads one has hardly read the document.
        case unstated
        /// There may be any others.
        case any
    }

    case anything
    case null
    case boolean, integer, number, string
    case array(DescribedValue)
    case object([Member], Rest)
    /// One of these.
    case either([DescribedValue])
}

/// Reads schemas, each as far as its budget goes: what lies behind is anything.
struct SchemaReader {
    let references: References
    /// Schemas that may be looked at.
    private var budget = 10_000
    /// The references that are being followed.
    private var active: Set<String> = []

    private static let maximumDepth = 40

    init(references: References) {
        self.references = references
    }

    mutating func value(of schema: JSONSlice) -> DescribedValue {
        read(schema, depth: 0) ?? .anything
    }

    /// - Returns: nil for a schema that says nothing of the value.
    private mutating func read(_ schema: JSONSlice, depth: Int) -> DescribedValue? {
        budget -= 1
        guard budget > 0, depth < Self.maximumDepth else { return .anything }
        guard schema.kind == .object else { return nil }
        var parts: [DescribedValue] = []
        if let reference = schema.member("$ref")?.string {
            guard let target = references.target(of: reference), active.insert(reference).inserted else {
                return .anything
            }
            defer { active.remove(reference) }
            if let part = read(target, depth: depth + 1) { parts.append(part) }
        }
        if let own = own(schema, depth: depth) { parts.append(own) }
        for part in schema.member("allOf")?.elements.map(\.self) ?? [] {
            if let part = read(part, depth: depth + 1) { parts.append(part) }
        }
        for key in ["anyOf", "oneOf"] {
            guard let list = schema.member(key), list.kind == .array, list.count > 0 else { continue }
            var alternatives: [DescribedValue] = []
            for element in list.elements { alternatives.append(read(element, depth: depth + 1) ?? .anything) }
            parts.append(.either(alternatives))
        }
        return Self.all(parts)
    }

    /// What is all of these.
    private static func all(_ parts: [DescribedValue]) -> DescribedValue? {
        guard let first = parts.first else { return nil }
        guard parts.count > 1 else { return first }
        var members: [DescribedValue.Member] = []
        var places: [String: Int] = [:]
        var rest = DescribedValue.Rest.unstated
        for part in parts {
            guard case .object(let more, let others) = part else { return .either(parts) }
            if others == .any { rest = .any }
            for member in more {
                guard let place = places[member.name] else {
                    places[member.name] = members.count
                    members.append(member)
                    continue
                }
                members[place] = DescribedValue.Member(
                    name: member.name,
                    isRequired: members[place].isRequired || member.isRequired,
                    value: all([members[place].value, member.value]) ?? .anything
                )
            }
        }
        return .object(members, rest)
    }

    /// What the schema's own keywords say.
    private mutating func own(_ schema: JSONSlice, depth: Int) -> DescribedValue? {
        let type = schema.member("type")
        var names = type?.kind == .array ? type?.elements.compactMap(\.string) ?? [] : [type?.string].compactMap(\.self)
        if names.isEmpty {
            if schema.member("properties") != nil { names = ["object"] }
            if schema.member("items") != nil { names.append("array") }
        }
        // OpenAPI 3.0.
        if schema.member("nullable")?.bool == true, !names.isEmpty { names.append("null") }
        var values: [DescribedValue] = []
        for name in names {
            switch name {
            case "null": values.append(.null)
            case "boolean": values.append(.boolean)
            case "integer": values.append(.integer)
            case "number": values.append(.number)
            case "string": values.append(.string)
            case "array":
                let items = schema.member("items").flatMap { read($0, depth: depth + 1) }
                values.append(.array(items ?? .anything))
            case "object": values.append(object(schema, depth: depth))
            default: return .anything
            }
        }
        return values.count > 1 ? .either(values) : values.first
    }

    private mutating func object(_ schema: JSONSlice, depth: Int) -> DescribedValue {
        let required = Set(schema.member("required")?.elements.compactMap(\.string) ?? [])
        var members: [DescribedValue.Member] = []
        if let properties = schema.member("properties"), properties.kind == .object {
            for (key, value) in properties.members {
                let name = key.string ?? ""
                members.append(
                    DescribedValue.Member(
                        name: name,
                        isRequired: required.contains(name),
                        value: read(value, depth: depth + 1) ?? .anything
                    )
                )
            }
        }
        let others = schema.member("additionalProperties")
        let isOpen = others?.kind == .object || others?.bool == true || schema.member("patternProperties") != nil
        return .object(members, isOpen ? .any : .unstated)
    }
}

extension BackendDocument {
    /// What a successful answer to an operation has in its body.
    ///
    /// - Parameter accepts: whether a status from 200 to 299 is one that counts.
    public func answer(to operation: Operation, accepts: (Int) -> Bool) -> DescribedValue {
        var reader = SchemaReader(references: references)
        var values: [DescribedValue] = []
        for response in responses(of: operation, accepts: accepts) {
            guard let schema = Self.content(of: response)?.member("schema") else { continue }
            values.append(reader.value(of: schema))
        }
        return values.count > 1 ? .either(values) : values.first ?? .anything
    }

    /// The responses that are successes: by their status, by `2XX`, or the default one where no status of success or
    /// redirection is listed: elsewhere that is for errors.
    func responses(of operation: Operation, accepts: (Int) -> Bool) -> [JSONSlice] {
        guard let responses = operation.value.member("responses"), responses.kind == .object else { return [] }
        var found: [JSONSlice] = []
        var others: JSONSlice?
        var listsSuccess = false
        for (key, value) in responses.members {
            let name = key.string ?? ""
            if name.utf8.count == 3, name.hasPrefix("2") || name.hasPrefix("3") { listsSuccess = true }
            if let status = Int(name), (200..<300).contains(status), ![204, 205].contains(status), accepts(status) {
                found.append(references.resolved(value))
            } else if name.uppercased() == "2XX" {
                found.append(references.resolved(value))
            } else if name == "default" {
                others = references.resolved(value)
            }
        }
        return listsSuccess ? found : [others].compactMap(\.self)
    }

    /// The media type object of JSON.
    static func content(of response: JSONSlice) -> JSONSlice? {
        guard let content = response.member("content"), content.kind == .object else { return nil }
        return content.members.first { key, _ in
            let type = (key.string ?? "").prefix { $0 != ";" }.lowercased()
            return type == "application/json" || type.hasSuffix("+json") || type == "*/*" || type == "application/*"
        }?.value
    }
}
