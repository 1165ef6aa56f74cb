import CurlTransport
import Synchronization

/// What is kept in memory: entries by key, bounded in bytes, shared by all threads.
///
/// Sharded by the key's hash, so that threads seldom meet: an operation takes one shard's lock, for a search and a few
/// stores. What leaves is freed outside of it. O(1) but for `purge` and `sweep`, which say so.
public final class MemoryStore: Sendable {
    /// 64 MiB.
    public static let defaultCapacity = 64 << 20

    /// Sums over the shards, of different moments.
    public struct Statistics: Hashable, Sendable {
        public var entries = 0
        /// Keys, entries and the tables that find them.
        public var bytes = 0
        public var hits = 0
        public var misses = 0
        public var evictions = 0
        public var expirations = 0
    }

    private let shards: [Shard]
    private let purges = Atomic<UInt64>(0)

    /// - Parameters:
    ///   - capacity: bytes, 1 MiB at the least.
    ///   - shards: rounded up to a power of two; few enough that each holds entries of a megabyte.
    public init(capacity: Int = MemoryStore.defaultCapacity, shards: Int = 16) {
        let capacity = max(1 << 20, capacity)
        let count = min(powerOfTwo(atLeast: max(1, shards)), powerOfTwo(atLeast: max(1, capacity >> 22)))
        self.shards = (0..<count).map { _ in Shard(capacity: capacity / count) }
    }

    /// What is kept under a key, fresh or not: whether it may be used is for the rules to say.
    public func entry(for key: CacheKey, now: WallTime) -> StoredEntry? {
        let hash = Self.hash(key)
        return shard(of: hash).entry(for: key, hash: hash, now: now)
    }

    /// Keeps an entry, in the place of what was under its key.
    ///
    /// - Parameter keepUntil: when nobody can use it any more.
    /// - Returns: false when it is too large to be kept.
    @discardableResult
    public func store(_ entry: StoredEntry, for key: CacheKey, keepUntil: WallTime) -> Bool {
        let hash = Self.hash(key)
        return shard(of: hash).store(entry, for: key, hash: hash, keepUntil: keepUntil)
    }

    public func remove(_ key: CacheKey) {
        let hash = Self.hash(key)
        shard(of: hash).remove(key, hash: hash)
    }

    /// How many purges there have been: what was asked for before the last of them is not to be kept.
    public var generation: UInt64 { purges.load(ordering: .acquiring) }

    /// Removes every response that matches, in portions so that no lock is held for long. O(entries).
    ///
    /// - Returns: how many there were.
    public func purge(_ target: PurgeTarget) -> Int {
        purges.wrappingAdd(1, ordering: .acquiringAndReleasing)
        return shards.reduce(0) { $0 + $1.purge(target) }
    }

    /// Removes what is over among the next `limit` places of each shard, so that a full round frees what nobody asks for.
    public func sweep(now: WallTime, limit: Int = 512) {
        for shard in shards { shard.sweep(now: now, limit: limit) }
    }

    public var statistics: Statistics {
        shards.reduce(into: Statistics()) { sum, shard in
            let statistics = shard.statistics
            sum.entries += statistics.entries
            sum.bytes += statistics.bytes
            sum.hits += statistics.hits
            sum.misses += statistics.misses
            sum.evictions += statistics.evictions
            sum.expirations += statistics.expirations
        }
    }

    private static func hash(_ key: CacheKey) -> UInt64 {
        UInt64(bitPattern: Int64(key.hashValue))
    }

    /// By the upper bits: the lower ones are the index's.
    private func shard(of hash: UInt64) -> Shard {
        shards[Int(hash >> 40) & (shards.count - 1)]
    }
}

/// What is to be purged.
public enum PurgeTarget: Hashable, Sendable {
    /// The responses of exactly this URL, as it was sent to the backend; or an endpoint's path and query.
    case url(String)
    /// Those whose URL begins with this text.
    case prefix(String)
    case tag(String)
    case all

