import JSONSlices

/// `contains`, `length`, `map`, `reverse`, `zip`.
extension Evaluator {
    mutating func performOnLists(_ invocation: Invocation) throws(ExpressionError) -> JSONValue {
        switch invocation.function {
        case .contains: return .bool(try contains(invocation))
        case .length: return try length(invocation)
        case .map: return try map(invocation)
        case .reverse: return try reverse(invocation)
        default: return try zip(invocation)
        }
    }

    private mutating func contains(_ invocation: Invocation) throws(ExpressionError) -> Bool {
        guard let text = invocation[0].string else {
            for element in invocation.elements(0)
            where try areEqual(element, invocation[1], at: invocation.range) {
                return true
            }
            return false
        }
        guard let wanted = invocation[1].string else { return false }
        try budget.spend(steps: text.utf8.count / 8, at: invocation.range)
        return wanted.isEmpty || TextSearch(Array(wanted.utf8)).firstPlace(in: Array(text.utf8)) != nil
    }

    /// Strings are measured in code points.
    private mutating func length(_ invocation: Invocation) throws(ExpressionError) -> JSONValue {
        if let text = invocation[0].string {
            try budget.spend(steps: text.utf8.count / 8, at: invocation.range)
            return .number(JSONNumber(text.unicodeScalars.count))
        }
        guard case .slice(let slice) = invocation[0], slice.kind == .object else {
            return .number(JSONNumber(invocation[0].count))
        }
        // A document's object may name a member twice.
        try budget.spend(steps: slice.count, at: invocation.range)
        return .number(JSONNumber(invocation.members(0).count))
    }

    private mutating func map(_ invocation: Invocation) throws(ExpressionError) -> JSONValue {
        let node = invocation.reference(0)
        var results: [JSONValue] = []
        try budget.spend(steps: invocation[1].count, at: invocation.range)
        for element in invocation.elements(1) { results.append(try evaluate(node, element)) }
        return try array(results, at: invocation.range)
    }

    private mutating func reverse(_ invocation: Invocation) throws(ExpressionError) -> JSONValue {
        if let text = invocation[0].string {
            try budget.spend(steps: text.utf8.count / 8, at: invocation.range)
            return try string(text: text.unicodeScalars.reversed(), at: invocation.range)
        }
        try budget.spend(steps: invocation[0].count, at: invocation.range)
        return try array(invocation.elements(0).reversed(), at: invocation.range)
    }

    /// As many tuples as the shortest array has elements.
    private mutating func zip(_ invocation: Invocation) throws(ExpressionError) -> JSONValue {
        let count = invocation.values.map(\.count).min() ?? 0
        let (total, overflow) = count.multipliedReportingOverflow(by: invocation.values.count)
        try budget.spend(steps: overflow ? .max : total, at: invocation.range)
        let lists = invocation.values.indices.map(invocation.elements)
        var tuples: [JSONValue] = []
        for index in 0..<count {
            tuples.append(try array(lists.map { $0[index] }, at: invocation.range))
        }
        return try array(tuples, at: invocation.range)
    }
}
