/// The entries of one shard and the order in which they leave: S3-FIFO (Yang, Zhang, Qiu, Yue, Rashmi: "FIFO queues are
/// all you need for cache eviction", SOSP 2023). A plain value without a lock or a clock, not copyable so
/// that no search retains its arrays.
///
/// A new entry enters the small queue, a tenth of the bytes. Hits there let it move on to the main queue when its turn
/// comes; without, it leaves and only its fingerprint stays for a while: who comes back in that time enters the main queue
/// at once. So a scan passes through a tenth of the cache and leaves the rest alone. In the main queue an entry that was
/// hit goes round again.
///
/// Why this one: a hit is one small number that grows, and only up to three, so popular entries are not even written to;
/// no list changes, and the lock is held for the search alone. Queues are measured in bytes, which is all that entries
/// of unlike sizes ask for. SIEVE (Zhang et al., NSDI 2024) is as cheap but not resistant to scans. W-TinyLFU (Einziger
/// et al., 2017) moves list nodes on hits, or needs buffers of hits for each thread to avoid it.
struct EntryTable: ~Copyable {
    /// Hits beyond these count no more.
    static let maximumFrequency: UInt8 = 3
    /// Hits in the small queue that lead to the main queue.
    static let promotion: UInt8 = 2
    /// The small queue's part of the bytes.
    static let smallShare = 10
    /// Entries that one eviction may let live. It ends then with the next at the tail, whatever its hits, so that no
    /// single request pays for going round a queue of popular entries.
    static let maximumSteps = 64

    let capacity: Int
    var slots: [EntrySlot] = []
    private(set) var index: EntryIndex
    private(set) var ghosts: GhostTable
    private var small = EntryQueue()
    private var main = EntryQueue()
    private var firstFree = EntrySlot.none
    private var slotLimit = 0
    /// What slots, index and ghosts take.
    private(set) var tableBytes = 0
    private(set) var count = 0
    private(set) var evictions = 0

    private let smallTarget: Int

    /// Of that many bytes, all counted: the entries, their keys, and the table itself.
    init(capacity: Int) {
        self.capacity = capacity
        smallTarget = capacity / Self.smallShare
        index = EntryIndex(slots: 1)
        ghosts = GhostTable(slots: 1, remembering: capacity - smallTarget)
        grow(to: Self.nextLimit(after: 0))
    }

    var bytes: Int { tableBytes + small.bytes + main.bytes }

    @inline(__always)
    func find(_ key: CacheKey, hash: UInt64) -> Int? {
        var position = index.start(of: hash)
        while let slot = index.next(from: &position, hash: hash) {
            if slots[slot].holds(key) { return slot }
        }
        return nil
    }

    /// Notes that an entry was asked for.
    @inline(__always)
    mutating func hit(_ slot: Int) {
        if slots[slot].frequency < Self.maximumFrequency { slots[slot].frequency += 1 }
    }

    /// Takes the place of what was under that key. False when it is larger than all that may be held: then nothing is
    /// under that key.
    mutating func insert(_ new: EntrySlot, dropped: inout [EntrySlot.Content]) -> Bool {
        guard let content = new.content else { return false }
        var new = new
        if let old = find(content.key, hash: new.hash) {
            new.queue = slots[old].queue
            new.frequency = slots[old].frequency
            remove(old, dropped: &dropped)
        } else {
            new.queue = ghosts.take(new.hash) ? .main : .small
            new.frequency = 0
        }
        guard new.bytes <= capacity - tableBytes else { return false }
        while !hasRoom(for: new.bytes) { evict(dropped: &dropped) }
        place(new)
        return true
    }

    mutating func remove(_ slot: Int, dropped: inout [EntrySlot.Content]) {
        guard let content = slots[slot].content else { return }
        dropped.append(content)
        unlink(slot)
        index.remove(slot, hash: slots[slot].hash)
        slots[slot].content = nil
        slots[slot].older = firstFree
        firstFree = Int32(truncatingIfNeeded: slot)
        count -= 1
    }
}

// MARK: - Eviction

