import JSONSlices

extension JSONValue {
    /// An object with those members that have a value, in that order.
    static func members(_ members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
        .object(JSONObject(members: members.compactMap { name, value in value.map { (name, $0) } }))
    }

    /// A list; nil when it is empty.
    static func list(_ elements: [JSONValue]) -> JSONValue? {
        elements.isEmpty ? nil : .array(elements)
    }

    /// An object; nil when it is empty.
    static func map(_ members: [(key: String, value: JSONValue)]) -> JSONValue? {
        members.isEmpty ? nil : .object(JSONObject(members: members))
    }

    /// A reference to a part of the document.
    static func reference(_ part: String, _ name: String) -> JSONValue {
        .members(["$ref": .string("#/components/\(part)/\(name)")])
    }

    /// An object with one more member.
    func with(_ name: String, _ value: JSONValue) -> JSONValue {
        .object(JSONObject(members: (objectMembers ?? []) + [(name, value)]))
    }
}
