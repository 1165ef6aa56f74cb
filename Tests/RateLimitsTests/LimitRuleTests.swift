import Testing

@testable import RateLimits

@Suite("Rules of limits")
struct LimitRuleTests {
    @Test(
        "a rate is read and written as it stands in settings",
        arguments: [
            ("100/s", 100, 1_000_000_000, 100, "100/s"),
            ("100/s burst 200", 100, 1_000_000_000, 200, "100/s burst 200"),
            ("1000/10m", 1000, 600_000_000_000, 1000, "1000/10m"),
            ("5/500ms burst 1", 5, 500_000_000, 1, "5/500ms burst 1"),
            ("60/60s", 60, 60_000_000_000, 60, "60/m"), ("1/366d", 1, 31_622_400_000_000_000, 1, "1/366d"),
        ] as [(String, Int, Int64, Int, String)]
    )
    func rates(text: String, limit: Int, period: Int64, burst: Int, written: String) throws {
        let rate = try #require(LimitRule.Rate(parsing: text))
        #expect(rate.limit == limit)
        #expect(rate.period == period)
        #expect(rate.burst == burst)
        #expect(rate.description == written)
    }

    @Test(
        "what is no rate is refused",
        arguments: [
            "", "100", "/s", "0/s", "100/", "100/x", "-1/s", "100/s burst", "100/s burst 0", "100/s burst x", "1.5/s",
            "100/s bursts 5", "9999999999999999999/s", "100/99999999999d", "1000000001/s", "1/367d", "1/0s", "+1/s",
            "100/s burst 200 300", "١/s",
        ]
    )
    func noRates(text: String) {
        #expect(LimitRule.Rate(parsing: text) == nil)
    }

    @Test("quotas are per day and per month, and nothing else")
    func quotas() {
        #expect(LimitRule.Quota(parsing: "10000/day")?.window == .day)
        #expect(LimitRule.Quota(parsing: "5/month")?.description == "5/month")
        for text in ["10000", "0/day", "1/week", "1/day burst 2", "-1/day", "/day", "99999999999/day"] {
            #expect(LimitRule.Quota(parsing: text) == nil, "\(text)")
        }
    }

    @Test("a share of a rate has that part of its pace and its burst, and at least one")
    func shares() throws {
        let rule = LimitRule.rate(try #require(LimitRule.Rate(parsing: "100/s burst 200")))
        guard case .rate(let half) = rule.sharing(0.5) else { return #expect(Bool(false), "no rate") }
        #expect(half.pace * 1e9 == 50)
        #expect(half.burst == 100)
        let one = LimitRule.rate(try #require(LimitRule.Rate(parsing: "1/s")))
        guard case .rate(let tenth) = one.sharing(0.1) else { return #expect(Bool(false), "no rate") }
        #expect(abs(tenth.pace * 1e9 - 0.1) < 1e-9)
        #expect(tenth.burst == 1)
        let quota = LimitRule.quota(try #require(LimitRule.Quota(parsing: "1000/day")))
        #expect(quota.sharing(0.25).most == 250)
        #expect(quota.sharing(1) == quota)
    }

    @Test(
        "a window is a day or a month of the calendar, leap years and all",
        arguments: [
            // 2026-11-27T01:02:03Z, 2024-02-29T23:59:59Z, 1970-01-01T00:00:00Z, 2000-12-31T23:59:59Z, 1969-12-31T23:59:59Z
            (1_795_741_323, 1_795_737_600, 1_793_491_200, 1_796_083_200),
            (1_709_251_199, 1_709_164_800, 1_706_745_600, 1_709_251_200), (0, 0, 0, 2_678_400),
            (978_307_199, 978_220_800, 975_628_800, 978_307_200), (-1, -86_400, -2_678_400, 0),
        ] as [(Int64, Int64, Int64, Int64)]
    )
    func windows(second: Int64, day: Int64, month: Int64, nextMonth: Int64) {
        let days = CalendarWindow.day.window(at: second)
        #expect(days.start == day)
        #expect(days.end == day + 86_400)
        let months = CalendarWindow.month.window(at: second)
        #expect(months.start == month)
        #expect(months.end == nextMonth)
        #expect(CalendarWindow.month.window(at: months.end).number == months.number + 1)
        #expect(CalendarWindow.month.window(at: months.end - 1).number == months.number)
    }
}
