/// Results are nil when they are beyond the limits.
extension Decimal {
    /// Exact.
    static func sum(_ left: Decimal, _ right: Decimal) -> Decimal? {
        if left.isZero { return right }
        if right.isZero { return left }
        guard let (first, second, exponent) = aligned(left, right) else { return nil }
        if left.isNegative == right.isNegative {
            return Decimal(isNegative: left.isNegative, natural: Natural.sum(first, second), exponent: exponent)
        }
        return Natural.order(first, second) >= 0
            ? Decimal(isNegative: left.isNegative, natural: Natural.difference(first, second), exponent: exponent)
            : Decimal(isNegative: right.isNegative, natural: Natural.difference(second, first), exponent: exponent)
    }

    /// Exact.
    static func product(_ left: Decimal, _ right: Decimal) -> Decimal? {
        Decimal(
            isNegative: left.isNegative != right.isNegative,
            natural: Natural.product(left.limbs, right.limbs),
            exponent: left.exponent + right.exponent
        )
    }

    /// How many digits a quotient has at most: those of IEEE 754's decimal128.
    static var quotientPrecision: Int { 34 }

    /// The quotient, rounded half to even to ``quotientPrecision`` digits. nil for a division by zero, too.
    static func quotient(_ dividend: Decimal, _ divisor: Decimal) -> Decimal? {
        guard !divisor.isZero else { return nil }
        guard !dividend.isZero else { return .zero }
        // With one digit to spare, whatever the first digits are.
        let shift = max(0, quotientPrecision + 1 + divisor.digitCount - dividend.digitCount)
        var (quotient, remainder) = Natural.division(Natural.shifted(dividend.limbs, by: shift), divisor.limbs)
        var exponent = dividend.exponent - shift - divisor.exponent
        let surplus = Natural.digitCount(quotient) - quotientPrecision
        if surplus > 0 {
            let unit = Natural.shifted([1], by: surplus)
            let (rounded, rest) = Natural.division(quotient, unit)
            let half = Natural.order(Natural.sum(rest, rest), unit)
            let isOdd = (rounded.first ?? 0) % 2 == 1
            let goesUp = half > 0 || half == 0 && (!remainder.isEmpty || isOdd)
            quotient = goesUp ? Natural.sum(rounded, [1]) : rounded
            remainder = []
            exponent += surplus
        }
        return Decimal(
            isNegative: dividend.isNegative != divisor.isNegative,
            natural: quotient,
            exponent: exponent
        )
    }

    /// The greatest integer that is not above the quotient, and what remains: it has the divisor's sign.
    static func floorDivision(_ dividend: Decimal, _ divisor: Decimal) -> (quotient: Decimal, remainder: Decimal)? {
        guard !divisor.isZero, let (first, second, exponent) = aligned(dividend, divisor) else { return nil }
        var (quotient, remainder) = Natural.division(first, second)
        let isNegative = dividend.isNegative != divisor.isNegative
        if isNegative, !remainder.isEmpty {
            quotient = Natural.sum(quotient, [1])
            remainder = Natural.difference(second, remainder)
        }
        guard let quotient = Decimal(isNegative: isNegative, natural: quotient, exponent: 0),
            let remainder = Decimal(isNegative: divisor.isNegative, natural: remainder, exponent: exponent)
        else { return nil }
        return (quotient, remainder)
    }

    /// The greatest integer that is not above the number.
    var floor: Decimal? {
        if isInteger { return self }
        if exponent + digitCount <= 0 { return isNegative ? Decimal(-1) : .zero }
        return Self.floorDivision(self, Decimal(1))?.quotient
    }

    /// The least integer that is not below the number.
    var ceiling: Decimal? {
        isInteger ? self : negated.floor?.negated
    }

    /// Both as integers of the same power of ten; nil when that takes too many digits.
    private static func aligned(
        _ left: Decimal,
        _ right: Decimal
    ) -> (left: [UInt32], right: [UInt32], exponent: Int)? {
        let exponent = min(left.exponent, right.exponent)
        let (first, second) = (left.exponent - exponent, right.exponent - exponent)
        guard first + left.digitCount <= 2 * digitLimit, second + right.digitCount <= 2 * digitLimit else { return nil }
        return (Natural.shifted(left.limbs, by: first), Natural.shifted(right.limbs, by: second), exponent)
    }
}
