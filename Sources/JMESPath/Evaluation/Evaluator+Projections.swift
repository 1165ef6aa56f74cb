import JSONSlices

/// Projections: an expression applied to each element. What is null in the end is left out.
extension Evaluator {
    /// `left[*].right`; null when the value is no array.
    mutating func project(_ value: JSONValue, through right: Node) throws(ExpressionError) -> JSONValue {
        guard value.kind == .array else { return .null }
        try budget.spend(steps: value.count, at: Self.nowhere)
        var results: [JSONValue] = []
        results.reserveCapacity(value.count)
        if case .slice(let slice) = value {
            for element in slice.elements { try collect(.slice(element), through: right, into: &results) }
        } else if case .array(let elements) = value {
            for element in elements { try collect(element, through: right, into: &results) }
        }
        return try array(results, at: Self.nowhere)
    }

    /// `left.*.right`; null when the value is no object.
    mutating func projectMembers(of value: JSONValue, through right: Node) throws(ExpressionError) -> JSONValue {
        guard value.kind == .object else { return .null }
        try budget.spend(steps: value.count, at: Self.nowhere)
        guard let members = value.objectMembers else { return .null }
        var results: [JSONValue] = []
        results.reserveCapacity(members.count)
        for member in members { try collect(member.value, through: right, into: &results) }
        return try array(results, at: Self.nowhere)
    }

    /// `left[?condition].right`; null when the value is no array.
    mutating func filter(
        _ value: JSONValue,
        by condition: Node,
        through right: Node
    ) throws(ExpressionError) -> JSONValue {
        guard value.kind == .array else { return .null }
        try budget.spend(steps: value.count, at: Self.nowhere)
        var results: [JSONValue] = []
        if case .slice(let slice) = value {
            for element in slice.elements {
                let element = JSONValue.slice(element)
                guard try evaluate(condition, element).isTrue else { continue }
                try collect(element, through: right, into: &results)
            }
        } else if case .array(let elements) = value {
            for element in elements where try evaluate(condition, element).isTrue {
                try collect(element, through: right, into: &results)
            }
        }
        return try array(results, at: Self.nowhere)
    }

    /// `left[].right`: the elements of the elements that are arrays, and the other elements themselves.
    mutating func flatten(_ value: JSONValue, through right: Node) throws(ExpressionError) -> JSONValue {
        guard value.kind == .array else { return .null }
        try budget.spend(steps: value.count, at: Self.nowhere)
        guard let elements = value.arrayElements else { return .null }
        var results: [JSONValue] = []
        results.reserveCapacity(elements.count)
        for element in elements {
            guard element.kind == .array else {
                try collect(element, through: right, into: &results)
                continue
            }
            try budget.spend(steps: element.count, at: Self.nowhere)
            guard let inner = element.arrayElements else { continue }
            try budget.spend(bytes: inner.count * Self.elementCost, at: Self.nowhere)
            for element in inner { try collect(element, through: right, into: &results) }
        }
        return try array(results, at: Self.nowhere)
    }

    private mutating func collect(
        _ element: JSONValue,
        through right: Node,
        into results: inout [JSONValue]
    ) throws(ExpressionError) {
        if case .current = right {
            if !element.isNull { results.append(element) }
            return
        }
        let result = try evaluate(right, element)
        if !result.isNull { results.append(result) }
    }
}
