#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The time of day, for `Date` fields and log lines. Deadlines use the monotonic clock instead.
struct WallClock: Sendable {
    /// Seconds and milliseconds since 1970-01-01T00:00:00Z.
    static func now() -> (seconds: Int, milliseconds: Int) {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return (Int(time.tv_sec), Int(time.tv_nsec) / 1_000_000)
    }

    /// Seconds since 1970-01-01T00:00:00Z, to the millisecond.
    static var seconds: Double {
        let now = now()
        return Double(now.seconds) + Double(now.milliseconds) / 1000
    }

    /// The time in UTC as `2026-11-24T07:30:00.250Z`.
    static func timestamp() -> String {
        let now = now()
        var bytes: [UInt8] = []
        CivilTime(secondsSince1970: now.seconds).appendTimestamp(milliseconds: now.milliseconds, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
