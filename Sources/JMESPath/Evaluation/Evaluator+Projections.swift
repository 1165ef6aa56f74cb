import JSONSlices

/// Projections: an expression applied to each element. What is null in the end is left out.
extension Evaluator {
    /// `left[*].right`; null when the value is no array.
    mutating func project(_ value: JSONValue, through right: Node) throws(ExpressionError) -> JSONValue {
        guard value.kind == .array else { return .null }
        try budget.spend(steps: value.count, at: Self.nowhere)
        if case .slice(let slice) = value, let columns = right.columns {
            return try selectRows(columns, from: slice, isFlattened: false)
        }
        var results: [JSONValue] = []
        results.reserveCapacity(value.count)
        if case .slice(let slice) = value {
            for element in slice.elements { try collect(.slice(element), through: right, into: &results) }
        } else if let elements = value.arrayElements {
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
        if case .slice(let slice) = value, let columns = right.columns {
            return try selectRows(columns, from: slice, where: condition)
        }
        var results: [JSONValue] = []
        if case .slice(let slice) = value {
            for element in slice.elements {
                let element = JSONValue.slice(element)
                guard try evaluate(condition, element).isTrue else { continue }
                try collect(element, through: right, into: &results)
            }
        } else if let elements = value.arrayElements {
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
        if case .slice(let slice) = value, let columns = right.columns {
            return try selectRows(columns, from: slice, isFlattened: true)
        }
        var results: [JSONValue] = []
        results.reserveCapacity(value.count)
        if case .slice(let slice) = value {
            for element in slice.elements { try collectFlat(.slice(element), through: right, into: &results) }
        } else if let elements = value.arrayElements {
            for element in elements { try collectFlat(element, through: right, into: &results) }
        }
        return try array(results, at: Self.nowhere)
    }

    private mutating func collectFlat(
        _ element: JSONValue,
        through right: Node,
        into results: inout [JSONValue]
    ) throws(ExpressionError) {
        guard element.kind == .array else { return try collect(element, through: right, into: &results) }
        try budget.spend(steps: element.count, at: Self.nowhere)
        guard let inner = element.arrayElements else { return }
        try budget.spend(bytes: inner.count * Self.elementCost, at: Self.nowhere)
        for element in inner { try collect(element, through: right, into: &results) }
    }

    /// `array[*].{…}` or `array[].{…}` where every value is a path: one table for all the objects.
    ///
    /// Costs what evaluating the multi-select for each element would.
    private mutating func selectRows(
        _ columns: JSONColumns,
        from array: JSONSlice,
        isFlattened: Bool
    ) throws(ExpressionError) -> JSONValue {
        var rows = JSONTableBuilder(array.document, columns: columns, rows: array.count)
        // An element, and two nodes for each path: itself and the current value.
        let rowEffort = 1 + 2 * columns.count
        let innerCount = rows.append(
            elementsOf: array,
            isFlattened: isFlattened,
            rowEffort: rowEffort,
            effort: &budget.steps
        )
        try budget.check(at: Self.nowhere)
        let table = rows.finish()
        let elementCount = innerCount + table.count * (2 * columns.count + 1)
        try budget.spend(bytes: elementCount * Self.elementCost, at: Self.nowhere)
        return .table(table)
    }

    /// `array[?condition].{…}` in the same way.
    private mutating func selectRows(
        _ columns: JSONColumns,
        from array: JSONSlice,
        where condition: Node
    ) throws(ExpressionError) -> JSONValue {
        var rows = JSONTableBuilder(array.document, columns: columns, rows: 0)
        var count = 0
        for element in array.elements {
            guard try evaluate(condition, .slice(element)).isTrue else { continue }
            try budget.spend(steps: 1, at: Self.nowhere)
            try select(columns, from: element, into: &rows)
            count += 1
        }
        try budget.spend(bytes: count * Self.elementCost, at: Self.nowhere)
        return .table(rows.finish())
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

extension Node {
    /// Not nil for a multi-select hash all of whose values are paths.
    fileprivate var columns: JSONColumns? {
        if case .selectObject(let selection) = self { selection.columns } else { nil }
    }
}
