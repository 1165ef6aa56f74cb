import ResponseCache

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A million distinct keys through a store of the default size: what it counts, and what the process has grown by.
enum Memory {
    private static let keys = 1_000_000

    static func run() {
        var numbers = Numbers(seed: 3)
        let store = MemoryStore()
        let before = residentBytes()
        var stored = 0
        for (name, range, count) in [
            ("bodies of 0.1 to 2 KB", 100...2_000, keys),
            // Bodies of another size find holes in the heap that do not fit.
            ("then of 2 to 60 KB", 2_000...60_000, keys / 5),
            ("then of 50 to 500 B", 50...500, keys / 5),
        ] {
            for _ in 0..<count {
                let bytes = Int.random(in: range, using: &numbers)
                let key = Samples.key(stored)
                if store.entry(for: key, now: Samples.now) == nil {
                    store.store(Samples.entry(stored, bytes: bytes), for: key, keepUntil: Samples.now)
                }
                stored += 1
            }
            report(name, stored, store.statistics, grown: residentBytes() - before)
        }
    }

    private static func report(_ name: String, _ stored: Int, _ statistics: CacheStatistics, grown: Int) {
        let parts = [statistics.capacity, statistics.bytes, grown].map { decimal(Double($0) / Double(1 << 20)) }
        let ratio = decimal(Double(grown) / Double(statistics.bytes), places: 2)
        print(
            column(name, 24, right: false)
                + "\(stored) keys, \(statistics.entries) kept: capacity \(parts[0]) MiB, counted \(parts[1]) MiB, "
                + "resident set grew by \(parts[2]) MiB, \(ratio) of what is counted"
        )
    }

    /// VmRSS of /proc/self/status.
    private static func residentBytes() -> Int {
        guard let file = fopen("/proc/self/status", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard text.hasPrefix("VmRSS:") else { continue }
            return (Int(text.filter(\.isNumber)) ?? 0) << 10
        }
        return 0
    }
}
