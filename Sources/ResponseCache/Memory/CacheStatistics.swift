/// What a store holds and what it was asked, since it was made.
public struct CacheStatistics: Hashable, Sendable {
    /// Entries that are held, also those past their time that nothing has come upon yet.
    public var entries = 0
    /// Bytes that are taken, as they count towards the capacity.
    public var bytes = 0
    public var capacity = 0
    /// Searches that found an entry: a response, fresh or not, or the names of `Vary`.
    public var hits = 0
    /// Searches that found none, or one past its time, or purged.
    public var misses = 0
    /// Entries that left because others needed the room.
    public var evictions = 0
    /// Entries that left because their time was over.
    public var expirations = 0
    /// Entries that left because of a purge.
    public var purges = 0

    static func += (sum: inout CacheStatistics, other: CacheStatistics) {
        sum.entries += other.entries
        sum.bytes += other.bytes
        sum.capacity += other.capacity
        sum.hits += other.hits
        sum.misses += other.misses
        sum.evictions += other.evictions
        sum.expirations += other.expirations
        sum.purges += other.purges
    }
}
