/// A binary heap of deadlines, one per member, that can take a member out again. Pure.
///
/// Only transfers that wait stand in it, for a place, for an address or for the connection of another request: else
/// libcurl, once it has a transfer, keeps the time.
struct DeadlineHeap {
    private struct Entry {
        var deadline: UInt64
        var member: Int
    }

    private static let absent = -1

    private var entries: [Entry] = []
    /// Where each member stands in `entries`. Members are small numbers, used again and again.
    private var positions: [Int] = []

    var isEmpty: Bool { entries.isEmpty }
    var count: Int { entries.count }

    /// The earliest deadline, in the clock's nanoseconds.
    var earliest: UInt64? { entries.first?.deadline }

    /// Adds a member, 0 or more, that is not in the heap.
    mutating func insert(_ member: Int, deadline: UInt64) {
        while positions.count <= member { positions.append(Self.absent) }
        assert(positions[member] == Self.absent)
        positions[member] = entries.count
        entries.append(Entry(deadline: deadline, member: member))
        siftUp(entries.count - 1)
    }

    /// Takes a member out; one that is not in the heap is no error.
    mutating func remove(_ member: Int) {
        guard member < positions.count, positions[member] != Self.absent else { return }
        let position = positions[member]
        positions[member] = Self.absent
        let moved = entries.removeLast()
        guard position < entries.count else { return }
        entries[position] = moved
        positions[moved.member] = position
        siftUp(position)
        siftDown(positions[moved.member])
    }

    /// Takes out a member whose deadline is `now` or earlier.
    mutating func popExpired(now: UInt64) -> Int? {
        guard let first = entries.first, first.deadline <= now else { return nil }
        remove(first.member)
        return first.member
    }

    private mutating func siftUp(_ start: Int) {
        var position = start
        while position > 0 {
            let parent = (position - 1) / 2
            guard entries[position].deadline < entries[parent].deadline else { return }
            swap(position, parent)
            position = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var position = start
        while true {
            var least = position
            for child in [2 * position + 1, 2 * position + 2] where child < entries.count {
                if entries[child].deadline < entries[least].deadline { least = child }
            }
            guard least != position else { return }
            swap(position, least)
            position = least
        }
    }

    private mutating func swap(_ one: Int, _ other: Int) {
        entries.swapAt(one, other)
        positions[entries[one].member] = one
        positions[entries[other].member] = other
    }
}
