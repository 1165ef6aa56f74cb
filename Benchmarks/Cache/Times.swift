import ResponseCache

/// Nanoseconds of the store's operations. As good as the machine is quiet.
enum Times {
    private static let rounds = 2_000_000

    static func run() async {
        let few = filled(1_000)
        let many = filled(40_000)
        report("hit, 1,000 keys", best { hits(few, keys: 1_000, seed: 1) })
        report("hit, 40,000 keys", best { hits(many, keys: 40_000, seed: 1) })
        report("hit, one key", best { hits(few, keys: 1, seed: 1) })
        report("hash of a key of \(Samples.key(500).bytes.count) bytes, in a hit", best { hashes() })
        report("miss", best { hits(few, keys: -1_000, seed: 1) })
        report("miss, store, one or more leave", best { stores(filled(1_000)) })
        report("hit, one purge since the last", best { checks(behind: 1) })
        report("hit, 10,000 purges of prefixes since", best { checks(behind: 10_000) })
        await report("hit, 1,000 keys, each of 2 threads", both { hits(few, keys: 1_000, seed: $0) })
        await report("hit, 40,000 keys, each of 2 threads", both { hits(many, keys: 40_000, seed: $0) })
        await report("hit, one key, each of 2 threads", both { hits(few, keys: 1, seed: $0) })
        let shared = filled(1_000)
        await report(
            "hit or store, each of 2 threads",
            both { $0 == 1 ? hits(shared, keys: 1_000, seed: 1) : stores(shared) }
        )
    }

    /// A search of what was last checked before so many purges of prefixes, none of them for it.
    private static func checks(behind count: Int) -> Double {
        let store = filled(1_000)
        for number in 0..<count { store.purges.record(.prefix("https://catalog.internal/products/0\(number)")) }
        let keys = (0..<1_000).map { Samples.key($0) }
        let start = ContinuousClock.now
        for key in keys where store.entry(for: key, now: Samples.now) == nil {
            preconditionFailure("it was not purged")
        }
        return (ContinuousClock.now - start) / .nanoseconds(1) / Double(keys.count)
    }

    private static func report(_ name: String, _ nanoseconds: Double) {
        print(column(name, 40, right: false) + column(decimal(nanoseconds), 8) + " ns")
    }

    private static func filled(_ count: Int) -> MemoryStore {
        let store = MemoryStore()
        for number in 0..<count {
            store.store(Samples.entry(number, bytes: 512), for: Samples.key(number), keepUntil: Samples.now)
        }
        return store
    }

    private static func best(_ measure: () -> Double) -> Double { (0..<5).map { _ in measure() }.min() ?? 0 }

    /// At the same time on two threads: the mean of the two, in the best of five rounds.
    private static func both(_ measure: @escaping @Sendable (UInt64) -> Double) async -> Double {
        var best = Double.infinity
        for _ in 0..<5 {
            async let one = concurrently { measure(1) }
            async let other = concurrently { measure(2) }
            best = await min(best, (one + other) / 2)
        }
        return best
    }

    @concurrent
    private static func concurrently(_ measure: @Sendable () -> Double) async -> Double { measure() }

    /// A negative number of keys is of such as are not there.
    private static func hits(_ store: MemoryStore, keys count: Int, seed: UInt64) -> Double {
        var numbers = Numbers(seed: seed)
        let keys = (0..<max(count, -count)).map { Samples.key(count < 0 ? -1 - $0 : $0) }
        let order = (0..<65_536).map { _ in Int.random(in: 0..<keys.count, using: &numbers) }
        var found = 0
        let start = ContinuousClock.now
        for round in 0..<rounds {
            if store.entry(for: keys[order[round & 65_535]], now: Samples.now) != nil { found += 1 }
        }
        let time = (ContinuousClock.now - start) / .nanoseconds(1)
        precondition(found == (count < 0 ? 0 : rounds) || count > 1_000 || store.statistics.evictions > 0)
        return time / Double(rounds)
    }

    private static func hashes() -> Double {
        let key = Samples.key(500)
        var sum = 0
        let start = ContinuousClock.now
        for _ in 0..<rounds {
            var hasher = Hasher()
            key.hash(into: &hasher)
            sum &+= hasher.finalize()
        }
        let time = (ContinuousClock.now - start) / .nanoseconds(1)
        precondition(sum != 0)
        return time / Double(rounds)
    }

    /// Of new keys, each searched first. What is stored is made before the clock starts.
    private static func stores(_ store: MemoryStore) -> Double {
        let count = 200_000
        let body = [UInt8](repeating: 0x20, count: 512)
        let keys = (0..<count).map { Samples.key(1_000_000 + $0) }
        let entries = (0..<count).map { StoredEntry.response(Samples.response(1_000_000 + $0, body: body)) }
        let start = ContinuousClock.now
        for (key, entry) in zip(keys, entries) where store.entry(for: key, now: Samples.now) == nil {
            store.store(entry, for: key, keepUntil: Samples.now)
        }
        return (ContinuousClock.now - start) / .nanoseconds(1) / Double(count)
    }
}
