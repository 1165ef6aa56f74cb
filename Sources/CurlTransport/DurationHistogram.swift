/// How many durations there were below each of some bounds, and their sum: what a histogram of Prometheus is made of.
public struct DurationHistogram: Hashable, Sendable {
    /// Upper bounds in milliseconds; a last bucket has what is longer.
    public static let bounds = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000]

    private static let nanoseconds = bounds.map { UInt64($0 * 1_000_000) }

    /// By bucket, each for itself: not yet summed up.
    public private(set) var counts = [UInt64](repeating: 0, count: DurationHistogram.bounds.count + 1)
    /// Of all durations, in nanoseconds.
    public private(set) var sum: UInt64 = 0

    public init() {}

    public mutating func add(nanoseconds duration: UInt64) {
        let bucket = Self.nanoseconds.firstIndex { duration <= $0 } ?? Self.nanoseconds.count
        counts[bucket] &+= 1
        sum &+= duration
    }

    public static func += (sum: inout DurationHistogram, other: DurationHistogram) {
        for (index, count) in other.counts.enumerated() { sum.counts[index] &+= count }
        sum.sum &+= other.sum
    }
}
