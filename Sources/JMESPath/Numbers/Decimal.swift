/// A decimal number with exactly as many digits as it needs: sign, digits, and a power of ten.
///
/// `Double` cannot hold `0.1` or a 64-bit identifier; comparing and adding what a backend sent must not change it. Size
/// and exponent have limits, so that `1e999999999` is refused and not written out.
struct Decimal: Sendable {
    /// The most digits that a number may have, between its first and its last that is not zero.
    static var digitLimit: Int { 1_000 }

    /// The largest power of ten, up or down. The exponents of `Double` reach about 330.
    static var exponentLimit: Int { 10_000 }

    var isNegative: Bool

    /// The digits as an integer in base 10⁹, least significant first, without leading zeros. Empty for zero. Not
    /// divisible by ten.
    private(set) var limbs: [UInt32]

    /// The power of ten that the integer is multiplied with.
    private(set) var exponent: Int

    static var zero: Decimal {
        Decimal(isNegative: false, limbs: [], exponent: 0)
    }

    var isZero: Bool {
        limbs.isEmpty
    }

    var negated: Decimal {
        Decimal(isNegative: !isNegative && !isZero, limbs: limbs, exponent: exponent)
    }

    var magnitude: Decimal {
        Decimal(isNegative: false, limbs: limbs, exponent: exponent)
    }

    var digitCount: Int {
        Natural.digitCount(limbs)
    }

    private init(isNegative: Bool, limbs: [UInt32], exponent: Int) {
        self.isNegative = isNegative
        self.limbs = limbs
        self.exponent = exponent
    }

    /// Takes trailing zeros off. nil when the number is beyond the limits.
    init?(isNegative: Bool, natural: [UInt32], exponent: Int) {
        let (limbs, zeros) = Natural.withoutTrailingZeros(natural)
        guard !limbs.isEmpty else {
            self = .zero
            return
        }
        let shifted = exponent + zeros
        guard Natural.digitCount(limbs) <= Self.digitLimit, abs(shifted) <= Self.exponentLimit else { return nil }
        self.init(isNegative: isNegative, limbs: limbs, exponent: shifted)
    }

    init(_ integer: Int) {
        var rest = integer.magnitude
        var limbs: [UInt32] = []
        while rest > 0 {
            limbs.append(UInt32(rest % UInt(Natural.base)))
            rest /= UInt(Natural.base)
        }
        let (stripped, zeros) = Natural.withoutTrailingZeros(limbs)
        self.init(isNegative: integer < 0, limbs: stripped, exponent: zeros)
    }

    /// The integer's value; nil when the number has a fraction or does not fit.
    var integer: Int? {
        guard !isZero else { return 0 }
        guard exponent >= 0, exponent + digitCount <= 19 else { return nil }
        var value: UInt = 0
        for limb in Natural.shifted(limbs, by: exponent).reversed() {
            let (tens, tooLarge) = value.multipliedReportingOverflow(by: UInt(Natural.base))
            let (sum, overflow) = tens.addingReportingOverflow(UInt(limb))
            guard !tooLarge, !overflow else { return nil }
            value = sum
        }
        guard value <= UInt(Int.max) else { return nil }
        return isNegative ? -Int(value) : Int(value)
    }

    var isInteger: Bool {
        exponent >= 0
    }

    /// Negative when `left` is less than `right`, 0 when they are equal.
    static func order(_ left: Decimal, _ right: Decimal) -> Int {
        if left.isZero || right.isZero || left.isNegative != right.isNegative {
            return left.sign - right.sign
        }
        let sign = left.sign
        let (first, second) = (left.digitCount + left.exponent, right.digitCount + right.exponent)
        if first != second { return first < second ? -sign : sign }
        // The same place of the first digit: the powers of ten differ by no more than the number of digits.
        let exponent = min(left.exponent, right.exponent)
        let order = Natural.order(
            Natural.shifted(left.limbs, by: left.exponent - exponent),
            Natural.shifted(right.limbs, by: right.exponent - exponent)
        )
        return order * sign
    }

    private var sign: Int {
        isZero ? 0 : isNegative ? -1 : 1
    }
}
