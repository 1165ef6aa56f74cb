extension Natural {
    /// Quotient and remainder; both zero for a division by zero, which callers exclude.
    static func division(_ dividend: [UInt32], _ divisor: [UInt32]) -> (quotient: [UInt32], remainder: [UInt32]) {
        guard let top = divisor.last else { return ([], []) }
        guard order(dividend, divisor) >= 0 else { return ([], dividend) }
        if divisor.count == 1 {
            let (quotient, remainder) = division(dividend, by: top)
            return (quotient, remainder == 0 ? [] : [remainder])
        }
        return longDivision(dividend, divisor, top: UInt64(top))
    }

    static func division(_ dividend: [UInt32], by divisor: UInt32) -> (quotient: [UInt32], remainder: UInt32) {
        guard divisor != 0 else { return ([], 0) }
        var quotient = dividend
        var remainder: UInt64 = 0
        for index in dividend.indices.reversed() {
            let value = remainder * base + UInt64(dividend[index])
            quotient[index] = UInt32(value / UInt64(divisor))
            remainder = value % UInt64(divisor)
        }
        while quotient.last == 0 { quotient.removeLast() }
        return (quotient, UInt32(remainder))
    }

    /// Knuth, The Art of Computer Programming, volume 2, section 4.3.1, algorithm D, for a divisor of two limbs or more.
    private static func longDivision(
        _ dividend: [UInt32],
        _ divisor: [UInt32],
        top: UInt64
    ) -> (quotient: [UInt32], remainder: [UInt32]) {
        // D1: scale both, so that the divisor's first limb is at least half the base.
        let scale = UInt32(base / (top + 1))
        let divisor = product(divisor, [scale]).map(UInt64.init)
        var rest = product(dividend, [scale]).map(UInt64.init)
        let size = divisor.count
        while rest.count <= dividend.count { rest.append(0) }
        var quotient = [UInt32](repeating: 0, count: rest.count - size)
        for place in quotient.indices.reversed() {
            // D3: estimate one limb of the quotient from the first limbs; it is at most one too large after this.
            let leading = rest[place + size] * base + rest[place + size - 1]
            var estimate = leading / divisor[size - 1]
            var remainder = leading % divisor[size - 1]
            while estimate >= base || estimate * divisor[size - 2] > remainder * base + rest[place + size - 2] {
                estimate -= 1
                remainder += divisor[size - 1]
                if remainder >= base { break }
            }
            // D4 to D6: subtract, and add back where the estimate was too large.
            if subtract(divisor, times: estimate, from: &rest, at: place) {
                estimate -= 1
                add(divisor, to: &rest, at: place)
            }
            quotient[place] = UInt32(estimate)
        }
        while quotient.last == 0 { quotient.removeLast() }
        var remainder = rest.prefix(size).map { UInt32($0) }
        while remainder.last == 0 { remainder.removeLast() }
        return (quotient, division(remainder, by: scale).quotient)
    }

    /// - Returns: whether the result is negative: then it stands there plus a power of the base.
    private static func subtract(
        _ number: [UInt64],
        times factor: UInt64,
        from rest: inout [UInt64],
        at place: Int
    ) -> Bool {
        var carry: UInt64 = 0
        var borrow: UInt64 = 0
        for index in 0...number.count {
            let product = carry + (index < number.count ? number[index] * factor : 0)
            carry = product / base
            let taken = product % base + borrow
            let limb = rest[place + index]
            borrow = limb < taken ? 1 : 0
            rest[place + index] = limb + borrow * base - taken
        }
        return borrow == 1
    }

    private static func add(_ number: [UInt64], to rest: inout [UInt64], at place: Int) {
        var carry: UInt64 = 0
        for index in 0...number.count {
            let sum = rest[place + index] + carry + (index < number.count ? number[index] : 0)
            rest[place + index] = sum % base
            carry = sum / base
        }
    }
}
