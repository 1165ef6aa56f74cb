extension Decimal {
    /// Reads a number in JSON's grammar. nil when it is beyond the limits, or no number.
    init?(text: String) {
        // Zeros that say nothing are read too, but not without end.
        guard text.utf8.count <= 4 * Self.digitLimit else { return nil }
        var text = text
        let parts = text.withUTF8 { Self.parts(of: $0) }
        guard let parts else { return nil }
        self.init(isNegative: parts.isNegative, natural: parts.natural, exponent: parts.exponent)
    }

    private static func parts(
        of text: UnsafeBufferPointer<UInt8>
    ) -> (isNegative: Bool, natural: [UInt32], exponent: Int)? {
        var digits: [UInt8] = []
        var fraction = 0
        var isFraction = false
        var exponent = 0
        var index = 0
        let isNegative = text.first == UInt8(ascii: "-")
        if isNegative { index += 1 }
        scan: while index < text.count {
            switch text[index] {
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                if digits.isEmpty { return (false, [], 0) }
                guard let value = Self.exponent(of: text[(index + 1)...]) else { return nil }
                exponent = value
                break scan
            case let byte where Lexer.isDigit(byte):
                // Leading zeros say nothing.
                if !digits.isEmpty || byte != UInt8(ascii: "0") { digits.append(byte &- UInt8(ascii: "0")) }
                if isFraction { fraction += 1 }
            default: return nil
            }
            index += 1
        }
        if digits.isEmpty { return (false, [], 0) }
        // Trailing zeros may be many without the number being large.
        let significant = digits.count - digits.reversed().prefix { $0 == 0 }.count
        guard significant <= digitLimit else { return nil }
        exponent += digits.count - significant - fraction
        return (isNegative, Natural.from(digits: digits.prefix(significant)), exponent)
    }

    /// nil when it is so large that sums with it could overflow; such a number is beyond the limits anyway.
    private static func exponent(of text: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = isNegative || text.first == UInt8(ascii: "+") ? text.dropFirst() : text
        var value = 0
        for digit in digits {
            guard Lexer.isDigit(digit), value < 1 << 40 else { return nil }
            value = value * 10 + Int(digit &- UInt8(ascii: "0"))
        }
        return isNegative ? -value : value
    }

    /// The number as JSON: plain where it is short, else with an exponent. The same for equal numbers.
    var text: String {
        guard !isZero else { return "0" }
        let digits = Natural.digits(of: limbs)
        let sign = isNegative ? "-" : ""
        /// The place of the decimal point, counted from the first digit.
        let point = digits.utf8.count + exponent
        if exponent >= 0, point <= 40 { return sign + digits + String(repeating: "0", count: exponent) }
        if point > 0, exponent < 0 { return "\(sign)\(digits.prefix(point)).\(digits.dropFirst(point))" }
        if point <= 0, point > -6 { return "\(sign)0.\(String(repeating: "0", count: -point))\(digits)" }
        let fraction = digits.dropFirst()
        return "\(sign)\(digits.prefix(1))\(fraction.isEmpty ? "" : ".")\(fraction)e\(point - 1)"
    }
}
