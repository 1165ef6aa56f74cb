import JSONSlices

extension Evaluator {
    /// `==` and `!=` compare anything; the others order numbers and strings, and are null for everything else.
    mutating func compare(_ comparison: Comparison, _ current: JSONValue) throws(ExpressionError) -> JSONValue {
        let left = try evaluate(comparison.left, current)
        if let text = comparison.text {
            if comparison.operator == .equal { return .bool(left.isString(text)) }
            if comparison.operator == .notEqual { return .bool(!left.isString(text)) }
        }
        let right = try evaluate(comparison.right, current)
        switch comparison.operator {
        case .equal: return .bool(try areEqual(left, right, at: comparison.range))
        case .notEqual: return .bool(!(try areEqual(left, right, at: comparison.range)))
        default: break
        }
        guard let order = try order(of: left, right, at: comparison.range) else { return .null }
        switch comparison.operator {
        case .less: return .bool(order < 0)
        case .lessOrEqual: return .bool(order <= 0)
        case .greater: return .bool(order > 0)
        default: return .bool(order >= 0)
        }
    }

    /// Negative when `left` comes first, 0 when both have the same place; nil unless both are numbers or both strings.
    mutating func order(
        of left: JSONValue,
        _ right: JSONValue,
        at range: Range<Int>
    ) throws(ExpressionError) -> Int? {
        switch (left.kind, right.kind) {
        case (.number, .number):
            return try numberOrder(of: left, right, at: range)
        case (.string, .string):
            guard let left = left.string, let right = right.string else { return nil }
            try budget.spend(steps: min(left.utf8.count, right.utf8.count) / 8, at: range)
            let (first, second) = (ExactString(left), ExactString(right))
            return first == second ? 0 : first < second ? -1 : 1
        default: return nil
        }
    }

    private func numberOrder(
        of left: JSONValue,
        _ right: JSONValue,
        at range: Range<Int>
    ) throws(ExpressionError) -> Int {
        guard let first = left.numberText, let second = right.numberText,
            let order = ExactOrder.order(of: first, second)
        else { throw outOfBounds(range) }
        return order
    }

    /// The same JSON value: numbers by value, strings by code points, objects without regard to their members' order.
    mutating func areEqual(
        _ left: JSONValue,
        _ right: JSONValue,
        at range: Range<Int>
    ) throws(ExpressionError) -> Bool {
        try budget.spend(steps: 1, at: range)
        guard left.kind == right.kind else { return false }
        switch left.kind {
        case .null, .true, .false: return true
        case .number:
            guard let first = left.numberText, let second = right.numberText else { return false }
            if first == second { return true }
            return try numberOrder(of: left, right, at: range) == 0
        case .string:
            guard let first = left.string, let second = right.string else { return false }
            try budget.spend(steps: min(first.utf8.count, second.utf8.count) / 8, at: range)
            return ExactString(first) == ExactString(second)
        case .array: return try areEqualArrays(left, right, at: range)
        case .object: return try areEqualObjects(left, right, at: range)
        }
    }

    private mutating func areEqualArrays(
        _ left: JSONValue,
        _ right: JSONValue,
        at range: Range<Int>
    ) throws(ExpressionError) -> Bool {
        guard left.count == right.count else { return false }
        try budget.spend(steps: left.count, at: range)
        guard let first = left.arrayElements, let second = right.arrayElements else { return false }
        for (one, other) in zip(first, second) where !(try areEqual(one, other, at: range)) { return false }
        return true
    }

    private mutating func areEqualObjects(
        _ left: JSONValue,
        _ right: JSONValue,
        at range: Range<Int>
    ) throws(ExpressionError) -> Bool {
        try budget.spend(steps: left.count + right.count, at: range)
        guard let first = left.objectMembers, let second = right.objectMembers, first.count == second.count else {
            return false
        }
        let others = JSONObject(members: second)
        for member in first {
            guard let other = others[member.key], try areEqual(member.value, other, at: range) else { return false }
        }
        return true
    }
}
