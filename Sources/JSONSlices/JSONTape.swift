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
        precondition(index >= 0 && index < count, "a node number that is not of this document")
        return storage[index]
    }

    /// Doubles the room and keeps the first `written` nodes.
    mutating func grow(written: Int) {
        reallocate(capacity: capacity * 2, written: written)
    }

    /// Ends the filling and gives back room when more than half of it is unused.
    mutating func finish(written: Int) {
        if written < capacity / 2 {
            reallocate(capacity: written, written: written)
        }
        count = written
    }

    private mutating func reallocate(capacity newCapacity: Int, written: Int) {
        let larger = UnsafeMutablePointer<JSONNode>.allocate(capacity: newCapacity)
        larger.update(from: storage, count: written)
        storage.deallocate()
        storage = larger
        capacity = newCapacity
    }
}
