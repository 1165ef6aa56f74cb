#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// How long an answer is held back: always as long, or differently for each answer, but the same in every run.
public enum ReplayDelay: Hashable, Sendable {
    case fixed(Duration)
    /// Evenly from the first to the second.
    case between(Duration, Duration, seed: UInt64 = 0)
    /// Log-normal, as times over a network are: one half is faster than the median, one in a hundred slower than `p99`.
    case spread(median: Duration, p99: Duration, seed: UInt64 = 0)

    public static func milliseconds(_ count: Int) -> ReplayDelay { .fixed(.milliseconds(count)) }
    public static func seconds(_ count: Int) -> ReplayDelay { .fixed(.seconds(count)) }

    /// The longest of all.
    public static let maximum = Duration.seconds(3600)

    /// The delay of one answer.
    ///
    /// - Parameters:
    ///   - number: how many answers of the fixture came before.
    ///   - salt: tells fixtures apart that have one seed.
    func duration(ofAnswer number: Int, salt: UInt64 = 0) -> Duration {
        switch self {
        case .fixed(let duration):
            return duration
        case .between(let low, let high, let seed):
            return Self.bounded(low, plus: Self.random(number, 0, seed ^ salt) * Self.seconds(high - low))
        case .spread(let median, let p99, let seed):
            let uniform = (Self.random(number, 0, seed ^ salt), Self.random(number, 1, seed ^ salt))
            // Box and Muller: two even numbers make a normal one. One minus the first is never zero.
            let normal = (-2 * log(1 - uniform.0)).squareRoot() * cos(2 * .pi * uniform.1)
            let (middle, slow) = (Self.seconds(median), Self.seconds(p99))
            guard middle > 0, slow > middle else { return median }
            return Self.bounded(.zero, plus: middle * exp(normal * log(slow / middle) / Self.normal99))
        }
    }

    /// The number that a standard normal one exceeds once in a hundred times.
    private static let normal99 = 2.3263478740408408

    private static func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }

    private static func bounded(_ start: Duration, plus seconds: Double) -> Duration {
        let limit = Self.seconds(maximum)
        let whole = min(max(Self.seconds(start) + (seconds.isFinite ? seconds : limit), 0), limit)
        return .nanoseconds(Int64(whole * 1e9))
    }

    /// From 0 up to 1: SplitMix64 of what names the number, so that none depends on which were drawn before.
    private static func random(_ number: Int, _ part: UInt64, _ seed: UInt64) -> Double {
        var mixed = seed &+ (UInt64(bitPattern: Int64(number)) &* 2 &+ part &+ 1) &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        mixed ^= mixed >> 31
        return Double(mixed >> 11) * 0x1p-53
    }

    /// A number that a name gives in every run: FNV-1a.
    static func salt(of name: String) -> UInt64 {
        name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}
