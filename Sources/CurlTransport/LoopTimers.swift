/// An action that a loop is to do later. Valid for the loop that gave it out.
public struct LoopTimer: Sendable {
    let slot: Int
    let ticket: UInt64
}

/// The actions of one loop that wait for their time.
struct LoopTimers {
    private struct Slot {
        var action: (() -> Void)?
        var ticket: UInt64 = 0
    }

    private var deadlines = DeadlineHeap()
    private var slots: [Slot] = []
    private var free: [Int] = []

    /// The earliest deadline, in the clock's nanoseconds.
    var earliest: UInt64? { deadlines.earliest }

    mutating func add(deadline: UInt64, _ action: @escaping () -> Void) -> LoopTimer {
        let slot = free.popLast() ?? slots.count
        if slot == slots.count { slots.append(Slot()) }
        slots[slot].action = action
        slots[slot].ticket &+= 1
        deadlines.insert(slot, deadline: deadline)
        return LoopTimer(slot: slot, ticket: slots[slot].ticket)
    }

    /// Takes an action away; one that is done or taken away already is no error.
    mutating func remove(_ timer: LoopTimer) {
        guard slots.indices.contains(timer.slot), slots[timer.slot].ticket == timer.ticket,
            slots[timer.slot].action != nil
        else { return }
        deadlines.remove(timer.slot)
        release(timer.slot)
    }

    /// The next action whose time has come.
    mutating func popDue(now: UInt64) -> (() -> Void)? {
        guard let slot = deadlines.popExpired(now: now) else { return nil }
        defer { release(slot) }
        return slots[slot].action
    }

    mutating func removeAll() {
        self = LoopTimers()
    }

    private mutating func release(_ slot: Int) {
        slots[slot].action = nil
        free.append(slot)
    }
}
