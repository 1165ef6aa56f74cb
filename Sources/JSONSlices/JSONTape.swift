#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

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
        self.storage = Self.resized(nil, toCapacity: capacity)
        self.capacity = capacity
    }

    deinit {
        free(storage)
    }

    @inline(__always)
    subscript(index: Int) -> JSONNode {
        // One comparison: a negative index is a large one without its sign.
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "a node number that is not of this document")
        return storage[index]
    }

    /// Doubles the room.
    @inline(__always)
    mutating func grow() {
        storage = Self.resized(storage, toCapacity: capacity * 2)
        capacity *= 2
    }

    /// Ends the filling and gives back room when more than half of it is unused.
    mutating func finish(written: Int) {
        count = written
        guard written < capacity / 2 else { return }
        storage = Self.resized(storage, toCapacity: written)
        capacity = written
    }

    /// `realloc` moves the pages of a large block instead of copying them. Takes and gives pointers instead of the tape, so
    /// that the builder's loop can keep the tape in registers.
    @inline(never)
    private static func resized(
        _ old: UnsafeMutablePointer<JSONNode>?,
        toCapacity capacity: Int
    ) -> UnsafeMutablePointer<JSONNode> {
        guard let new = realloc(old, max(capacity, 1) * MemoryLayout<JSONNode>.stride) else {
            fatalError("out of memory for the index of a JSON document")
        }
        return new.bindMemory(to: JSONNode.self, capacity: capacity)
    }
}
