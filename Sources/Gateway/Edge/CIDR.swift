/// A block of addresses of one family: `10.0.0.0/8`, `2001:db8::/32`, or a single address.
///
/// A block of IPv4-mapped addresses is one of IPv4, as ``IPAddress`` has it; `::/0` is all of IPv6 and nothing of IPv4.
struct CIDR: Hashable, Sendable {
    enum Fault: Error, Hashable {
        /// It is no address with or without a prefix length.
        case malformed
        /// Bits behind the prefix are set: the block that was meant is this one.
        case hostBits(CIDR)
    }

    let first: IPAddress
    let last: IPAddress
    /// Of the family's own bits: 0 to 32 or 0 to 128.
    let prefix: Int

    private init(containing address: IPAddress, prefix: Int) {
        // The prefix of an IPv4 block counts from the 97th bit of its mapped form.
        let bits = address.isV4 ? prefix + 96 : prefix
        let highMask = Self.mask(bits)
        let lowMask = Self.mask(bits - 64)
        first = IPAddress(high: address.high & highMask, low: address.low & lowMask)
        last = IPAddress(high: address.high | ~highMask, low: address.low | ~lowMask)
        self.prefix = prefix
    }

    private static func mask(_ bits: Int) -> UInt64 {
        bits <= 0 ? 0 : bits >= 64 ? .max : ~(UInt64.max >> UInt64(bits))
    }

    init(parsing text: some StringProtocol) throws(Fault) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let head = parts.first, let address = IPAddress(head) else { throw .malformed }
        var prefix = address.isV4 ? 32 : 128
        if parts.count == 2 {
            let digits = parts[1]
            // An IPv4 block may be written in its mapped form, with a prefix of 96 to 128.
            let offset = address.isV4 && head.contains(":") ? 96 : 0
            guard (1...3).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                digits.utf8.count == 1 || digits.utf8.first != 0x30, let number = Int(digits),
                (0...prefix).contains(number - offset)
            else { throw .malformed }
            prefix = number - offset
        }
        self.init(containing: address, prefix: prefix)
        if first != address { throw .hostBits(self) }
    }

    func contains(_ address: IPAddress) -> Bool {
        address.isV4 == first.isV4 && first <= address && address <= last
    }
}

extension CIDR: CustomStringConvertible {
    var description: String { "\(first)/\(prefix)" }
}
