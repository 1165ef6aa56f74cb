#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Nanoseconds of a clock that never steps. Read once per turn of a loop.
package enum MonotonicClock {
    package static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}

extension Duration {
    /// Whole nanoseconds, from 0 to a year: longer is as good as for ever, and sums cannot overflow.
    public var boundedNanoseconds: UInt64 {
        let year: Int64 = 365 * 86_400
        if self <= .zero { return 0 }
        let (seconds, attoseconds) = components
        if seconds >= year { return UInt64(year) * 1_000_000_000 }
        return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    }

    /// Whole milliseconds, rounded up.
    var boundedMilliseconds: Int {
        Int((boundedNanoseconds + 999_999) / 1_000_000)
    }
}
