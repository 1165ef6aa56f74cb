/// A set of Unicode scalar values: what `\d`, `.` or `[a-z]` stand for.
///
/// The shorthands mean what ECMA-262 says they mean with the `u` flag and without `i`.
struct ScalarSet: Hashable, Sendable {
    /// Ascending, disjoint, and never adjacent.
    private(set) var ranges: [ClosedRange<UInt32>]
    /// One bit for each of the values below 128, which are nearly all that is asked for.
    private let low: UInt64
    private let high: UInt64

    /// - Parameter ranges: in any order; they may overlap.
    init(_ ranges: [ClosedRange<UInt32>]) {
        var merged: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, Int(range.lowerBound) <= Int(last.upperBound) + 1 {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        func bits(from base: UInt32) -> UInt64 {
            (0..<64).reduce(0) { bits, bit in
                merged.contains { $0.contains(base + bit) } ? bits | 1 << UInt64(bit) : bits
            }
        }
        self.ranges = merged
        self.low = bits(from: 0)
        self.high = bits(from: 64)
    }

    /// Everything else, up to U+10FFFF.
    var inverted: ScalarSet {
        var gaps: [ClosedRange<UInt32>] = []
        var start: UInt32 = 0
        for range in ranges {
            if range.lowerBound > start { gaps.append(start...range.lowerBound - 1) }
            start = range.upperBound + 1
        }
        if start <= Self.lastScalar { gaps.append(start...Self.lastScalar) }
        return ScalarSet(gaps)
    }

    /// Constant time below U+0080, logarithmic in the number of ranges above.
    func contains(_ scalar: Unicode.Scalar) -> Bool {
        let value = scalar.value
        if value < 64 { return low >> UInt64(value) & 1 == 1 }
        if value < 128 { return high >> UInt64(value - 64) & 1 == 1 }
        var lower = 0
        var upper = ranges.count
        while lower < upper {
            let middle = (lower + upper) / 2
            if ranges[middle].upperBound < value { lower = middle + 1 } else { upper = middle }
        }
        return lower < ranges.count && ranges[lower].contains(value)
    }

    private static let lastScalar: UInt32 = 0x10FFFF
}

extension ScalarSet {
    /// `\d`
    static let digits = ScalarSet([0x30...0x39])
    /// `\w`
    static let wordCharacters = ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    /// `\s`: WhiteSpace and LineTerminator of ECMA-262, sections 12.2 and 12.3.
    static let whitespace = ScalarSet([
        0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F,
        0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
    ])
    /// `.`: everything but a LineTerminator.
    static let withinLine = ScalarSet([0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029]).inverted

    /// The set that a letter behind a backslash stands for.
    init?(shorthand letter: Unicode.Scalar) {
        switch letter {
        case "d": self = .digits
        case "D": self = .digits.inverted
        case "w": self = .wordCharacters
        case "W": self = .wordCharacters.inverted
        case "s": self = .whitespace
        case "S": self = .whitespace.inverted
        default: return nil
        }
    }
}
