/// How the shared tier is reached and used. Everything but the address has a default.
public struct RedisSettings: Sendable {
    public var address: RedisAddress
    /// What all keys begin with, and the channel. Nodes with the same prefix share their entries.
    public var prefix = "medley"
    /// Within this a request has its answer, or goes on without.
    public var timeout: Duration = .milliseconds(30)
    /// From the look-up of the name to the answer to the greeting.
    public var connectTimeout: Duration = .milliseconds(500)
    /// Commands without an answer, of one loop.
    public var maxInFlight = 1024
    /// Bytes of a body that is stored or taken.
    public var maxEntry = CachePolicy.defaultMaxEntry
    /// Bodies of so many bytes and more are compressed, if they get smaller by it.
    public var compressFrom = 4 << 10
    /// Purges that Redis remembers for nodes that have missed them.
    public var purgeLogLength = 1_000
    /// How often a node asks whether it has missed a purge.
    public var purgeCheckInterval: Duration = .seconds(1)
    /// A file of certificates to trust over TLS. Nil: the system's.
    public var certificateAuthorities: String?

    /// Not the operator's.
    var breaker = RedisBreaker.Settings()
    var seed = UInt64.random(in: 0 ... .max)

    public init(address: RedisAddress) {
        self.address = address
    }

    /// Why a prefix cannot be used; nil when it can. Braces would put all keys of a Cluster on one node.
    public static func fault(ofPrefix prefix: String) -> String? {
        let isFit =
            (1...64).contains(prefix.utf8.count)
            && prefix.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x7B && $0 != 0x7D }
        return isFit ? nil : "the prefix of Redis's keys has 1 to 64 visible ASCII characters, but no { and }"
    }

    var connection: RedisConnection.Options {
        var options = RedisConnection.Options(address: address)
        options.connectTimeout = connectTimeout
        options.maxInFlight = maxInFlight
        options.certificateAuthorities = certificateAuthorities
        // What stands around a body, fields and key, is bounded too; and some entries are to fit in.
        options.maxReply = maxEntry + SharedEntry.maximumFrame
        options.maxUnsent = max(8 << 20, 2 * options.maxReply)
        return options
    }
}

/// What the tier has done since it began.
public struct RedisStatistics: Hashable, Sendable {
    public var hits: UInt64 = 0
    public var misses: UInt64 = 0
    public var writes: UInt64 = 0
    /// Commands that had no answer in time.
    public var timeouts: UInt64 = 0
    /// Commands that failed for another reason.
    public var errors: UInt64 = 0
    /// Requests that went on without Redis being asked: the breaker is open, writes are paused, no connection.
    public var refused: UInt64 = 0
    /// Connections after the first one of each loop.
    public var reconnects: UInt64 = 0
    public var probes: UInt64 = 0
    /// Purges that this node has told.
    public var purges: UInt64 = 0
    /// Questions about purges of others that were answered.
    public var checks: UInt64 = 0
    /// Scripts that were answered: shared limits.
    public var scripts: UInt64 = 0
    /// Connections that are in use, of all loops.
    public var connections = 0
    public var breakerIsOpen = false
}

public enum RedisLogLevel: Hashable, Sendable { case info, warning }

public typealias RedisLog = @Sendable (_ level: RedisLogLevel, _ message: String) -> Void
