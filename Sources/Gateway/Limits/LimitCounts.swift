import RateLimits

/// What one limit has decided.
struct LimitCounts: Sendable {
    var name: String
    var allowed: Int
    var refused: Int
    /// Decided without Redis, though the limit is shared.
    var unshared: Int
    var keys: Int
    var forgotten: Int

    init(name: String, _ entry: LimitBook.Entry) {
        self.name = name
        allowed = entry.allowed
        refused = entry.refused
        unshared = entry.unshared
        keys = entry.limit.count
        forgotten = entry.limit.forgotten
    }

    static func write(_ limits: [LimitCounts], to metrics: inout MetricsText) {
        guard !limits.isEmpty else { return }
        metrics.begin("medley_limit_decisions_total", .counter, "Requests by limit and what it decided.")
        for limit in limits {
            for (result, count) in [("allowed", limit.allowed), ("refused", limit.refused)] {
                metrics.sample("medley_limit_decisions_total", [("limit", limit.name), ("result", result)], count)
            }
        }
        metrics.begin(
            "medley_limit_without_redis_total",
            .counter,
            "Requests under a shared limit that Redis was not asked about, or did not answer."
        )
        for limit in limits {
            metrics.sample("medley_limit_without_redis_total", [("limit", limit.name)], limit.unshared)
        }
        metrics.begin("medley_limit_keys", .gauge, "Keys that this node remembers.")
        for limit in limits { metrics.sample("medley_limit_keys", [("limit", limit.name)], limit.keys) }
        metrics.begin(
            "medley_limit_forgotten_keys_total",
            .counter,
            "Keys that had spent something and were forgotten for want of room."
        )
        for limit in limits {
            metrics.sample("medley_limit_forgotten_keys_total", [("limit", limit.name)], limit.forgotten)
        }
    }
}
