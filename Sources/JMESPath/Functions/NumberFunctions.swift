import JSONSlices

/// `abs`, `avg`, `ceil`, `floor`, `sum`. All exact, but for the quotient in `avg`.
extension Evaluator {
    mutating func performOnNumbers(_ invocation: Invocation) throws(ExpressionError) -> JSONValue {
        let range = invocation.range
        switch invocation.function {
        case .sum: return try number(try sum(of: invocation), at: range)
        case .avg:
            let count = invocation[0].count
            guard count > 0 else { return .null }
            return try number(Decimal.quotient(try sum(of: invocation), Decimal(count)), at: range)
        default: break
        }
        let value = try decimal(invocation[0], at: invocation.range(of: 0))
        switch invocation.function {
        case .abs: return value.isNegative ? try number(value.magnitude, at: range) : invocation[0]
        case .ceil: return value.isInteger ? invocation[0] : try number(value.ceiling, at: range)
        default: return value.isInteger ? invocation[0] : try number(value.floor, at: range)
        }
    }

    private mutating func sum(of invocation: Invocation) throws(ExpressionError) -> Decimal {
        let range = invocation.range(of: 0)
        var sum = Decimal.zero
        for element in invocation.elements(0) {
            let value = try decimal(element, at: range)
            try budget.spend(steps: 1 + sum.limbs.count + value.limbs.count, at: range)
            guard let next = Decimal.sum(sum, value) else { throw outOfBounds(range) }
            sum = next
        }
        return sum
    }
}
