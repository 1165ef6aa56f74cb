import JSONSlices

/// Medley's own functions for times: `to_epoch`, `from_epoch`. Null for null.
extension Evaluator {
    mutating func performOnTimes(_ invocation: Invocation) throws(ExpressionError) -> JSONValue {
        invocation.function == .toEpoch ? try toEpoch(invocation) : try fromEpoch(invocation)
    }

    /// `to_epoch(text)`: the seconds since 1970 of a time as in RFC 3339, with its fraction; null when it is none.
    private mutating func toEpoch(_ invocation: Invocation) throws(ExpressionError) -> JSONValue {
        guard let text = invocation[0].string, text.utf8.count <= 64, let time = Timestamp(text: text) else {
            return .null
        }
        guard let fraction = Decimal(text: "0.\(time.fraction)0") else { return .null }
        return try number(Decimal.sum(Decimal(time.seconds), fraction), at: invocation.range)
    }

    /// `from_epoch(seconds)`: the time in UTC, with as much of a fraction as the number has.
    private mutating func fromEpoch(_ invocation: Invocation) throws(ExpressionError) -> JSONValue {
        guard !invocation[0].isNull else { return .null }
        let value = try decimal(invocation[0], at: invocation.range(of: 0))
        guard let whole = value.floor, let seconds = whole.integer,
            let rest = Decimal.sum(value, whole.negated), rest.isZero || rest.exponent >= -12,
            let time = Timestamp(seconds: seconds, fraction: Self.fractionDigits(of: rest))
        else {
            throw invocation.invalidValue("seconds of the years 0 to 9999, to a picosecond,", at: 0)
        }
        return try string(time.text, at: invocation.range)
    }

    /// The digits behind the point of a number from 0 up to 1.
    private static func fractionDigits(of rest: Decimal) -> String {
        guard !rest.isZero else { return "" }
        let digits = Natural.digits(of: rest.limbs)
        return String(repeating: "0", count: max(0, -rest.exponent - digits.utf8.count)) + digits
    }
}
