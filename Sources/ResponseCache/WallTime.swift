#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A point in time as clocks of several machines tell it: milliseconds since 1970-01-01T00:00:00Z. Caches compare it with
/// the dates in messages; a deadline within one process belongs to a monotonic clock.
public struct WallTime: Hashable, Comparable, Sendable {
    public var milliseconds: Int64

    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    public static func < (one: WallTime, other: WallTime) -> Bool { one.milliseconds < other.milliseconds }

    /// The milliseconds from another time to this one; negative when this one is earlier. Does not overflow.
    public func since(_ earlier: WallTime) -> Int64 {
        let (difference, overflow) = milliseconds.subtractingReportingOverflow(earlier.milliseconds)
        return overflow ? (milliseconds < 0 ? .min : .max) : difference
    }

    /// A later time, or an earlier one. Does not overflow.
    public func advanced(by milliseconds: Int64) -> WallTime {
        let (sum, overflow) = self.milliseconds.addingReportingOverflow(milliseconds)
        return WallTime(milliseconds: overflow ? (milliseconds < 0 ? .min : .max) : sum)
    }
}

extension WallTime {
    /// The time of day by this machine's clock.
    public static func now() -> WallTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
