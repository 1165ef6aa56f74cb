public import JSONSlices

/// Compares JSON numbers as the exact decimals that they are, as `<` and `==` do in expressions.
public enum ExactOrder {
    /// Whether `left` is less than `right`; nil when one of them is beyond the limits of exact decimals (1,000 digits,
    /// exponents of 10,000).
    public static func isLess(_ left: JSONNumber, _ right: JSONNumber) -> Bool? {
        order(of: left.text, right.text).map { $0 < 0 }
    }

    /// Negative, zero or positive as `left` is less than, equal to or greater than `right`, both in JSON's grammar; nil as
    /// for `isLess`.
    static func order(of left: String, _ right: String) -> Int? {
        if let order = ShortDecimal.order(of: left, right) { return order }
        guard let left = Decimal(text: left), let right = Decimal(text: right) else { return nil }
        return Decimal.order(left, right)
    }
}
