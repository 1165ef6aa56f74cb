/// How often something stands.
extension PatternParser {
    /// Quantifier, lazy ones included; nil when none stands here.
    mutating func quantifier() throws(PatternError) -> PatternQuantifier? {
        let start = position
        let bounds: (minimum: Int, maximum: Int?)
        if take("*") {
            bounds = (0, nil)
        } else if take("+") {
            bounds = (1, nil)
        } else if take("?") {
            bounds = (0, 1)
        } else if take("{") {
            bounds = try braces(from: start)
        } else {
            return nil
        }
        let quantifier = PatternQuantifier(
            minimum: bounds.minimum,
            maximum: bounds.maximum,
            range: range(from: start, to: position)
        )
        if !take("?"), next == "+" {
            throw error(
                "a possessive quantifier is not supported",
                from: position,
                length: 1,
                help: "leave out the '+': nothing backtracks here"
            )
        }
        return quantifier
    }

    /// `{n}`, `{n,}` or `{n,m}`, behind its brace.
    private mutating func braces(from open: Int) throws(PatternError) -> (minimum: Int, maximum: Int?) {
        let minimum = number()
        let hasComma = take(",")
        let maximum = hasComma ? number() : minimum
        guard take("}"), let minimum else {
            throw error(
                "'{' begins no repetition",
                from: open,
                length: 1,
                help: "a repetition is {n}, {n,} or {n,m}; " + Self.literalHelp("{")
            )
        }
        guard max(minimum, maximum ?? 0) <= PatternCompiler.maximumStates else {
            throw error(
                "nothing can be repeated more than \(PatternCompiler.maximumStates) times",
                from: open,
                length: position - open,
                help: PatternCompiler.repetitionHelp
            )
        }
        if let maximum, maximum < minimum {
            throw error(
                "the repetition ends before it begins",
                from: open,
                length: position - open,
                help: "write {\(maximum),\(minimum)}"
            )
        }
        return (minimum, maximum)
    }

    /// Decimal digits; nil when there are none. Too large a number becomes one that is still too large.
    private mutating func number() -> Int? {
        var number: Int?
        while let scalar = next, let digit = Self.hexadecimal(scalar), digit < 10 {
            number = min((number ?? 0) * 10 + Int(digit), PatternCompiler.maximumStates + 1)
            advance()
        }
        return number
    }
}
