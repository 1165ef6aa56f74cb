import ResponseCache

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

/// Requests in a row. Those whose key is negative are of a scan: nobody asks for them twice.
struct Trace {
    static let keys = 50_000
    static let length = 400_000

    var name: String
    var requests: [Int]
    var hasUnlikeSizes = true

    static var all: [Trace] {
        [0.7, 0.8, 0.9, 1.0, 1.1].map { zipf($0) } + [
            sameSizes(0.9), scanned(0.9), burst(0.9), shifting(0.9), loop(),
        ]
    }

    private static func zipf(_ skew: Double) -> Trace {
        let zipf = Zipf(count: keys, skew: skew)
        var numbers = Numbers(seed: 1)
        return Trace(name: "Zipf \(skew)", requests: (0..<length).map { _ in zipf.draw(&numbers) })
    }

    private static func sameSizes(_ skew: Double) -> Trace {
        Trace(name: "Zipf \(skew), one size", requests: zipf(skew).requests, hasUnlikeSizes: false)
    }

    /// A crawler beside the clients.
    private static func scanned(_ skew: Double) -> Trace {
        let requests = zipf(skew).requests.enumerated().map { $0.offset % 3 == 2 ? -1 - $0.offset : $0.element }
        return Trace(name: "Zipf \(skew), 1/3 a scan", requests: requests)
    }

    /// A crawler that comes and goes.
    private static func burst(_ skew: Double) -> Trace {
        let requests = zipf(skew).requests.enumerated().map {
            $0.offset % 80_000 >= 60_000 ? -1 - $0.offset : $0.element
        }
        return Trace(name: "Zipf \(skew), scans now and then", requests: requests)
    }

    /// What is popular changes: every 40,000 requests by a tenth of the ranks.
    private static func shifting(_ skew: Double) -> Trace {
        let requests = zipf(skew).requests.enumerated().map { ($0.element + $0.offset / 40_000 * 5_000) % keys }
        return Trace(name: "Zipf \(skew), popularity shifts", requests: requests)
    }

    /// More than there is room for, again and again in the same order.
    private static func loop() -> Trace {
        Trace(name: "loop over all keys", requests: (0..<length).map { $0 % keys })
    }
}

enum HitRatios {
    /// Requests before any is counted.
    private static let warmUp = 100_000
    /// What the tables of the store take for an entry, for the others to take as well.
    private static let overhead = 96
    /// From 256 bytes to 32 KiB, each doubling as often as the next; shared, since only their size matters.
    private static let bodies = (0..<57).map { [UInt8](repeating: 0x20, count: Int(256 * power(2, Double($0) / 8))) }
    private static let sameBody = [UInt8](repeating: 0x20, count: 4_096)

    static func run() {
        print(
            column("hits of 100 requests, scans not counted", 40, right: false) + column("room", 8)
                + column("store", 8) + column("LRU", 8) + column("FIFO", 8)
        )
        for trace in Trace.all {
            for percent in trace.name.hasPrefix("loop") ? [50, 75] : [1, 10] { row(trace, percent) }
        }
    }

    private static func row(_ trace: Trace, _ percent: Int) {
        let entries = entries(of: trace)
        let total = entries.reduce(0) { $0 + $1.bytes }
        let capacity = total / 100 * percent
        let store = MemoryStore(capacity: capacity)
        var lru = QueueCache(capacity: capacity, movesHits: true)
        var fifo = QueueCache(capacity: capacity, movesHits: false)
        var counted = 0
        var hits = (store: 0, lru: 0, fifo: 0)
        for (position, number) in trace.requests.enumerated() {
            let sample = number < 0 ? scanned(number, trace) : entries[number]
            let inStore = store.entry(for: sample.key, now: Samples.now) != nil
            if !inStore { store.store(sample.entry, for: sample.key, keepUntil: Samples.now) }
            let inLRU = lru.request(number, bytes: sample.bytes)
            let inFIFO = fifo.request(number, bytes: sample.bytes)
            guard position >= warmUp, number >= 0 else { continue }
            counted += 1
            hits.store += inStore ? 1 : 0
            hits.lru += inLRU ? 1 : 0
            hits.fifo += inFIFO ? 1 : 0
        }
        print(
            column(trace.name, 40, right: false) + column("\(percent) %", 8)
                + [hits.store, hits.lru, hits.fifo].map { column(decimal(Double($0 * 100) / Double(counted)), 8) }
                .joined()
        )
    }

    private struct Sample {
        var key: CacheKey
        var entry: StoredEntry
        var bytes: Int
    }

    private static func entries(of trace: Trace) -> [Sample] {
        var numbers = Numbers(seed: 2)
        return (0..<Trace.keys).map { sample($0, trace.hasUnlikeSizes ? bodies.randomElement(using: &numbers) : nil) }
    }

    private static func scanned(_ number: Int, _ trace: Trace) -> Sample {
        sample(number, trace.hasUnlikeSizes ? bodies[-number % bodies.count] : nil)
    }

    private static func sample(_ number: Int, _ body: [UInt8]?) -> Sample {
        let key = Samples.key(number)
        let entry = StoredEntry.response(Samples.response(number, body: body ?? sameBody))
        return Sample(key: key, entry: entry, bytes: entry.footprint + key.footprint + overhead)
    }
}
