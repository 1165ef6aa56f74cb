/// One request that a fixture backend has read, and when.
public struct ReplayedExchange: Sendable {
    public var backend: String
    public var method: String
    /// Path and query as they were sent.
    public var target: String
    /// In the order received, names as they were sent.
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    /// The name of the fixture that answers; nil when none matched.
    public var fixture: String?
    /// When the request was read in full.
    public var began: ContinuousClock.Instant
    /// When the whole answer was handed to the operating system; of one that does not arrive whole, when the connection
    /// was closed or reset, by either side. Nil: not yet.
    public var ended: ContinuousClock.Instant?

    /// What the entry weighs against ``JournalLimits/bytes``: its texts, not their overhead.
    var byteCount: Int {
        headers.reduce(target.utf8.count + body.count) { $0 + $1.name.utf8.count + $1.value.utf8.count }
    }
}

/// How much a journal keeps before it drops the oldest entries.
public struct JournalLimits: Sendable {
    public var entries: Int
    /// Of targets, headers and bodies together.
    public var bytes: Int

    public init(entries: Int = 10_000, bytes: Int = 64 << 20) {
        self.entries = entries
        self.bytes = bytes
    }
}
