/// Finds the slot of a hash: open addressing, one probe after the other, in one flat array. Keys stay with the slots, so
/// a hash that was computed once serves here as well as for the choice of the shard.
struct EntryIndex {
    private struct Bucket {
        /// The hash's lower half: tells most of the other keys apart, and where the search for this one began.
        var tag: UInt32
        /// -1: free.
        var slot: Int32
    }

    private var buckets: [Bucket]
    private var mask: Int { buckets.count - 1 }

    /// The buckets for so many slots: a power of two of which at most three quarters are taken.
    static func buckets(for slots: Int) -> Int { powerOfTwo(atLeast: slots + slots / 3 + 1) }

    static func bytes(for slots: Int) -> Int { buckets(for: slots) * MemoryLayout<Bucket>.stride }

    init(slots: Int) {
        buckets = Array(repeating: Bucket(tag: 0, slot: -1), count: Self.buckets(for: slots))
    }

    /// Where the search for a hash begins.
    @inline(__always)
    func start(of hash: UInt64) -> Int { Int(UInt32(truncatingIfNeeded: hash)) & mask }

    /// The next slot that may be of that hash; nil behind the last.
    @inline(__always)
    func next(from position: inout Int, hash: UInt64) -> Int? {
        let tag = UInt32(truncatingIfNeeded: hash)
        while buckets[position].slot >= 0 {
            let bucket = buckets[position]
            position = (position + 1) & mask
            if bucket.tag == tag { return Int(bucket.slot) }
        }
        return nil
    }

    /// Of a slot that is not in it. There is a free bucket: the table makes a larger index before.
    mutating func insert(_ slot: Int, hash: UInt64) {
        let tag = UInt32(truncatingIfNeeded: hash)
        var position = Int(tag) & mask
        while buckets[position].slot >= 0 { position = (position + 1) & mask }
        buckets[position] = Bucket(tag: tag, slot: Int32(truncatingIfNeeded: slot))
    }

    /// Closes the hole with those behind it, so that no marks of removed entries pile up.
    mutating func remove(_ slot: Int, hash: UInt64) {
        guard var hole = position(of: slot, hash: hash) else { return }
        var next = (hole + 1) & mask
        while buckets[next].slot >= 0 {
            let home = Int(buckets[next].tag) & mask
            // It may move to the hole unless its search begins behind the hole.
            if (next - home) & mask >= (next - hole) & mask {
                buckets[hole] = buckets[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        buckets[hole].slot = -1
    }

    private func position(of slot: Int, hash: UInt64) -> Int? {
        var position = Int(UInt32(truncatingIfNeeded: hash)) & mask
        while buckets[position].slot >= 0 {
            if Int(buckets[position].slot) == slot { return position }
            position = (position + 1) & mask
        }
        return nil
    }
}

/// The least power of two that is not below a number, which is positive and no larger than 2^62.
func powerOfTwo(atLeast number: Int) -> Int {
    number <= 1 ? 1 : 1 << (Int.bitWidth - (number - 1).leadingZeroBitCount)
}
