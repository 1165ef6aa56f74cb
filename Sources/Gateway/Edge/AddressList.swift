/// A set of addresses, made from blocks. A search takes some ten comparisons for a thousand blocks.
struct AddressList: Hashable, Sendable {
    /// Of one family, sorted and disjoint.
    private struct Ranges: Hashable, Sendable {
        var ranges: [ClosedRange<IPAddress>] = []

        init(_ blocks: some Sequence<CIDR>) {
            for block in blocks.sorted(by: { $0.first < $1.first }) {
                // Blocks are apart, or one is within the other.
                if let last = ranges.last, block.last <= last.upperBound { continue }
                ranges.append(block.first...block.last)
            }
        }

        func contains(_ address: IPAddress) -> Bool {
            var (low, high) = (0, ranges.count)
            while low < high {
                let middle = (low + high) / 2
                if ranges[middle].upperBound < address { low = middle + 1 } else { high = middle }
            }
            return low < ranges.count && ranges[low].contains(address)
        }
    }

    private let v4: Ranges
    private let v6: Ranges
    let isEmpty: Bool

    init(_ blocks: [CIDR] = []) {
        v4 = Ranges(blocks.lazy.filter(\.first.isV4))
        v6 = Ranges(blocks.lazy.filter { !$0.first.isV4 })
        isEmpty = blocks.isEmpty
    }

    func contains(_ address: IPAddress) -> Bool {
        address.isV4 ? v4.contains(address) : v6.contains(address)
    }
}

/// Who may use the gateway, by address.
struct AddressRules: Hashable, Sendable {
    /// Empty: everybody.
    var allow = AddressList()
    /// Wins over `allow`.
    var deny = AddressList()

    var isEmpty: Bool { allow.isEmpty && deny.isEmpty }

    /// - Parameter address: nil where it cannot be told, as on a socket that is no IP socket: then only a gateway that
    ///   allows everybody lets it in.
    func admits(_ address: IPAddress?) -> Bool {
        guard let address else { return allow.isEmpty }
        return !deny.contains(address) && (allow.isEmpty || allow.contains(address))
    }
}
