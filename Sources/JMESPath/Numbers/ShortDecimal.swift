/// A decimal number that fits a machine word, which most numbers of APIs do: up to 18 digits, with or without a fraction.
///
/// Compared without allocation, where ``Decimal`` takes two arrays for each side. Exact as that one.
struct ShortDecimal {
    /// The number without its point.
    private let digits: Int64
    /// How many of the digits stand behind the point.
    private let fraction: Int

    /// - Parameter text: a number in JSON's grammar. nil for one with an exponent, or with more digits.
    init?(text: String) {
        let parsed = text.utf8.withContiguousStorageIfAvailable(Self.parse)
        guard let parsed, let parsed else { return nil }
        (digits, fraction) = parsed
    }

    private static func parse(_ text: UnsafeBufferPointer<UInt8>) -> (Int64, fraction: Int)? {
        // A sign, a point and 18 digits.
        guard text.count <= 20 else { return nil }
        var digits: Int64 = 0
        var count = 0
        var pointAt: Int?
        let isNegative = text.first == 0x2D
        for byte in text.dropFirst(isNegative ? 1 : 0) {
            if byte == 0x2E, pointAt == nil {
                pointAt = count
            } else if (0x30...0x39).contains(byte), count < 18 {
                digits = digits * 10 + Int64(byte - 0x30)
                count += 1
            } else {
                return nil
            }
        }
        return (isNegative ? -digits : digits, pointAt.map { count - $0 } ?? 0)
    }

    /// Negative, zero or positive as `left` is less than, equal to or greater than `right`; nil when that does not fit.
    static func order(_ left: ShortDecimal, _ right: ShortDecimal) -> Int? {
        let fraction = max(left.fraction, right.fraction)
        guard let first = left.digits(withFraction: fraction), let second = right.digits(withFraction: fraction) else {
            return nil
        }
        return first < second ? -1 : first > second ? 1 : 0
    }

    private func digits(withFraction wanted: Int) -> Int64? {
        var scaled = digits
        for _ in fraction..<wanted {
            let (product, overflow) = scaled.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            scaled = product
        }
        return scaled
    }

    /// The order of two numbers in JSON's grammar, where both are short; nil says nothing.
    static func order(of left: String, _ right: String) -> Int? {
        guard let first = ShortDecimal(text: left), let second = ShortDecimal(text: right) else { return nil }
        return order(first, second)
    }
}
