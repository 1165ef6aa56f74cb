extension LimitRule.Rate: CustomStringConvertible {
    /// Reads `100/s`, `1000/10m` or `100/s burst 200`: a count, a period, and the most at once, which is the count where
    /// nothing is said of it. Units are `ms`, `s`, `m`, `h` and `d`.
    public init?(parsing text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: true)
        guard words.count == 1 || words.count == 3 && words[1] == "burst", let first = words.first else { return nil }
        let parts = first.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let limit = Self.count(parts[0]), let period = Self.period(parts[1]) else { return nil }
        guard words.count == 3 else {
            self.init(limit: limit, period: period, burst: limit)
            return
        }
        guard let burst = Self.count(words[2]) else { return nil }
        self.init(limit: limit, period: period, burst: burst)
    }

    private static func count(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 10, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }

    private static let units: [(name: Substring, nanoseconds: Int64)] = [
        ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
        ("d", 86_400_000_000_000),
    ]

    private static func period(_ text: Substring) -> Int64? {
        let digits = text.prefix { ("0"..."9").contains($0) }
        let unit = text.dropFirst(digits.count)
        guard let nanoseconds = units.first(where: { $0.name == unit })?.nanoseconds else { return nil }
        guard let count = digits.isEmpty ? 1 : count(digits) else { return nil }
        let (product, overflow) = Int64(count).multipliedReportingOverflow(by: nanoseconds)
        return overflow ? nil : product
    }

    public var description: String {
        let (name, unit) = Self.units.last { period % $0.nanoseconds == 0 } ?? ("ms", 1_000_000)
        let count = period / unit
        let text = "\(limit)/\(count == 1 ? "" : String(count))\(name)"
        return burst == limit ? text : text + " burst \(burst)"
    }
}

extension LimitRule.Quota: CustomStringConvertible {
    /// Reads `10000/day` or `200000/month`.
    public init?(parsing text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count <= 10, parts[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let limit = Int(parts[0]), let window = CalendarWindow(rawValue: String(parts[1]))
        else { return nil }
        self.init(limit: limit, window: window)
    }

    public var description: String { "\(limit)/\(window.rawValue)" }
}

extension LimitRule: CustomStringConvertible {
    public var description: String {
        switch self {
        case .rate(let rate): rate.description
        case .quota(let quota): quota.description
        }
    }
}
