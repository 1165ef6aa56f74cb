import ResponseCache
import TestSupport
import Testing

/// Random operations on a store, and on a dictionary and a list of purges that do the same the slow way.
@Suite("The store in memory against a model")
struct MemoryStoreModelTests {
    static let seeds: ClosedRange<UInt64> = 1...20

    @Test("with room for everything, a search finds exactly what the model has", arguments: seeds)
    func agrees(seed: UInt64) {
        var run = ModelRun(seed: seed, capacity: 64 << 20, largestBody: 300)
        for _ in 0..<5_000 { run.step() }
        #expect(run.errors == [])
        #expect(run.missed == 0)
        #expect(run.found > 100)
        #expect(run.store.statistics.hits == run.found)
        #expect(run.store.statistics.evictions == 0)
        run.store.sweep(now: run.now, limit: 1_000_000)
        #expect(run.store.statistics.entries == run.live.count)
    }

    @Test("with little room, it finds nothing else, and stays within its bytes", arguments: seeds)
    func staysWithinBounds(seed: UInt64) {
        var run = ModelRun(seed: seed, capacity: 96 << 10, largestBody: 6_000)
        for _ in 0..<5_000 { run.step() }
        #expect(run.errors == [])
        #expect(run.found > 100)
        #expect(run.missed > 100)
        #expect(run.store.statistics.hits == run.found)
        #expect(run.store.statistics.evictions > 100)
    }
}

private struct ModelRun {
    struct Kept {
        var response: StoredResponse
        var keepUntil: WallTime
    }

    static let keys = 200
    static let tags = ["red", "green", "blue"]

    let store: MemoryStore
    let largestBody: Int
    var random: SeededGenerator
    var now = start
    var kept: [Int: Kept] = [:]
    var purges: [Purge] = []
    var found = 0
    var missed = 0
    var searches = 0
    var errors: [String] = []

    init(seed: UInt64, capacity: Int, largestBody: Int) {
        store = MemoryStore(capacity: capacity, shards: 2)
        random = SeededGenerator(seed: seed)
        self.largestBody = largestBody
    }

    var live: [Int: Kept] { kept.filter { isLive($0.value) } }

    func isLive(_ kept: Kept) -> Bool {
        let response = kept.response
        return kept.keepUntil >= now
            && !purges.contains {
                $0.generation > response.generation && $0.target.matches(url: response.url, tags: response.tags)
            }
    }

    mutating func step() {
        let key = Int.random(in: 0..<Self.keys, using: &random)
        switch Int.random(in: 0..<1_000, using: &random) {
        case ..<550: search(key)
        case ..<900: save(key)
        case ..<940:
            kept[key] = nil
            store.remove(CacheKey(key))
        case ..<970: now = now.advanced(by: Int64.random(in: 0...200, using: &random))
        case ..<980: store.sweep(now: now, limit: Int.random(in: 0...50, using: &random))
        case ..<999: purge(key)
        default:
            kept = [:]
            store.removeAll()
        }
        let statistics = store.statistics
        if statistics.bytes > statistics.capacity { errors.append("\(statistics.bytes) bytes are taken") }
        if statistics.hits + statistics.misses != searches { errors.append("searches are not counted") }
    }

    mutating func search(_ key: Int) {
        searches += 1
        let expected = kept[key].flatMap { isLive($0) ? $0.response : nil }
        guard let response = store.entry(for: CacheKey(key), now: now)?.response else {
            if expected != nil { missed += 1 }
            return
        }
        found += 1
        if response !== expected { errors.append("key \(key) has what it should not") }
    }

    mutating func save(_ key: Int) {
        // Its request was sent before some of the purges that are known by now.
        let lag = random.chance(1, in: 4) ? UInt64.random(in: 0...3, using: &random) : 0
        let response = StoredResponse.sample(
            Array(repeating: UInt8(truncatingIfNeeded: key), count: Int.random(in: 0...largestBody, using: &random)),
            url: url(of: key),
            tags: Self.tags.filter { _ in random.chance(1, in: 4) },
            generation: store.purges.current - min(lag, store.purges.current)
        )
        let keepUntil = now.advanced(by: Int64.random(in: 0...3_000, using: &random))
        let isStored = store.store(.response(response), for: CacheKey(key), keepUntil: keepUntil)
        kept[key] = isStored ? Kept(response: response, keepUntil: keepUntil) : nil
    }

    /// Also freed at once, or left for searches and sweeps to find.
    mutating func purge(_ key: Int) {
        let target: Purge.Target =
            switch Int.random(in: 0..<20, using: &random) {
            case ..<14: .url(url(of: key))
            case ..<17: .prefix("https://shop.test/products/\(key % 10)")
            case ..<19: .tag(random.pick(Self.tags))
            default: .all
            }
        purges.append(store.purges.record(target))
        if random.chance(1, in: 2) { store.purge(target) }
        if case .all = target, random.chance(1, in: 2) { store.removeAll() }
    }

    func url(of key: Int) -> String { "https://shop.test/products/\(key)" }
}