    func matches(_ response: StoredResponse) -> Bool {
        switch self {
        case .url(let url): response.url.utf8.elementsEqual(url.utf8)
        case .prefix(let prefix): response.url.utf8.starts(with: prefix.utf8)
        case .tag(let tag): response.tags.contains(tag)
        case .all: true
        }
    }
}

/// One lock, and what it guards.
///
/// `@unchecked Sendable`: everything mutable is read and written under `lock` alone.
private final class Shard: @unchecked Sendable {
    private let lock = Lock()
    private var table: EntryTable
    private var hits = 0
    private var misses = 0
    private var expirations = 0
    /// Where the next sweep begins.
    private var hand = 0

    init(capacity: Int) {
        table = EntryTable(capacity: capacity)
    }

    func entry(for key: CacheKey, hash: UInt64, now: WallTime) -> StoredEntry? {
        // What is over is freed after the lock is given up.
        var dropped: [EntrySlot.Content] = []
        defer { dropped.removeAll() }
        lock.lock()
        defer { lock.unlock() }
        guard let slot = table.find(key, hash: hash) else {
            misses += 1
            return nil
        }
        guard now.milliseconds < table.slots[slot].keepUntil else {
            table.remove(slot, dropped: &dropped)
            expirations += 1
            misses += 1
            return nil
        }
        table.hit(slot)
        hits += 1
        return table.slots[slot].content?.entry
    }

    func store(_ entry: StoredEntry, for key: CacheKey, hash: UInt64, keepUntil: WallTime) -> Bool {
        let slot = EntrySlot(
            content: .init(key: key, entry: entry),
            hash: hash,
            keepUntil: keepUntil.milliseconds,
            bytes: entry.footprint + key.footprint
        )
        return change { $0.insert(slot, dropped: &$1) }
    }

    func remove(_ key: CacheKey, hash: UInt64) {
        change { table, dropped in
            if let slot = table.find(key, hash: hash) { table.remove(slot, dropped: &dropped) }
        }
    }

    func purge(_ target: PurgeTarget) -> Int {
        var purged = 0
        inPortions { table, slot, dropped in
            guard case .response(let response)? = table.slots[slot].content?.entry, target.matches(response) else {
                return
            }
            table.remove(slot, dropped: &dropped)
            purged += 1
        }
        return purged
    }

    func sweep(now: WallTime, limit: Int) {
        change { table, dropped in
            let before = dropped.count
            for _ in 0..<min(limit, table.slots.count) {
                if hand >= table.slots.count { hand = 0 }
                let slot = table.slots[hand]
                if slot.content != nil, slot.keepUntil <= now.milliseconds { table.remove(hand, dropped: &dropped) }
                hand += 1
            }
            expirations += dropped.count - before
        }
    }

    var statistics: MemoryStore.Statistics {
        lock.lock()
        defer { lock.unlock() }
        return .init(
            entries: table.count,
            bytes: table.bytes,
            hits: hits,
            misses: misses,
            evictions: table.evictions,
            expirations: expirations
        )
    }

    /// Every slot, a thousand under one hold of the lock.
    private func inPortions(_ body: (inout EntryTable, Int, inout [EntrySlot.Content]) -> Void) {
        var next = 0
        var isAtEnd = false
        while !isAtEnd {
            change { table, dropped in
                let end = min(next + 1000, table.slots.count)
                while next < end {
                    body(&table, next, &dropped)
                    next += 1
                }
                isAtEnd = next >= table.slots.count
            }
        }
    }

    /// Changes the table under the lock, and frees what has left after it.
    @discardableResult
    private func change<Result>(_ body: (inout EntryTable, inout [EntrySlot.Content]) -> Result) -> Result {
        var dropped: [EntrySlot.Content] = []
        lock.lock()
        let result = body(&table, &dropped)
        lock.unlock()
        return result
    }
}
