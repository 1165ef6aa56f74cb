/// The fingerprints of what left the small queue not long ago, without their responses: the ghost queue of S3-FIFO, as
/// the paper proposes to keep it, in buckets with the time of each.
///
/// Time is counted in bytes that left, since entries differ in size: a ghost is remembered until as many bytes as the main
/// queue holds have left after it. Two keys may share a fingerprint. Then one of them enters the main queue at once, and
/// that is all the harm.
struct GhostTable {
    private static let ways = 4
    /// 2^32 of these are left before a time comes again.
    private static let unit = 64

    /// The fingerprint in the upper half, the time in the lower; 0: free.
    private var ghosts: [UInt64]
    private var clock: UInt32 = 1
    private let horizon: UInt32

    static func bytes(for slots: Int) -> Int { count(for: slots) * MemoryLayout<UInt64>.stride }

    private static func count(for slots: Int) -> Int { max(ways, powerOfTwo(atLeast: slots)) }

    init(slots: Int, remembering bytes: Int) {
        ghosts = Array(repeating: 0, count: Self.count(for: slots))
        horizon = UInt32(clamping: bytes / Self.unit)
    }

    /// A larger one with the same ghosts.
    init(slots: Int, from old: GhostTable) {
        ghosts = Array(repeating: 0, count: Self.count(for: slots))
        clock = old.clock
        horizon = old.horizon
        for ghost in old.ghosts where ghost != 0 { place(ghost) }
    }

    mutating func insert(_ hash: UInt64, bytes: Int) {
        clock &+= UInt32(clamping: max(1, bytes / Self.unit))
        place(UInt64(Self.fingerprint(hash)) << 32 | UInt64(clock))
    }

    /// Whether it left lately; it is no ghost any more.
    mutating func take(_ hash: UInt64) -> Bool {
        let fingerprint = Self.fingerprint(hash)
        for position in bucket(of: fingerprint) where Self.fingerprint(of: ghosts[position]) == fingerprint {
            defer { ghosts[position] = 0 }
            return ghosts[position] != 0 && age(of: ghosts[position]) <= horizon
        }
        return false
    }

    /// In a free place, or that of the oldest.
    private mutating func place(_ ghost: UInt64) {
        var oldest: (position: Int, age: UInt32)?
        for position in bucket(of: Self.fingerprint(of: ghost)) {
            let here = ghosts[position]
            let age = here == 0 ? UInt32.max : age(of: here)
            if age >= oldest?.age ?? 0 { oldest = (position, age) }
        }
        if let oldest { ghosts[oldest.position] = ghost }
    }

    private func age(of ghost: UInt64) -> UInt32 { clock &- UInt32(truncatingIfNeeded: ghost) }

    private func bucket(of fingerprint: UInt32) -> Range<Int> {
        let start = (Int(fingerprint) & (ghosts.count / Self.ways - 1)) * Self.ways
        return start..<start + Self.ways
    }

    /// Other bits of the hash than those that choose the shard.
    private static func fingerprint(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash >> 16) }

    private static func fingerprint(of ghost: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: ghost >> 32) }
}
