import JSONSlices

/// A call whose arguments are evaluated and have the types that the function takes.
struct Invocation {
    let call: Call

    /// One per argument; null stands in for an expression reference.
    let values: [JSONValue]

    var function: Function {
        call.function
    }

    var range: Range<Int> {
        call.range
    }

    /// The argument; null when it was left out.
    subscript(place: Int) -> JSONValue {
        values.indices.contains(place) ? values[place] : .null
    }

    func isGiven(_ place: Int) -> Bool {
        values.indices.contains(place)
    }

    func text(_ place: Int) -> String {
        self[place].string ?? ""
    }

    func elements(_ place: Int) -> [JSONValue] {
        self[place].arrayElements ?? []
    }

    func members(_ place: Int) -> [(key: String, value: JSONValue)] {
        self[place].objectMembers ?? []
    }

    /// What stands behind the `&`.
    func reference(_ place: Int) -> Node {
        call.arguments.indices.contains(place) ? call.arguments[place].node : .current
    }

    func range(of place: Int) -> Range<Int> {
        call.arguments.indices.contains(place) ? call.arguments[place].range : call.range
    }

    // MARK: Integers

    /// The argument as an integer; beyond the range of `Int`, the nearest one that is in it. nil when it was left out.
    ///
    /// - Throws: `invalid-value` for a number with a fraction.
    func integer(_ place: Int) throws(ExpressionError) -> Int? {
        guard isGiven(place), !self[place].isNull else { return nil }
        if let small = self[place].smallInteger { return small }
        guard let decimal = self[place].numberText.flatMap(Decimal.init(text:)), decimal.isInteger else {
            throw invalidValue("an integer", at: place)
        }
        return decimal.integer ?? (decimal.isNegative ? -Int.max : .max)
    }

    /// As ``integer(_:)``, and it must not be negative.
    func count(_ place: Int) throws(ExpressionError) -> Int? {
        guard let value = try integer(place) else { return nil }
        guard value >= 0 else { throw invalidValue("an integer that is not negative", at: place) }
        return value
    }

    func invalidValue(_ expectation: String, at place: Int) -> ExpressionError {
        let value = self[place]
        let found =
            value.numberText.map { String($0.prefix(40)) }
            ?? value.string.map { "'\($0.prefix(40))'" }
            ?? ValueTypes(kind: value.kind).description
        return ExpressionError(
            kind: .invalidValue,
            message: "\(function.rawValue)() takes \(expectation) as argument \(place + 1), found \(found)",
            range: range(of: place)
        )
    }

    func invalidType(_ message: String, at place: Int) -> ExpressionError {
        ExpressionError(kind: .invalidType, message: "\(function.rawValue)() \(message)", range: range(of: place))
    }
}
