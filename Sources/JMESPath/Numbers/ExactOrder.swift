public import JSONSlices

/// Compares JSON numbers as the exact decimals that they are, as `<` and `==` do in expressions.
public enum ExactOrder {
    /// Whether `left` is less than `right`; nil when one of them is beyond the limits of exact decimals (1,000 digits,
    /// exponents of 10,000).
    public static func isLess(_ left: JSONNumber, _ right: JSONNumber) -> Bool? {
        if let order = ShortDecimal.order(of: left.text, right.text) { return order < 0 }
        guard let left = Decimal(text: left.text), let right = Decimal(text: right.text) else { return nil }
        return Decimal.order(left, right) < 0
    }
}
