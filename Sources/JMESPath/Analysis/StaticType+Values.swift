public import JSONSlices

extension StaticType {
    /// Whether the value is one that this type allows, as deep as the type says anything.
    public func admits(_ value: JSONValue) -> Bool {
        guard types.contains(ValueTypes(kind: value.kind)) else { return false }
        if let elements = value.arrayElements { return admits(elements) }
        if isInteger, let number = value.numberText { return Self.isInteger(number) }
        return value.kind != .object || admitsMembers(of: value)
    }

    private func admits(_ elements: [JSONValue]) -> Bool {
        switch array {
        case .unknown: true
        case .list(let type): elements.allSatisfy(type.admits)
        case .tuple(let types): types.count == elements.count && zip(types, elements).allSatisfy { $0.admits($1) }
        }
    }

    private func admitsMembers(of value: JSONValue) -> Bool {
        if object.isClosed, let members = value.objectMembers {
            let isKnown = members.allSatisfy { object.members[JSONKey($0.key)] != nil }
            guard isKnown else { return false }
        }
        return object.names.allSatisfy { key in
            guard let member = value.member(key) else { return object.isOptional(key) }
            return object.presentType(key)?.admits(member) ?? true
        }
    }
}
