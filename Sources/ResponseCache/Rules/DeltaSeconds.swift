/// Durations in fields: whole seconds (RFC 9111, section 1.2.2).
enum DeltaSeconds {
    /// What stands for a number that is too large: more than two hundred thousand years of milliseconds, and small enough
    /// that a few of them can be added.
    static let largest: Int64 = 1 << 53

    /// Milliseconds; nil when the text is not one or more digits.
    static func milliseconds(_ text: some Collection<UInt8>) -> Int64? {
        guard !text.isEmpty else { return nil }
        var seconds: Int64 = 0
        for byte in text {
            guard ASCII.isDigit(byte) else { return nil }
            // Stops counting where more digits cannot matter, and goes on reading them.
            if seconds <= largest { seconds = seconds * 10 + Int64(byte - ASCII.zero) }
        }
        return milliseconds(seconds: seconds)
    }

    /// Negative numbers are 0: stale.
    static func milliseconds(seconds: Int64) -> Int64 {
        min(max(seconds, 0), largest / 1_000) * 1_000
    }
}
