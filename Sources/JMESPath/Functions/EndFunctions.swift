import JSONSlices

/// What is done to the ends of strings: `pad_left`, `pad_right`, `trim`, `trim_left`, `trim_right`.
extension Evaluator {
    mutating func performOnEnds(_ invocation: Invocation) throws(ExpressionError) -> JSONValue {
        try budget.spend(steps: invocation.text(0).utf8.count / 8, at: invocation.range)
        return switch invocation.function {
        case .padLeft, .padRight: try pad(invocation)
        default: try trim(invocation)
        }
    }

    private mutating func pad(_ invocation: Invocation) throws(ExpressionError) -> JSONValue {
        let text = invocation.text(0)
        let width = try invocation.count(1) ?? 0
        let padding = invocation.isGiven(2) ? invocation.text(2) : " "
        guard padding.unicodeScalars.count == 1 else { throw invocation.invalidValue("one character", at: 2) }
        let missing = width - text.unicodeScalars.count
        guard missing > 0 else { return invocation[0] }
        let (added, overflow) = missing.multipliedReportingOverflow(by: padding.utf8.count)
        try budget.spend(bytes: overflow ? .max : added, at: invocation.range)
        let pad = String(repeating: padding, count: missing)
        return try string(invocation.function == .padLeft ? pad + text : text + pad, at: invocation.range)
    }

    /// Takes away the characters of the second argument; without one, or with an empty one, Unicode's whitespace.
    private mutating func trim(_ invocation: Invocation) throws(ExpressionError) -> JSONValue {
        let characters = Set(invocation.text(1).unicodeScalars)
        func isTrimmed(_ scalar: Unicode.Scalar) -> Bool {
            characters.isEmpty ? scalar.properties.isWhitespace : characters.contains(scalar)
        }
        var scalars = invocation.text(0).unicodeScalars[...]
        if invocation.function != .trimRight { scalars = scalars.drop(while: isTrimmed) }
        if invocation.function != .trimLeft {
            while let last = scalars.last, isTrimmed(last) { scalars.removeLast() }
        }
        return try string(String(scalars), at: invocation.range)
    }
}
