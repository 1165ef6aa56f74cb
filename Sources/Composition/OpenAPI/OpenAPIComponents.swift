import JMESPath
import JSONSlices

/// The schemas that a document names, and those that refer to them.
struct OpenAPIComponents {
    private var names = UniqueNames()
    private var schemas: [(key: String, value: JSONValue)] = []

    /// - Parameter reserved: components that are there already.
    init(reserved: [(key: String, value: JSONValue)]) {
        for (name, schema) in reserved { schemas.append((names.take(name), schema)) }
    }

    /// In the order in which they were first referred to.
    var all: [(key: String, value: JSONValue)] { schemas }

    /// Adds a schema under a name of its own, and gives a reference to it.
    ///
    /// - Parameter schema: makes it; what it refers to stands behind it.
    mutating func add(_ wanted: String, _ schema: (inout OpenAPIComponents) -> JSONValue) -> JSONValue {
        let name = names.take(wanted)
        let place = schemas.count
        schemas.append((name, .null))
        schemas[place].value = schema(&self)
        return .reference("schemas", name)
    }

    // MARK: What is inferred

    /// The schema of the values of a type. An object whose members are known is a component; what nothing is known of is
    /// `{}`.
    ///
    /// - Parameter name: of the value's own component, where it is one; what is in it is named after it.
    mutating func schema(of type: StaticType, named name: String) -> JSONValue {
        let kinds = type.withoutNull.types
        let isNullable = type.types.contains(.null)
        let schemas = Self.kinds.filter { kinds.contains($0.types) }
        switch schemas.count {
        case 0: return .members(["type": isNullable ? .string("null") : nil])
        case 1: return schema(of: type, as: schemas[0], isNullable: isNullable, named: name)
        case Self.kinds.count: return .members([:])
        default:
            var alternatives = schemas.map { schema(of: type, as: $0, isNullable: false, named: name) }
            if isNullable { alternatives.append(.members(["type": .string("null")])) }
            return .members(["anyOf": .array(alternatives)])
        }
    }

    private static let kinds: [(types: ValueTypes, name: String)] = [
        (.boolean, "boolean"), (.number, "number"), (.string, "string"), (.array, "array"), (.object, "object"),
    ]

    /// `"string"`, or with null `["string", "null"]`.
    static func type(_ name: String, isNullable: Bool) -> JSONValue {
        isNullable ? .array([.string(name), .string("null")]) : .string(name)
    }

    private mutating func schema(
        of type: StaticType,
        as kind: (types: ValueTypes, name: String),
        isNullable: Bool,
        named name: String
    ) -> JSONValue {
        switch kind.types {
        case .number:
            return .members(["type": Self.type(type.isInteger ? "integer" : "number", isNullable: isNullable)])
        case .array:
            let items = schema(of: type.anyElement, named: name + "Item")
            return .members(["type": Self.type(kind.name, isNullable: isNullable), "items": items])
        case .object where !type.members.isEmpty:
            let members = type.members.map { member in
                Property(name: member.name, isRequired: !member.isOptional, description: nil) { components, name in
                    components.schema(of: member.type, named: name)
                }
            }
            return object(members, isNullable: isNullable, named: name)
        default:
            return .members(["type": Self.type(kind.name, isNullable: isNullable)])
        }
    }

    /// A member of an object that becomes a component.
    struct Property {
        let name: String
        let isRequired: Bool
        let description: String?
        /// Makes its schema, given the name of its component.
        let schema: (inout OpenAPIComponents, String) -> JSONValue
    }

    /// An object with these members, as a component.
    mutating func object(_ members: [Property], isNullable: Bool = false, named name: String) -> JSONValue {
        add(name) { components in
            var properties: [(key: String, value: JSONValue)] = []
            for member in members {
                let inner = OpenAPINames.capitalized(member.name)
                var schema = member.schema(&components, name + (inner.isEmpty ? "Member" : inner))
                if let description = member.description { schema = schema.with("description", .string(description)) }
                properties.append((member.name, schema))
            }
            return .members([
                "type": Self.type("object", isNullable: isNullable),
                "properties": .map(properties),
                "required": .list(members.filter(\.isRequired).map { .string($0.name) }),
            ])
        }
    }
}
