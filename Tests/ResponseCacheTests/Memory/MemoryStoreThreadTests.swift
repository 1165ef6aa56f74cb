import ResponseCache
import TestSupport
import Testing

@Suite("The store in memory and several threads")
struct MemoryStoreThreadTests {
    static let tasks = 4
    static let rounds = 10_000
    static let keys = 300

    @Test("threads that search, store, remove, sweep and purge at once find what belongs to the key")
    func hammered() async {
        let store = MemoryStore(capacity: 128 << 10, shards: 2)
        let outcomes = await withTaskGroup(of: Outcome.self) { group in
            for task in 0..<Self.tasks { group.addTask { Self.hammer(store, seed: UInt64(task)) } }
            return await group.reduce(into: [Outcome]()) { $0.append($1) }
        }
        #expect(outcomes.allSatisfy { $0.wrong == 0 })
        #expect(outcomes.reduce(0) { $0 + $1.found } > 1_000)
        let statistics = store.statistics
        #expect(statistics.bytes <= statistics.capacity)
        #expect(statistics.hits == outcomes.reduce(0) { $0 + $1.found })
        #expect(statistics.hits + statistics.misses == outcomes.reduce(0) { $0 + $1.searches })
    }

    @Test("what one thread purged, none finds after it")
    func purgesHold() async {
        let store = MemoryStore(capacity: 4 << 20, shards: 2)
        let stale = await withTaskGroup(of: Int.self) { group in
            for task in 0..<Self.tasks {
                group.addTask {
                    var stale = 0
                    for round in 0..<500 {
                        let key = CacheKey(task * 1_000_000 + round)
                        let url = "https://shop.test/\(task)/\(round)"
                        let response = StoredResponse.sample([1], url: url, generation: store.purges.current)
                        store.store(.response(response), for: key, keepUntil: start)
                        store.purges.record(round.isMultiple(of: 2) ? .url(url) : .prefix(url))
                        if store.body(key) != nil { stale += 1 }
                    }
                    return stale
                }
            }
            return await group.reduce(0, +)
        }
        #expect(stale == 0)
    }

    private struct Outcome: Sendable {
        var wrong = 0
        var found = 0
        var searches = 0
    }

    private static func hammer(_ store: MemoryStore, seed: UInt64) -> Outcome {
        var random = SeededGenerator(seed: seed)
        var outcome = Outcome()
        for round in 0..<rounds {
            let number = Int.random(in: 0..<keys, using: &random)
            let key = CacheKey(number)
            switch Int.random(in: 0..<100, using: &random) {
            case ..<60:
                outcome.searches += 1
                guard let body = store.body(key) else { continue }
                outcome.found += 1
                if body.contains(where: { $0 != UInt8(number & 0xFF) }) { outcome.wrong += 1 }
            case ..<90:
                let body = Array(repeating: UInt8(number & 0xFF), count: Int.random(in: 1...2_000, using: &random))
                let response = StoredResponse.sample(
                    body,
                    url: "https://shop.test/\(number)",
                    generation: store.purges.current
                )
                store.store(.response(response), for: key, keepUntil: start.advanced(by: Int64(round % 3) - 1))
            case ..<94: store.remove(key)
            case ..<97: store.sweep(now: start, limit: 64)
            case ..<99: store.purges.record(.url("https://shop.test/\(number)"))
            default: store.purge(.prefix("https://shop.test/\(number % 10)"))
            }
        }
        return outcome
    }
}
