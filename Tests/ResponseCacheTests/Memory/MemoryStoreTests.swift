import ResponseCache
import Testing

@Suite("The store in memory")
struct MemoryStoreTests {
    static let later = start.advanced(by: 60_000)

    @Test("what was stored is found, and the last stored of a key alone")
    func storesAndReplaces() {
        let store = MemoryStore(shards: 1)
        #expect(store.body(CacheKey(1)) == nil)
        #expect(store.store(.sample([1]), for: CacheKey(1), keepUntil: Self.later))
        #expect(store.store(.sample([2]), for: CacheKey(2), keepUntil: Self.later))
        #expect(store.store(.sample([3]), for: CacheKey(1), keepUntil: Self.later))
        #expect(store.body(CacheKey(1)) == [3])
        #expect(store.body(CacheKey(2)) == [2])
        #expect(store.statistics.entries == 2)
        #expect(store.statistics.hits == 2)
        #expect(store.statistics.misses == 1)
    }

    @Test("the names of Vary are kept under a key as a response is")
    func keepsVary() {
        let store = MemoryStore()
        store.store(.varies(["accept-language"]), for: CacheKey(1), keepUntil: Self.later)
        guard case .varies(let names)? = store.entry(for: CacheKey(1), now: start) else {
            Issue.record("not found")
            return
        }
        #expect(names == ["accept-language"])
    }

    @Test("an entry is returned until its last millisecond, and counted as expired after it")
    func expires() {
        let store = MemoryStore(shards: 1)
        store.store(.sample([1]), for: CacheKey(1), keepUntil: Self.later)
        #expect(store.body(CacheKey(1), now: Self.later) == [1])
        #expect(store.body(CacheKey(1), now: Self.later.advanced(by: 1)) == nil)
        #expect(store.statistics.expirations == 1)
        #expect(store.statistics.entries == 0)
        #expect(store.body(CacheKey(1), now: Self.later) == nil)
    }

    @Test("sweeps remove what nobody asks for any more, a few at a time, and nothing else")
    func sweeps() {
        let store = MemoryStore(shards: 4)
        for number in 0..<1_000 {
            let keepUntil = number.isMultiple(of: 2) ? start : Self.later
            store.store(.sample(), for: CacheKey(number), keepUntil: keepUntil)
        }
        #expect(store.sweep(now: start, limit: 10_000) == 0)
        let now = start.advanced(by: 1)
        #expect((1...100).contains(store.sweep(now: now, limit: 100)))
        for _ in 0..<20 { store.sweep(now: now, limit: 100) }
        #expect(store.statistics.entries == 500)
        #expect(store.statistics.expirations == 500)
        #expect((0..<1_000).allSatisfy { (store.body(CacheKey($0), now: now) == nil) == $0.isMultiple(of: 2) })
    }

    @Test("an entry larger than a shard is refused, and takes the one before it along")
    func refusesTheLarge() {
        let store = MemoryStore(capacity: 256 << 10, shards: 4)
        #expect(store.store(.sample([1]), for: CacheKey(1), keepUntil: Self.later))
        #expect(!store.store(.sample(Array(repeating: 0, count: 64 << 10)), for: CacheKey(1), keepUntil: Self.later))
        #expect(store.body(CacheKey(1)) == nil)
        #expect(store.store(.sample(Array(repeating: 0, count: 48 << 10)), for: CacheKey(1), keepUntil: Self.later))
    }

    @Test("a capacity below the table's own size holds nothing and does not fail")
    func holdsNothing() {
        for capacity in [-1, 0, 1, 1_000] {
            let store = MemoryStore(capacity: capacity, shards: 1)
            #expect(!store.store(.sample(), for: CacheKey(1), keepUntil: Self.later))
            #expect(store.body(CacheKey(1)) == nil)
            #expect(store.sweep(now: start, limit: 10) == 0)
        }
    }

    @Test("what is removed frees its bytes")
    func removes() {
        let store = MemoryStore(shards: 1)
        store.store(.sample([1]), for: CacheKey(1), keepUntil: Self.later)
        let before = store.statistics.bytes
        store.store(.sample(Array(repeating: 0, count: 10_000)), for: CacheKey(2), keepUntil: Self.later)
        #expect(store.statistics.bytes > before + 10_000)
        store.remove(CacheKey(2))
        store.remove(CacheKey(3))
        #expect(store.statistics.bytes == before)
        #expect(store.body(CacheKey(2)) == nil)
        store.removeAll()
        #expect(store.body(CacheKey(1)) == nil)
        #expect(store.statistics.entries == 0)
    }

    @Test("a scan passes by what is asked for again and again")
    func resistsScans() {
        let store = MemoryStore(capacity: 1 << 20, shards: 1)
        let popular = 0..<500
        for _ in 0..<4 {
            for number in popular where store.body(CacheKey(number)) == nil {
                store.store(.sample(), for: CacheKey(number), keepUntil: Self.later)
            }
        }
        for number in 10_000..<60_000 { store.store(.sample(), for: CacheKey(number), keepUntil: Self.later) }
        // All but the few that an eviction met at the end of its steps.
        #expect(popular.count { store.body(CacheKey($0)) != nil } >= 490)
        #expect(store.statistics.evictions > 40_000)
    }
}
