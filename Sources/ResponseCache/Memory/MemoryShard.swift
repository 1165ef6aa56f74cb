import CurlTransport

/// A part of the store with a lock of its own, which is held for a search or a change of the table and never while
/// memory is freed: what is dropped is handed to the caller.
///
/// `@unchecked Sendable`: everything that changes is touched between `lock` and `unlock` only.
final class MemoryShard: @unchecked Sendable {
    enum Found {
        case nothing
        case entry(StoredEntry)
        /// A response that is not known to have outlived the newest purge; it has those up to a generation.
        case unchecked(StoredResponse, since: UInt64)
    }

    /// A response that may have been purged, with what finds it again.
    struct Suspect {
        var key: CacheKey
        var hash: UInt64
        var response: StoredResponse
        var checked: UInt64
    }

    private let lock = Lock()
    private let capacity: Int
    private var table: EntryTable
    private var counts = CacheStatistics()
    /// Where the next sweep goes on.
    private var hand = 0

    init(capacity: Int) {
        self.capacity = capacity
        table = EntryTable(capacity: capacity)
    }

    func find(_ key: CacheKey, hash: UInt64, now: WallTime, purge: UInt64) -> Found {
        var dropped: [EntrySlot.Content] = []
        lock.lock()
        guard let slot = table.find(key, hash: hash), let entry = table.slots[slot].entry else {
            counts.misses += 1
            lock.unlock()
            return .nothing
        }
        guard table.slots[slot].keepUntil >= now.milliseconds else {
            table.remove(slot, dropped: &dropped)
            counts.misses += 1
            counts.expirations += 1
            lock.unlock()
            withExtendedLifetime(dropped) {}
            return .nothing
        }
        table.hit(slot)
        counts.hits += 1
        let checked = table.slots[slot].checked
        lock.unlock()
        if case .response(let response) = entry, !PurgeGeneration.isCurrent(checked, at: purge) {
            return .unchecked(response, since: checked)
        }
        return .entry(entry)
    }

    func store(_ new: EntrySlot) -> Bool {
        var dropped: [EntrySlot.Content] = []
        lock.lock()
        let isStored = table.insert(new, dropped: &dropped)
        lock.unlock()
        withExtendedLifetime(dropped) {}
        return isStored
    }

    func remove(_ key: CacheKey, hash: UInt64) {
        var dropped: [EntrySlot.Content] = []
        lock.lock()
        if let slot = table.find(key, hash: hash) { table.remove(slot, dropped: &dropped) }
        lock.unlock()
        withExtendedLifetime(dropped) {}
    }

    /// Returns how many there were.
    func removeAll() -> Int {
        var other = EntryTable(capacity: capacity)
        lock.lock()
        swap(&table, &other)
        hand = 0
        counts.evictions += other.evictions
        lock.unlock()
        return other.count
    }

    var statistics: CacheStatistics {
        lock.lock()
        defer { lock.unlock() }
        var statistics = counts
        statistics.entries = table.count
        statistics.bytes = table.bytes
        statistics.capacity = capacity
        statistics.evictions += table.evictions
        return statistics
    }
}

// MARK: - Purges

extension MemoryShard {
    /// Notes that a response has outlived the purges up to a generation, if it is still there.
    func keep(_ suspect: Suspect, checked: UInt64) {
        lock.lock()
        if let slot = slot(of: suspect) { table.slots[slot].checked = checked }
        lock.unlock()
    }

    /// Removes a response that was purged, if it is still there. One that was found by a search counts as a miss.
    func discard(_ suspect: Suspect, wasHit: Bool) -> Bool {
        // The suspect holds on to what is dropped until the lock is released.
        var dropped: [EntrySlot.Content] = []
        lock.lock()
        defer { lock.unlock() }
        if wasHit {
            counts.hits -= 1
            counts.misses += 1
        }
        guard let slot = slot(of: suspect) else { return false }
        table.remove(slot, dropped: &dropped)
        counts.purges += 1
        return true
    }

    private func slot(of suspect: Suspect) -> Int? {
        guard let slot = table.find(suspect.key, hash: suspect.hash),
            case .response(let response)? = table.slots[slot].entry, response === suspect.response
        else { return nil }
        return slot
    }

    /// The responses in some slots, or nil behind the last slot.
    func responses(from start: Int, count: Int) -> [Suspect]? {
        lock.lock()
        defer { lock.unlock() }
        guard start < table.slots.count else { return nil }
        return suspects(in: start..<min(table.slots.count, start + count)) { _ in true }
    }

    /// Goes on by so many slots, round and round: a clock's hand. Removes the entries whose time is over, and returns the
    /// responses that are not known to have outlived the newest purge.
    func sweep(now: WallTime, count: Int, purge: UInt64) -> (expired: Int, suspects: [Suspect]) {
        var dropped: [EntrySlot.Content] = []
        lock.lock()
        if hand >= table.slots.count { hand = 0 }
        let portion = hand..<min(table.slots.count, hand + count)
        for slot in portion where table.slots[slot].keepUntil < now.milliseconds {
            table.remove(slot, dropped: &dropped)
        }
        counts.expirations += dropped.count
        let suspects = suspects(in: portion) { !PurgeGeneration.isCurrent($0.checked, at: purge) }
        hand = portion.upperBound
        lock.unlock()
        return (dropped.count, suspects)
    }

    private func suspects(in portion: Range<Int>, where isWanted: (EntrySlot) -> Bool) -> [Suspect] {
        var suspects: [Suspect] = []
        for slot in portion {
            let slot = table.slots[slot]
            guard let content = slot.content, case .response(let response) = content.entry, isWanted(slot) else {
                continue
            }
            suspects.append(
                Suspect(key: content.key, hash: slot.hash, response: response, checked: slot.checked)
            )
        }
        return suspects
    }
}
