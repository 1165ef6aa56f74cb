import CXXHash

/// The keys in Redis.
///
/// | key | what |
/// | --- | --- |
/// | `PREFIX:` and 32 hexadecimal digits | one entry (`SharedEntry`), with a time to live. The digits are XXH3-128 of the key's bytes, seed 0, the high half first |
/// | `{PREFIX}:purge:epoch` | a random number that tells this counter from one that Redis has lost |
/// | `{PREFIX}:purge:count` | how many purges there were in this epoch |
/// | `{PREFIX}:purge:log` | a sorted set of the last purges, by number |
/// | `{PREFIX}:purges` | the channel on which purges are told |
///
/// An entry is read and written by commands with one key, so entries spread over a Cluster's nodes. The braces, a hash
/// tag, keep on one node what the purge scripts touch together.
struct SharedKey {
    let epoch: [UInt8]
    let count: [UInt8]
    let log: [UInt8]
    let channel: [UInt8]
    private let prefix: [UInt8]

    init(prefix: String) {
        self.prefix = Array("\(prefix):".utf8)
        epoch = Array("{\(prefix)}:purge:epoch".utf8)
        count = Array("{\(prefix)}:purge:count".utf8)
        log = Array("{\(prefix)}:purge:log".utf8)
        channel = Array("{\(prefix)}:purges".utf8)
    }

    func entry(_ key: CacheKey) -> [UInt8] {
        let hash = key.bytes.withUnsafeBytes { medley_xxh3_128($0.baseAddress, $0.count) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(prefix.count + 32)
        bytes += prefix
        for half in [hash.high, hash.low] {
            for shift in stride(from: UInt64(60), through: 0, by: -4) {
                let digit = UInt8(truncatingIfNeeded: half >> shift) & 15
                bytes.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
            }
        }
        return bytes
    }
}
