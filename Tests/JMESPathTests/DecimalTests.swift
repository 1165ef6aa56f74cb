import TestSupport
import Testing

@testable import JMESPath

@Suite("Decimals")
struct DecimalTests {
    @Test(
        "a number's text is the same for equal numbers",
        arguments: [
            ("1.50", "1.5"), ("100", "100"), ("1e2", "100"), ("-0", "0"), ("0.000", "0"), ("1E-3", "0.001"),
            ("123456789012345678901234567890.5", "123456789012345678901234567890.5"), ("1e-7", "1e-7"),
            ("1.25e-9", "1.25e-9"), ("1e50", "1e50"), ("-12.5e60", "-1.25e61"), ("0.10e1", "1"),
        ]
    )
    func text(_ written: String, _ normal: String) {
        #expect(Decimal(text: written)?.text == normal)
    }

    @Test("short numbers are ordered as decimals are, where they say anything")
    func shortOrder() throws {
        var random = SeededGenerator(seed: 11)
        func text() -> String {
            let whole = String(
                (0..<Int.random(in: 1...19, using: &random)).map { _ in
                    "0123456789".randomElement(using: &random) ?? "0"
                }
            )
            let trimmed = whole.drop { $0 == "0" }
            let fraction =
                String(repeating: "0", count: Int.random(in: 0...4, using: &random)) + "\(random.next() % 100)"
            return (Bool.random(using: &random) ? "-" : "") + (trimmed.isEmpty ? "0" : trimmed)
                + (Bool.random(using: &random) ? ".\(fraction)" : "")
        }
        var answered = 0
        for _ in 0..<20_000 {
            let left = text()
            // Often nearly equal, which random numbers never are.
            let right = Int.random(in: 0..<3, using: &random) == 0 ? left + (left.contains(".") ? "0" : ".0") : text()
            let first = try #require(Decimal(text: left))
            let second = try #require(Decimal(text: right))
            guard let order = ShortDecimal.order(of: left, right) else { continue }
            answered += 1
            #expect(order == Decimal.order(first, second).signum(), "\(left) \(right)")
        }
        #expect(answered > 10_000)
        for text in ["1e2", "12345678901234567890", "1234567890123456789"] { #expect(ShortDecimal(text: text) == nil) }
        #expect(ShortDecimal.order(of: "-0", "0.00") == 0)
        #expect(ShortDecimal.order(of: "999999999999999999", "0.00000000000000001") == nil)
    }

    @Test("quotient and remainder of random integers fit together")
    func division() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2_000 {
            let dividend = random.natural(limbs: 1 + Int(random.next() % 8))
            let divisor = random.natural(limbs: 1 + Int(random.next() % 5))
            let (quotient, remainder) = Natural.division(dividend, divisor)
            #expect(Natural.order(remainder, divisor) < 0)
            #expect(Natural.sum(Natural.product(quotient, divisor), remainder) == dividend)
        }
    }

    @Test("sums and differences of random numbers are exact")
    func sums() throws {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<2_000 {
            let (first, second) = (random.decimal(), random.decimal())
            let left = try #require(first)
            let right = try #require(second)
            let sum = try #require(Decimal.sum(left, right))
            let back = try #require(Decimal.sum(sum, right.negated))
            #expect(Decimal.order(back, left) == 0)
            #expect(Decimal.order(left, right) == -Decimal.order(right, left))
            #expect(Decimal.order(try #require(Decimal(text: left.text)), left) == 0)
        }
    }

    @Test("quotients are rounded half to even", arguments: [("1", "3", 34), ("2", "3", 34), ("1", "1024", 7)])
    func quotients(_ left: String, _ right: String, _ digits: Int) throws {
        let dividend = try #require(Decimal(text: left))
        let divisor = try #require(Decimal(text: right))
        let quotient = try #require(Decimal.quotient(dividend, divisor))
        #expect(quotient.digitCount == digits)
    }
}

extension SeededGenerator {
    fileprivate mutating func natural(limbs: Int) -> [UInt32] {
        // The extreme limbs are where carries and estimates go wrong.
        let extremes: [UInt32] = [0, 1, 499_999_999, 500_000_000, 999_999_998, 999_999_999]
        var number = (0..<limbs).map { _ in
            next() % 2 == 0 ? UInt32(next() % Natural.base) : extremes[Int(next() % UInt64(extremes.count))]
        }
        if number[limbs - 1] == 0 { number[limbs - 1] = 1 }
        return number
    }

    fileprivate mutating func decimal() -> Decimal? {
        let exponent = Int(next() % 60) - 30
        return Decimal(isNegative: next() % 2 == 0, natural: natural(limbs: 1 + Int(next() % 4)), exponent: exponent)
    }
}
