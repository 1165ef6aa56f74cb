/// Stored responses in memory, bounded in bytes. For several threads at once.
///
/// Every operation takes the lock of one shard for a few instructions. What is bounded counts everything: bodies, fields,
/// URLs, tags and keys as the heap's blocks that they take, and the tables that find them. Replies on their way hold
/// on to their response beyond its removal, which is not counted.
public final class MemoryStore: Sendable {
    /// 64 MiB.
    public static let defaultCapacity = 64 << 20
    /// Eight of them serve two dozen threads: a lock is held for a hundredth of what a request costs.
    public static let defaultShards = 8
    /// Slots that are looked at under one hold of a lock.
    private static let portion = 256

    /// What is asked about purges that came after a response. Recording one here is enough for the store never to return
    /// what it names; `purge` only frees the memory sooner.
    public let purges: PurgeLog
    private let shards: [MemoryShard]

    /// - Parameters:
    ///   - capacity: in bytes, divided evenly among the shards. An entry cannot be larger than a shard.
    ///   - shards: rounded up to a power of two, 256 at the most.
    public init(
        capacity: Int = MemoryStore.defaultCapacity,
        shards: Int = MemoryStore.defaultShards,
        purges: PurgeLog = PurgeLog()
    ) {
        let count = powerOfTwo(atLeast: min(max(1, shards), 256))
        self.shards = (0..<count).map { _ in MemoryShard(capacity: max(0, capacity) / count) }
        self.purges = purges
    }

    /// What is kept under a key, stale or not, unless it was purged or its time to be kept is over.
    public func entry(for key: CacheKey, now: WallTime) -> StoredEntry? {
        let hash = Self.hash(of: key)
        let shard = shard(for: hash)
        switch shard.find(key, hash: hash, now: now, purge: purges.current) {
        case .nothing: return nil
        case .entry(let entry): return entry
        case .unchecked(let response, let checked):
            let suspect = MemoryShard.Suspect(key: key, hash: hash, response: response, checked: checked)
            return outlived(suspect, in: shard, wasHit: true) ? .response(response) : nil
        }
    }

    /// Takes the place of what was under the key.
    /// - Parameter keepUntil: the last time at which it may be returned.
    /// - Returns: whether it is stored. False when it is larger than a shard may hold: then the key has no entry.
    @discardableResult
    public func store(_ entry: StoredEntry, for key: CacheKey, keepUntil: WallTime) -> Bool {
        let hash = Self.hash(of: key)
        var checked: UInt64 = 0
        if case .response(let response) = entry { checked = response.generation }
        return shard(for: hash).store(
            EntrySlot(
                content: EntrySlot.Content(key: key, entry: entry),
                hash: hash,
                keepUntil: keepUntil.milliseconds,
                checked: checked,
                bytes: entry.footprint + key.footprint
            )
        )
    }

    public func remove(_ key: CacheKey) {
        let hash = Self.hash(of: key)
        shard(for: hash).remove(key, hash: hash)
    }

    public func removeAll() {
        for shard in shards { _ = shard.removeAll() }
    }

    public var statistics: CacheStatistics {
        var sum = CacheStatistics()
        for shard in shards { sum += shard.statistics }
        return sum
    }

    /// Looks at some entries, those that follow the last ones looked at, and removes what is past its time or purged. To be
    /// called every now and then, so that entries nobody asks for any more don't stay for ever.
    ///
    /// A hand that goes round costs nothing when entries come and go, and a look at a slot is a comparison. A timing wheel
    /// would find the expired ones alone, for two more links in every entry and a change of them at every store.
    /// - Parameter limit: how many to look at, rounded up so that every shard has its share.
    /// - Returns: how many were removed.
    @discardableResult
    public func sweep(now: WallTime, limit: Int) -> Int {
        let share = (max(0, limit) + shards.count - 1) / shards.count
        var removed = 0
        for shard in shards {
            var rest = share
            while rest > 0 {
                let portion = shard.sweep(now: now, count: min(rest, Self.portion), purge: purges.current)
                removed += portion.expired
                for suspect in portion.suspects where !outlived(suspect, in: shard, wasHit: false) { removed += 1 }
                rest -= Self.portion
            }
        }
        return removed
    }

    /// Removes what a purge names, in portions, so that hits need not wait.
    /// - Returns: how many responses were removed.
    @discardableResult
    public func purge(_ target: Purge.Target) -> Int {
        if case .all = target { return shards.reduce(0) { $0 + $1.removeAll() } }
        var removed = 0
        for shard in shards {
            var start = 0
            while let responses = shard.responses(from: start, count: Self.portion) {
                for suspect in responses where target.matches(url: suspect.response.url, tags: suspect.response.tags) {
                    if shard.discard(suspect, wasHit: false) { removed += 1 }
                }
                start += Self.portion
            }
        }
        return removed
    }

    /// Whether a response has outlived the purges since it was last checked. If so the next search need not ask again;
    /// else it is removed.
    private func outlived(_ suspect: MemoryShard.Suspect, in shard: MemoryShard, wasHit: Bool) -> Bool {
        let response = suspect.response
        // Read before the check, so that a purge that comes meanwhile is checked the next time.
        let current = purges.current
        if purges.isPurged(generation: suspect.checked, url: response.url, tags: response.tags) {
            _ = shard.discard(suspect, wasHit: wasHit)
            return false
        }
        // A response from a node that knows more purges than this one keeps its own generation.
        if current > suspect.checked { shard.keep(suspect, checked: current) }
        return true
    }

    /// Once for each operation: the lower half finds the slot, the upper bits choose the shard. Seeded by the process.
    @inline(__always)
    private static func hash(of key: CacheKey) -> UInt64 {
        var hasher = Hasher()
        key.hash(into: &hasher)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    @inline(__always)
    private func shard(for hash: UInt64) -> MemoryShard {
        shards[Int(hash >> 48) & (shards.count - 1)]
    }
}
