import RateLimits
import Synchronization

/// What has been spent, kept when endpoints and settings are loaded anew: a limit whose rule stays goes on where it was.
///
/// Safe from any thread.
final class LimitBook: Sendable {
    /// One policy's counts.
    final class Entry: Sendable {
        let limit: LocalLimit
        private let allowedCount = Atomic<Int>(0)
        private let refusedCount = Atomic<Int>(0)
        private let unsharedCount = Atomic<Int>(0)

        init(limit: LocalLimit) {
            self.limit = limit
        }

        /// Requests that it let through.
        var allowed: Int { allowedCount.load(ordering: .relaxed) }
        /// Requests that it refused.
        var refused: Int { refusedCount.load(ordering: .relaxed) }
        /// Requests that were decided without Redis, though the limit is shared.
        var unshared: Int { unsharedCount.load(ordering: .relaxed) }

        func count(isAllowed: Bool) {
            if isAllowed {
                allowedCount.wrappingAdd(1, ordering: .relaxed)
            } else {
                refusedCount.wrappingAdd(1, ordering: .relaxed)
            }
        }

        func countUnshared() { unsharedCount.wrappingAdd(1, ordering: .relaxed) }
    }

    private struct Identity: Hashable {
        var name: String
        var rule: LimitRule
        var capacity: Int
    }

    private let entries = Mutex<[Identity: Entry]>([:])

    /// The counts of a policy: those that are there, where nothing of it has changed.
    func entry(named name: String, rule: LimitRule, capacity: Int) -> Entry {
        entries.withLock { entries in
            let identity = Identity(name: name, rule: rule, capacity: capacity)
            if let entry = entries[identity] { return entry }
            let entry = Entry(limit: LocalLimit(rule: rule, capacity: capacity))
            // Another rule of the same name is no longer asked.
            entries = entries.filter { $0.key.name != name }
            entries[identity] = entry
            return entry
        }
    }

    /// Of the policies in use, by name.
    var counts: [(name: String, entry: Entry)] {
        entries.withLock { $0.map { ($0.key.name, $0.value) } }.sorted { $0.name < $1.name }
    }
}
