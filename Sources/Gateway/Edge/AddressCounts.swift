/// How many connections each address has. IPv6 addresses count by their first 64 bits, which is what a subscriber has at
/// the least (RFC 6177): one machine can take any of the others.
struct AddressCounts {
    private let limit: Int
    private var counts: [IPAddress: Int] = [:]

    init(limit: Int) {
        self.limit = max(1, limit)
    }

    /// - Returns: false when the address has as many as it may have.
    mutating func opened(_ address: IPAddress) -> Bool {
        let count = counts[Self.group(of: address), default: 0]
        guard count < limit else { return false }
        counts[Self.group(of: address)] = count + 1
        return true
    }

    mutating func closed(_ address: IPAddress) {
        let group = Self.group(of: address)
        guard let count = counts[group] else { return }
        counts[group] = count > 1 ? count - 1 : nil
    }

    /// Addresses that have any.
    var size: Int { counts.count }

    private static func group(of address: IPAddress) -> IPAddress {
        address.isV4 ? address : IPAddress(high: address.high, low: 0)
    }
}