extension EntryTable {
    /// Lets one entry go.
    private mutating func evict(dropped: inout [EntrySlot.Content]) {
        for _ in 0..<Self.maximumSteps {
            if spares(Int(nextToLeave)) { continue }
            break
        }
        let slot = Int(nextToLeave)
        guard slot >= 0 else { return }
        if slots[slot].queue == .small { ghosts.insert(slots[slot].hash, bytes: slots[slot].bytes) }
        remove(slot, dropped: &dropped)
        evictions += 1
    }

    private var nextToLeave: Int32 {
        if main.tail == EntrySlot.none { return small.tail }
        return small.tail != EntrySlot.none && small.bytes > smallTarget ? small.tail : main.tail
    }

    /// Whether its hits let an entry stay, which costs it some of them.
    private mutating func spares(_ slot: Int) -> Bool {
        guard slot >= 0 else { return false }
        switch slots[slot].queue {
        case .small:
            guard slots[slot].frequency >= Self.promotion else { return false }
            unlink(slot)
            slots[slot].frequency = 0
        case .main:
            guard slots[slot].frequency > 0 else { return false }
            unlink(slot)
            slots[slot].frequency -= 1
        }
        link(slot, in: .main)
        return true
    }

    private mutating func unlink(_ slot: Int) {
        let (newer, older) = (slots[slot].newer, slots[slot].older)
        if newer >= 0 { slots[Int(newer)].older = older }
        if older >= 0 { slots[Int(older)].newer = newer }
        let bytes = slots[slot].bytes
        update(slots[slot].queue) { queue in
            if newer < 0 { queue.head = older }
            if older < 0 { queue.tail = newer }
            queue.bytes -= bytes
        }
    }

    private mutating func link(_ slot: Int, in queue: EntrySlot.Queue) {
        let position = Int32(truncatingIfNeeded: slot)
        let bytes = slots[slot].bytes
        var second = EntrySlot.none
        update(queue) { queue in
            second = queue.head
            queue.head = position
            if second < 0 { queue.tail = position }
            queue.bytes += bytes
        }
        slots[slot].queue = queue
        slots[slot].newer = EntrySlot.none
        slots[slot].older = second
        if second >= 0 { slots[Int(second)].newer = position }
    }

    private mutating func update(_ queue: EntrySlot.Queue, _ change: (inout EntryQueue) -> Void) {
        switch queue {
        case .small: change(&small)
        case .main: change(&main)
        }
    }
}

// MARK: - Room

extension EntryTable {
    /// Whether an entry fits, and there is a slot for it. Slots are added only where their bytes are free, so that they
    /// push no entry out: one that leaves leaves a slot.
    private mutating func hasRoom(for bytes: Int) -> Bool {
        guard self.bytes + bytes <= capacity else { return false }
        if firstFree >= 0 || slots.count < slotLimit { return true }
        let limit = Self.nextLimit(after: slotLimit)
        guard limit < Int32.max, self.bytes - tableBytes + bytes + Self.tableBytes(slots: limit) <= capacity else {
            return false
        }
        grow(to: limit)
        return true
    }

    private mutating func place(_ new: EntrySlot) {
        let slot: Int
        if firstFree >= 0 {
            slot = Int(firstFree)
            firstFree = slots[slot].older
            slots[slot] = new
        } else {
            slot = slots.count
            slots.append(new)
        }
        index.insert(slot, hash: new.hash)
        link(slot, in: new.queue)
        count += 1
    }

    /// By a quarter, so that few slots are empty and each is moved a few times at most.
    private static func nextLimit(after slots: Int) -> Int { slots + max(16, slots / 4) }

    private static func tableBytes(slots: Int) -> Int {
        let headers = 3 * Heap.block(of: 32)
        let places = slots * MemoryLayout<EntrySlot>.stride
        return headers + places + EntryIndex.bytes(for: slots) + GhostTable.bytes(for: slots)
    }

    private mutating func grow(to limit: Int) {
        slots.reserveCapacity(limit)
        if EntryIndex.buckets(for: limit) != EntryIndex.buckets(for: max(1, slotLimit)) {
            index = EntryIndex(slots: limit)
            for slot in slots.indices where slots[slot].content != nil { index.insert(slot, hash: slots[slot].hash) }
        }
        if GhostTable.bytes(for: limit) != GhostTable.bytes(for: max(1, slotLimit)) {
            ghosts = GhostTable(slots: limit, from: ghosts)
        }
        slotLimit = limit
        tableBytes = Self.tableBytes(slots: limit)
    }
}
