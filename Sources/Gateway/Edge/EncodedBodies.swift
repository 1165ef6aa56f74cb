import Synchronization

/// Compressed forms of bodies that are sent again and again: the oldest go first.
///
/// An entry is found by its entity tag and length, and used only where the body is the same byte for byte: for one that a
/// cache keeps that is a comparison of addresses. Safe from any thread; what is done under the lock is a search.
final class EncodedBodies: Sendable {
    struct Key: Hashable, Sendable {
        var tag: String
        var count: Int
        var coding: ContentCoding
    }

    private struct Entry {
        var body: [UInt8]
        /// Nil for a body that does not get smaller.
        var encoded: [UInt8]?
        var bytes: Int { body.count + (encoded?.count ?? 0) }
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        /// From the oldest to the newest, from `oldest` on.
        var order: [Key] = []
        var oldest = 0
        var bytes = 0
    }

    private let state = Mutex(State())
    private let capacity: Int

    /// - Parameter capacity: in bytes, of bodies and their compressed forms.
    init(capacity: Int) {
        self.capacity = capacity
    }

    /// - Returns: nil when nothing is known of the body; a nil inside when it does not get smaller.
    func find(_ key: Key, _ body: [UInt8]) -> [UInt8]?? {
        let found = state.withLock { $0.entries[key] }
        guard let found, found.body == body else { return nil }
        return .some(found.encoded)
    }

    func keep(_ encoded: [UInt8]?, for key: Key, _ body: [UInt8]) {
        let entry = Entry(body: body, encoded: encoded)
        guard entry.bytes <= capacity / 4 else { return }
        state.withLock { state in
            if let old = state.entries.updateValue(entry, forKey: key) {
                state.bytes -= old.bytes
            } else {
                state.order.append(key)
            }
            state.bytes += entry.bytes
            while state.bytes > capacity, state.oldest < state.order.count {
                let key = state.order[state.oldest]
                state.oldest += 1
                if let old = state.entries.removeValue(forKey: key) { state.bytes -= old.bytes }
            }
            if state.oldest > 1024, state.oldest * 2 > state.order.count {
                state.order.removeFirst(state.oldest)
                state.oldest = 0
            }
        }
    }

    /// For tests.
    var count: Int { state.withLock { $0.entries.count } }
    var bytes: Int { state.withLock { $0.bytes } }
}
