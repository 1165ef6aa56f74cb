/// A place of the table, taken or free.
struct EntrySlot {
    /// What is dropped with an entry, and only once the shard's lock is released.
    struct Content {
        var key: CacheKey
        var entry: StoredEntry
    }

    enum Queue: UInt8 {
        /// Where new entries prove themselves.
        case small
        /// Where those are that did.
        case main
    }

    static let none: Int32 = -1

    /// Nil: free.
    var content: Content?
    var hash: UInt64
    /// Milliseconds; in use until then.
    var keepUntil: Int64
    /// The last purge that it was checked against.
    var checked: UInt64
    /// What it takes, with its key.
    var bytes: Int
    /// Towards the head of its queue.
    var newer: Int32 = none
    /// Towards the tail of its queue; the next free one of a free slot.
    var older: Int32 = none
    var queue = Queue.small
    /// The hits since it entered its queue, no more than are counted.
    var frequency: UInt8 = 0

    var entry: StoredEntry? {
        @inline(__always) get { content?.entry }
    }

    @inline(__always)
    func holds(_ key: CacheKey) -> Bool { content?.key == key }
}

/// The ends of a list of slots, and what is in it.
struct EntryQueue {
    var head = EntrySlot.none
    var tail = EntrySlot.none
    var bytes = 0
}
