/// How much may be asked for, and within which time.
public enum LimitRule: Hashable, Sendable {
    /// So many within a period, evenly; and so many at once.
    case rate(Rate)
    /// So many within a day or a month of the calendar.
    case quota(Quota)

    /// What is allowed over and over, refilled without a pause.
    public struct Rate: Hashable, Sendable {
        /// 1 to a thousand million.
        public let limit: Int
        /// Nanoseconds, from a millisecond to 366 days.
        public let period: Int64
        /// The most at once, after a pause that was long enough: 1 to a thousand million.
        public let burst: Int

        /// - Returns: nil when a value is out of its range.
        public init?(limit: Int, period: Int64, burst: Int) {
            guard LimitRule.counts.contains(limit), LimitRule.counts.contains(burst),
                (1_000_000...Self.longest).contains(period)
            else { return nil }
            self.limit = limit
            self.period = period
            self.burst = burst
        }

        static let longest: Int64 = 366 * 86_400 * 1_000_000_000

        /// Per nanosecond.
        var pace: Double { Double(limit) / Double(period) }
    }

    /// What is allowed within a window of the calendar, in UTC.
    public struct Quota: Hashable, Sendable {
        /// 1 to a thousand million.
        public let limit: Int
        public let window: CalendarWindow

        /// - Returns: nil when the limit is out of its range.
        public init?(limit: Int, window: CalendarWindow) {
            guard LimitRule.counts.contains(limit) else { return nil }
            self.limit = limit
            self.window = window
        }
    }

    static let counts = 1...1_000_000_000

    /// The most that may be spent at once.
    public var most: Int {
        switch self {
        case .rate(let rate): rate.burst
        case .quota(let quota): quota.limit
        }
    }

    /// The same rule for a node that has a part of it alone; at least 1 of everything.
    ///
    /// - Parameter share: above 0, up to 1.
    public func sharing(_ share: Double) -> LimitRule {
        func part(_ count: Int) -> Int { max(1, Int((Double(count) * share).rounded(.down))) }
        switch self {
        case .rate(let rate):
            // The period is stretched instead of the limit cut, so that a part of a small limit stays exact.
            let stretched = min(Double(rate.period) / share, Double(Rate.longest))
            let made = Rate(limit: rate.limit, period: Int64(stretched), burst: part(rate.burst))
            return made.map(LimitRule.rate) ?? self
        case .quota(let quota):
            return Quota(limit: part(quota.limit), window: quota.window).map(LimitRule.quota) ?? self
        }
    }
}
