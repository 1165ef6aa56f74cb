/// Who may be sent to one backend now and who waits, first in first out. Pure: it knows numbers, no transfers.
///
/// In place of libcurl's own queue, in which a host waits for other hosts and a timeout is ignored. One per backend and
/// loop. All operations take constant time, `withdraw` too: waiters form a linked list in one array.
struct AdmissionQueue {
    /// What becomes of an arrival.
    enum Arrival: Hashable {
        /// Admitted; `leave()` when done.
        case start
        /// Waits at `place`, which `withdraw` takes, until `next()` names it.
        case wait(place: Int)
        /// As many wait as may.
        case refuse
    }

    private struct Node {
        var waiter: Int
        var previous: Int
        var next: Int
    }

    private static let none = -1

    let limit: Int
    let maxQueued: Int
    /// Admitted and not yet left.
    private(set) var inFlight = 0
    /// Waiting.
    private(set) var count = 0

    private var nodes: [Node] = []
    private var free = none
    private var first = none
    private var last = none

    init(limit: Int, maxQueued: Int) {
        self.limit = limit
        self.maxQueued = maxQueued
    }

    /// Someone wants in. Never overtakes those who wait already.
    mutating func arrive(_ waiter: Int) -> Arrival {
        if inFlight < limit && count == 0 {
            inFlight += 1
            return .start
        }
        guard count < maxQueued else { return .refuse }
        return .wait(place: append(waiter))
    }

    /// One of those admitted is done.
    mutating func leave() {
        assert(inFlight > 0)
        inFlight -= 1
    }

    /// Admits the one who has waited longest, if there is room.
    mutating func next() -> Int? {
        guard inFlight < limit, count > 0 else { return nil }
        inFlight += 1
        let waiter = nodes[first].waiter
        remove(first)
        return waiter
    }

    /// The waiter at `place` waits no longer.
    mutating func withdraw(place: Int) {
        remove(place)
    }

    private mutating func append(_ waiter: Int) -> Int {
        let place: Int
        let node = Node(waiter: waiter, previous: last, next: Self.none)
        if free == Self.none {
            place = nodes.count
            nodes.append(node)
        } else {
            place = free
            free = nodes[place].next
            nodes[place] = node
        }
        if last == Self.none { first = place } else { nodes[last].next = place }
        last = place
        count += 1
        return place
    }

    private mutating func remove(_ place: Int) {
        let node = nodes[place]
        if node.previous == Self.none { first = node.next } else { nodes[node.previous].next = node.next }
        if node.next == Self.none { last = node.previous } else { nodes[node.next].previous = node.previous }
        nodes[place] = Node(waiter: Self.none, previous: Self.none, next: free)
        free = place
        count -= 1
    }
}
