/// Durations and sizes as settings and compositions write them.
public enum Quantity {
    /// A duration such as `"250ms"`, `"2s"`, `"5m"`, `"1h"`: a whole number and a unit, at least zero, at most a year.
    public static func duration(_ text: String) -> Duration? {
        guard let (count, unit) = split(text), let milliseconds = durationUnits[unit] else { return nil }
        let (product, overflow) = count.multipliedReportingOverflow(by: milliseconds)
        guard !overflow, product <= 366 * 86_400_000 else { return nil }
        return .milliseconds(product)
    }

    /// A size in bytes such as `"512"`, `"64KiB"`, `"8MiB"`, `"10MB"`; at most 2^40 bytes.
    public static func size(_ text: String) -> Int? {
        guard let (count, unit) = split(text), let bytes = sizeUnits[unit] else { return nil }
        let (product, overflow) = count.multipliedReportingOverflow(by: bytes)
        guard !overflow, product <= 1 << 40 else { return nil }
        return product
    }

    private static let durationUnits = ["ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
    private static let sizeUnits = [
        "": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "kB": 1000, "KB": 1000, "MB": 1_000_000,
        "GB": 1_000_000_000,
    ]

    private static func split(_ text: String) -> (Int, String)? {
        let digits = text.utf8.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        guard !digits.isEmpty, digits.count <= 12, let count = Int(String(digits) ?? "") else { return nil }
        return (count, String(text.dropFirst(digits.count)))
    }
}

extension Duration {
    /// Whole milliseconds, rounded down, clamped to what an `Int` holds.
    public var milliseconds: Int {
        let (seconds, attoseconds) = components
        let (product, overflow) = Int(seconds).multipliedReportingOverflow(by: 1000)
        return overflow ? (seconds < 0 ? .min : .max) : product + Int(attoseconds / 1_000_000_000_000_000)
    }

    /// The shortest spelling that `Quantity.duration` reads back: `"250ms"`, `"2s"`, `"5m"`.
    public var spelled: String {
        let count = milliseconds
        switch count {
        case _ where count % 1000 != 0: return "\(count)ms"
        case _ where count % 60_000 != 0 || count == 0: return "\(count / 1000)s"
        case _ where count % 3_600_000 != 0: return "\(count / 60_000)m"
        default: return "\(count / 3_600_000)h"
        }
    }
}
