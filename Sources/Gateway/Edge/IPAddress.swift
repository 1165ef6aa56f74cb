/// An IPv4 or IPv6 address without a zone.
///
/// An IPv4 address is held as the IPv6 address that maps it (RFC 4291, section 2.5.5.2), so that `::ffff:192.0.2.1`, which
/// is how a socket of IPv6 sees a client of IPv4, and `192.0.2.1` are one address.
struct IPAddress: Hashable, Comparable, Sendable {
    /// The first 64 bits.
    let high: UInt64
    /// The last 64 bits.
    let low: UInt64

    /// What IPv4 addresses have before their 32 bits.
    static let mapped: UInt64 = 0xFFFF

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    init(v4: UInt32) {
        self.init(high: 0, low: Self.mapped << 32 | UInt64(v4))
    }

    var isV4: Bool { high == 0 && low >> 32 == Self.mapped }

    static func < (left: IPAddress, right: IPAddress) -> Bool {
        left.high == right.high ? left.low < right.low : left.high < right.high
    }
}

// MARK: - Text

extension IPAddress: CustomStringConvertible {
    /// The text form: four decimal numbers without leading zeros, or RFC 4291, section 2.2. No brackets, port, prefix or
    /// zone.
    init?(_ text: some StringProtocol) {
        self.init(bytes: Array(text.utf8)[...])
    }

    init?(bytes: ArraySlice<UInt8>) {
        // The longest is that of an IPv6 address with an IPv4 tail.
        guard bytes.count <= 45 else { return nil }
        if bytes.contains(UInt8(ascii: ":")) {
            self.init(v6: bytes)
        } else {
            guard let number = Self.v4(bytes) else { return nil }
            self.init(v4: number)
        }
    }

    private static func v4(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var result: UInt32 = 0
        for part in parts {
            // Leading zeros are octal to some and decimal to others.
            guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0") else { return nil }
            var number: UInt32 = 0
            for byte in part {
                guard let digit = Self.digit(byte), digit < 10 else { return nil }
                number = number * 10 + UInt32(digit)
            }
            guard number <= 255 else { return nil }
            result = result << 8 | number
        }
        return result
    }

    private init?(v6 bytes: ArraySlice<UInt8>) {
        var groups: [UInt16] = []
        /// How many groups stand before `::`.
        var gap: Int?
        var rest = bytes
        if rest.starts(with: "::".utf8) {
            gap = 0
            rest = rest.dropFirst(2)
        }
        while !rest.isEmpty {
            guard groups.count < 8 else { return nil }
            let group = rest.prefix { $0 != UInt8(ascii: ":") }
            let behind = rest.dropFirst(group.count)
            if group.contains(UInt8(ascii: ".")) {
                guard behind.isEmpty, groups.count <= 6, let tail = Self.v4(group) else { return nil }
                groups += [UInt16(tail >> 16), UInt16(tail & 0xFFFF)]
                break
            }
            guard let number = Self.group(group) else { return nil }
            groups.append(number)
            if behind.isEmpty { break }
            rest = behind.dropFirst()
            if rest.first == UInt8(ascii: ":") {
                guard gap == nil else { return nil }
                gap = groups.count
                rest = rest.dropFirst()
            } else if rest.isEmpty {
                return nil
            }
        }
        // `::` stands for at least one group.
        guard groups.count <= (gap == nil ? 8 : 7), gap != nil || groups.count == 8 else { return nil }
        if let gap { groups.insert(contentsOf: [UInt16](repeating: 0, count: 8 - groups.count), at: gap) }
        let (high, low) = (groups.prefix(4), groups.suffix(4))
        self.init(
            high: high.reduce(0) { $0 << 16 | UInt64($1) },
            low: low.reduce(0) { $0 << 16 | UInt64($1) }
        )
    }

    private static func group(_ bytes: ArraySlice<UInt8>) -> UInt16? {
        guard (1...4).contains(bytes.count) else { return nil }
        var number: UInt16 = 0
        for byte in bytes {
            guard let digit = Self.digit(byte) else { return nil }
            number = number << 4 | UInt16(digit)
        }
        return number
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// The one text form that RFC 5952 recommends.
    var description: String {
        if isV4 { return [24, 16, 8, 0].map { String(low >> UInt64($0) & 0xFF) }.joined(separator: ".") }
        let groups = [high, low].flatMap { half in [48, 32, 16, 0].map { half >> UInt64($0) & 0xFFFF } }
        func text(_ range: Range<Int>) -> String {
            groups[range].map { String($0, radix: 16) }.joined(separator: ":")
        }
        let gap = Self.longestRunOfZeros(groups)
        guard gap.count > 1 else { return text(0..<8) }
        return text(0..<gap.lowerBound) + "::" + text(gap.upperBound..<8)
    }

    /// The first of the longest (RFC 5952, section 4.2.3).
    private static func longestRunOfZeros(_ groups: [UInt64]) -> Range<Int> {
        var longest = 0..<0
        var start: Int?
        for (place, group) in groups.enumerated() {
            guard group == 0 else {
                start = nil
                continue
            }
            let run = (start ?? place)..<place + 1
            start = run.lowerBound
            if run.count > longest.count { longest = run }
        }
        return longest
    }
}
