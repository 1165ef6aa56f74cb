/// The nodes of one document in one block of memory, owned and freed by this value.
///
/// Invariant: `storage` has room for `capacity` nodes and the first `count` of them are written. It changes only while
/// ``IndexBuilder`` fills it; the document that then holds it never does, so any number of threads may read it. That is
/// what `@unchecked Sendable` rests on. Reading goes through a subscript that checks its index.
struct JSONTape: ~Copyable, @unchecked Sendable {
    private(set) var storage: UnsafeMutablePointer<JSONNode>
    private(set) var capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        self.storage = .allocate(capacity: capacity)
        self.capacity = capacity
    }

    deinit {
        storage.deallocate()
    }

    @inline(__always)
    subscript(index: Int) -> JSONNode {
        // One comparison: a negative index is a large one without its sign.
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "a node number that is not of this document")
        return storage[index]
    }

    /// Doubles the room and keeps the first `written` nodes.
    @inline(__always)
    mutating func grow(written: Int) {
        storage = Self.move(written, from: storage, toCapacity: capacity * 2)
        capacity *= 2
    }

    /// Ends the filling and gives back room when more than half of it is unused.
    mutating func finish(written: Int) {
        count = written
        guard written < capacity / 2 else { return }
        storage = Self.move(written, from: storage, toCapacity: written)
        capacity = written
    }

    /// Takes and gives pointers instead of the tape, so that the builder's loop can keep the tape in registers.
    @inline(never)
    private static func move(
        _ count: Int,
        from old: UnsafeMutablePointer<JSONNode>,
        toCapacity capacity: Int
    ) -> UnsafeMutablePointer<JSONNode> {
        let new = UnsafeMutablePointer<JSONNode>.allocate(capacity: capacity)
        new.moveInitialize(from: old, count: count)
        old.deallocate()
        return new
    }
}
