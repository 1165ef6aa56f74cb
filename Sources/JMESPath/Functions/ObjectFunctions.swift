import JSONSlices

/// `from_items`, `group_by`, `items`, `keys`, `merge`, `values`. Members keep their order.
extension Evaluator {
    mutating func performOnObjects(_ invocation: Invocation) throws(ExpressionError) -> JSONValue {
        let range = invocation.range
        try budget.spend(steps: invocation[0].count, at: range)
        switch invocation.function {
        case .fromItems: return try fromItems(invocation)
        case .groupBy: return try groupBy(invocation)
        case .items:
            var items: [JSONValue] = []
            for member in invocation.members(0) {
                items.append(try array([try string(member.key, at: range), member.value], at: range))
            }
            return try array(items, at: range)
        case .keys:
            var keys: [JSONValue] = []
            for member in invocation.members(0) { keys.append(try string(member.key, at: range)) }
            return try array(keys, at: range)
        case .merge:
            var merged: [(key: String, value: JSONValue)] = []
            for place in invocation.values.indices {
                try budget.spend(steps: invocation[place].count, at: range)
                merged += invocation.members(place)
            }
            return try object(merged, at: range)
        default: return try array(invocation.members(0).map(\.value), at: range)
        }
    }

    private mutating func fromItems(_ invocation: Invocation) throws(ExpressionError) -> JSONValue {
        var members: [(key: String, value: JSONValue)] = []
        for element in invocation.elements(0) {
            guard element.kind == .array, element.count == 2, let key = element.element(at: 0)?.string,
                let value = element.element(at: 1)
            else {
                throw invocation.invalidType("takes an array of pairs [string, value]", at: 0)
            }
            members.append((key, value))
        }
        return try object(members, at: invocation.range)
    }

    /// Elements whose key is null are left out (JEP-18).
    private mutating func groupBy(_ invocation: Invocation) throws(ExpressionError) -> JSONValue {
        let node = invocation.reference(1)
        var groups: [(key: String, elements: [JSONValue])] = []
        var places: [ExactString: Int] = [:]
        for element in invocation.elements(0) {
            let key = try evaluate(node, element)
            if key.isNull { continue }
            guard let key = key.string else {
                let found = ValueTypes(kind: key.kind).description
                throw invocation.invalidType("needs a string or null for every element, found \(found)", at: 1)
            }
            if let place = places[ExactString(key)] {
                groups[place].elements.append(element)
            } else {
                places[ExactString(key)] = groups.count
                groups.append((key, [element]))
            }
        }
        var members: [(key: String, value: JSONValue)] = []
        for group in groups { members.append((group.key, try array(group.elements, at: invocation.range))) }
        return try object(members, at: invocation.range)
    }
}
