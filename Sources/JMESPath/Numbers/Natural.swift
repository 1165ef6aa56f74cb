/// Calculations with natural numbers of any size: base 10⁹, least significant limb first, no leading zeros, zero is empty.
enum Natural {
    static let base: UInt64 = 1_000_000_000
    static let digitsPerLimb = 9

    private static let powersOfTen: [UInt64] = [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
    ]

    // MARK: Digits

    static func digitCount(_ number: [UInt32]) -> Int {
        guard let top = number.last else { return 0 }
        let topDigits = powersOfTen.firstIndex { UInt64(top) < $0 } ?? digitsPerLimb
        return (number.count - 1) * digitsPerLimb + topDigits
    }

    /// - Parameter digits: values 0 to 9, most significant first.
    static func from(digits: ArraySlice<UInt8>) -> [UInt32] {
        var number: [UInt32] = []
        number.reserveCapacity(digits.count / digitsPerLimb + 1)
        var rest = digits
        while !rest.isEmpty {
            number.append(rest.suffix(digitsPerLimb).reduce(0) { $0 * 10 + UInt32($1) })
            rest = rest.dropLast(digitsPerLimb)
        }
        return withoutLeadingZeros(number)
    }

    static func digits(of number: [UInt32]) -> String {
        guard let top = number.last else { return "0" }
        return number.dropLast().reversed().reduce(into: String(top)) { text, limb in
            let digits = String(limb)
            text += String(repeating: "0", count: digitsPerLimb - digits.utf8.count) + digits
        }
    }

    static func withoutTrailingZeros(_ number: [UInt32]) -> (number: [UInt32], zeros: Int) {
        let zeroLimbs = number.prefix { $0 == 0 }.count
        guard zeroLimbs < number.count else { return ([], 0) }
        var zeros = 0
        while UInt64(number[zeroLimbs]) % powersOfTen[zeros + 1] == 0 { zeros += 1 }
        let limbs = zeroLimbs == 0 ? number : Array(number.dropFirst(zeroLimbs))
        let stripped = zeros == 0 ? limbs : division(limbs, by: UInt32(powersOfTen[zeros])).quotient
        return (stripped, zeroLimbs * digitsPerLimb + zeros)
    }

    private static func withoutLeadingZeros(_ number: [UInt32]) -> [UInt32] {
        var number = number
        while number.last == 0 { number.removeLast() }
        return number
    }

    // MARK: Calculation

    static func order(_ left: [UInt32], _ right: [UInt32]) -> Int {
        if left.count != right.count { return left.count < right.count ? -1 : 1 }
        for (one, other) in zip(left.reversed(), right.reversed()) where one != other { return one < other ? -1 : 1 }
        return 0
    }

    /// `number · 10^places`; places are not negative.
    static func shifted(_ number: [UInt32], by places: Int) -> [UInt32] {
        guard places > 0, !number.isEmpty else { return number }
        let scaled = product(number, by: UInt32(powersOfTen[places % digitsPerLimb]))
        return [UInt32](repeating: 0, count: places / digitsPerLimb) + scaled
    }

    static func sum(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(max(left.count, right.count) + 1)
        var carry: UInt64 = 0
        for index in 0..<max(left.count, right.count) {
            let sum =
                carry + UInt64(index < left.count ? left[index] : 0) + UInt64(index < right.count ? right[index] : 0)
            result.append(UInt32(sum % base))
            carry = sum / base
        }
        if carry > 0 { result.append(UInt32(carry)) }
        return result
    }

    /// `left − right`, where `left` is not the smaller one.
    static func difference(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(left.count)
        var borrow: UInt64 = 0
        for index in left.indices {
            let taken = borrow + UInt64(index < right.count ? right[index] : 0)
            let limb = UInt64(left[index])
            borrow = limb < taken ? 1 : 0
            result.append(UInt32(limb + borrow * base - taken))
        }
        return withoutLeadingZeros(result)
    }

    static func product(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
        guard !left.isEmpty, !right.isEmpty else { return [] }
        var result = [UInt32](repeating: 0, count: left.count + right.count)
        for (place, factor) in left.enumerated() where factor != 0 {
            var carry: UInt64 = 0
            for (offset, other) in right.enumerated() {
                let value = UInt64(factor) * UInt64(other) + UInt64(result[place + offset]) + carry
                result[place + offset] = UInt32(value % base)
                carry = value / base
            }
            result[place + right.count] = UInt32(carry)
        }
        return withoutLeadingZeros(result)
    }

    private static func product(_ number: [UInt32], by factor: UInt32) -> [UInt32] {
        product(number, factor == 0 ? [] : [factor])
    }
}
