import ResponseCache
import Testing

@Suite("Purges of the store in memory")
struct MemoryStorePurgeTests {
    func filled(_ count: Int = 2_000) -> MemoryStore {
        let store = MemoryStore(shards: 4)
        for number in 0..<count {
            let tags = number.isMultiple(of: 3) ? ["third"] : []
            let response = StoredResponse.sample(url: "https://shop.test/\(number)", tags: tags)
            store.store(.response(response), for: CacheKey(number), keepUntil: start)
        }
        return store
    }

    @Test("a purge removes what it names at once, in all shards, and says how much")
    func removes() {
        let store = filled()
        #expect(store.purge(.tag("third")) == 667)
        #expect(store.purge(.url("https://shop.test/1")) == 1)
        #expect(store.purge(.prefix("https://shop.test/199")) == 8)
        #expect(store.statistics.entries == 2_000 - 676)
        #expect(store.statistics.purges == 676)
        #expect(store.body(CacheKey(3)) == nil)
        #expect(store.body(CacheKey(2)) != nil)
        #expect(store.purge(.all) == 2_000 - 676)
        #expect(store.statistics.entries == 0)
    }

    @Test("what a recorded purge names is not found, though nothing has removed it yet")
    func recorded() {
        let store = filled()
        store.purges.record(.tag("third"))
        #expect(store.statistics.entries == 2_000)
        #expect((0..<2_000).allSatisfy { (store.body(CacheKey($0)) == nil) == $0.isMultiple(of: 3) })
        #expect(store.statistics.purges == 667)
        #expect(store.statistics.hits == 1_333)
        #expect(store.statistics.misses == 667)
    }

    @Test("a response that was requested before a purge is not found, though it is stored after it")
    func late() {
        let store = MemoryStore()
        let generation = store.purges.current
        store.purges.record(.url("https://shop.test/1"))
        let late = StoredResponse.sample(url: "https://shop.test/1", generation: generation)
        store.store(.response(late), for: CacheKey(1), keepUntil: start)
        #expect(store.body(CacheKey(1)) == nil)
        let new = StoredResponse.sample(url: "https://shop.test/1", generation: store.purges.current)
        store.store(.response(new), for: CacheKey(1), keepUntil: start)
        #expect(store.body(CacheKey(1)) == [])
    }

    @Test("sweeps remove what is purged, and let the rest outlive purges that are forgotten")
    func sweeps() {
        let store = MemoryStore(shards: 1, purges: PurgeLog(limit: 100))
        for number in 0..<100 {
            let response = StoredResponse.sample(url: "https://shop.test/\(number)")
            store.store(.response(response), for: CacheKey(number), keepUntil: start)
        }
        for number in 0..<50 { store.purges.record(.url("https://shop.test/\(number)")) }
        #expect(store.sweep(now: start, limit: 1_000) == 50)
        // As many more as to forget the first.
        for number in 0..<60 { store.purges.record(.url("https://shop.test/other/\(number)")) }
        #expect(store.purges.isPurged(generation: 0, url: "https://shop.test/60", tags: []))
        #expect((50..<100).allSatisfy { store.body(CacheKey($0)) != nil })
    }
}
