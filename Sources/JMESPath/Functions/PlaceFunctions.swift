import JSONSlices

/// Medley's own functions that find things by key or place: `lookup`, `index_by`, `slice`, `range`, `bucket`. Null for
/// null. Keys are compared as text, so that the number 7 finds the member "7".
extension Evaluator {
    mutating func performOnPlaces(_ invocation: Invocation) throws(ExpressionError) -> JSONValue {
        switch invocation.function {
        case .lookup: return try lookup(invocation)
        case .indexBy: return try indexBy(invocation)
        case .slice: return try slice(invocation)
        case .range: return try range(invocation)
        default: return try bucket(invocation)
        }
    }

    /// `lookup(object, key)`, or `lookup(array, index)`: null when there is none.
    private mutating func lookup(_ invocation: Invocation) throws(ExpressionError) -> JSONValue {
        let container = invocation[0]
        guard container.kind == .array else {
            try budget.spend(steps: container.count / 8, at: invocation.range)
            return invocation[1].keyText.flatMap { container.member($0) } ?? .null
        }
        guard invocation[1].kind == .number, let index = try invocation.integer(1) else { return .null }
        return container.element(at: index < 0 ? container.count + index : index) ?? .null
    }

    /// `index_by(array, &key)`: an object of the elements by their keys. Of several with one key the last is taken;
    /// elements whose key is null are left out.
    private mutating func indexBy(_ invocation: Invocation) throws(ExpressionError) -> JSONValue {
        guard !invocation[0].isNull else { return .null }
        let node = invocation.reference(1)
        var members: [(key: String, value: JSONValue)] = []
        for element in invocation.elements(0) {
            let key = try evaluate(node, element)
            if key.isNull { continue }
            guard let text = key.keyText else {
                let found = ValueTypes(kind: key.kind).description
                throw invocation.invalidType("needs a string or a number for every element, found \(found)", at: 1)
            }
            try budget.spend(bytes: text.utf8.count, at: invocation.range)
            members.append((text, element))
        }
        return try object(members, at: invocation.range)
    }

    /// `slice(list, from, to)`: as `list[from:to]`, with computed bounds. Null for a bound means the list's end there.
    private mutating func slice(_ invocation: Invocation) throws(ExpressionError) -> JSONValue {
        let bounds = SliceBounds(
            start: try invocation.integer(1),
            stop: try invocation.integer(2),
            step: 1,
            range: invocation.range
        )
        if let text = invocation[0].string {
            try budget.spend(steps: text.utf8.count / 8, at: invocation.range)
            return try string(text: bounds.elements(of: Array(text.unicodeScalars)), at: invocation.range)
        }
        guard !invocation[0].isNull else { return .null }
        try budget.spend(steps: invocation[0].count, at: invocation.range)
        return try array(bounds.elements(of: invocation.elements(0)), at: invocation.range)
    }

    /// `range(from, to)`: the integers from `from` up to `to`, which is not among them.
    private mutating func range(_ invocation: Invocation) throws(ExpressionError) -> JSONValue {
        guard let start = try invocation.integer(0), let end = try invocation.integer(1) else { return .null }
        guard start < end else { return .array([]) }
        let (count, overflow) = end.subtractingReportingOverflow(start)
        let (bytes, tooMany) = count.multipliedReportingOverflow(by: Self.elementCost)
        try budget.spend(steps: overflow ? .max : count, at: invocation.range)
        try budget.spend(bytes: tooMany ? .max : bytes, at: invocation.range)
        return .array((start..<end).map { .number(JSONNumber($0)) })
    }

    /// `bucket(key, n)`: a number from 0 to n − 1, always the same for the same text. FNV-1a, 64 bits, of the text's
    /// UTF-8, modulo n.
    private mutating func bucket(_ invocation: Invocation) throws(ExpressionError) -> JSONValue {
        guard let key = invocation[0].keyText, let count = try invocation.integer(1) else { return .null }
        guard count > 0 else { throw invocation.invalidValue("a positive integer", at: 1) }
        try budget.spend(steps: key.utf8.count / 8, at: invocation.range)
        let hash = key.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
        return .number(JSONNumber(Int(hash % UInt64(count))))
    }
}

extension JSONValue {
    /// The text that stands for a scalar where keys are compared; nil for null, arrays and objects.
    var keyText: String? {
        switch kind {
        case .string: string
        case .number: numberText
        case .true: "true"
        case .false: "false"
        case .null, .array, .object: nil
        }
    }
}
