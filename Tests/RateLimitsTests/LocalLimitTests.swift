import TestSupport
import Testing

@testable import RateLimits

@Suite("Limits of one node")
struct LocalLimitTests {
    private static let second: Int64 = 1_000_000_000

    private static func rate(_ text: String) throws -> LimitRule {
        .rate(try #require(LimitRule.Rate(parsing: text)))
    }

    private static func at(_ seconds: Double) -> LimitTime {
        LimitTime(monotonic: Int64(seconds * 1e9), calendar: Int64(seconds))
    }

    @Test("a burst is let in at once, then what the rate refills")
    func burst() throws {
        let limit = LocalLimit(rule: try Self.rate("10/s burst 20"), capacity: 1000)
        let first = (0..<25).map { _ in limit.take(1, by: "a", at: Self.at(5)) }
        #expect(first.filter(\.isAllowed).count == 20)
        #expect(first[0] == LimitStanding(isAllowed: true, remaining: 19, reset: 1, retry: 0))
        #expect(first[19] == LimitStanding(isAllowed: true, remaining: 0, reset: 2, retry: 0))
        #expect(first[20] == LimitStanding(isAllowed: false, remaining: 0, reset: 2, retry: 1))
        #expect(!limit.take(1, by: "a", at: Self.at(5.05)).isAllowed)
        #expect(limit.take(1, by: "a", at: Self.at(5.1)).isAllowed)
        #expect(!limit.take(1, by: "a", at: Self.at(5.1)).isAllowed)
        #expect(limit.take(1, by: "b", at: Self.at(5.1)).remaining == 19, "another key's is its own")
    }

    @Test("a clock that stands still or goes back refills nothing")
    func clock() throws {
        let limit = LocalLimit(rule: try Self.rate("1/s"), capacity: 1000)
        #expect(limit.take(1, by: "a", at: Self.at(100)).isAllowed)
        #expect(!limit.take(1, by: "a", at: Self.at(100)).isAllowed)
        #expect(!limit.take(1, by: "a", at: Self.at(50)).isAllowed)
        #expect(!limit.take(1, by: "a", at: LimitTime(monotonic: .min, calendar: .min)).isAllowed)
    }

    @Test("over any time no more than the burst and the rate are let in, and nearly as much")
    func exact() throws {
        var random = SeededGenerator(seed: 7)
        for rule in ["100/s burst 200", "3/s", "7/250ms burst 50", "1000/m burst 1"] {
            let limit = try Self.rate(rule)
            guard case .rate(let rate) = limit else { continue }
            let bucket = LocalLimit(rule: limit, capacity: 100)
            var time = 1_000 * Self.second
            let start = time
            var allowed: [(time: Int64, cost: Int)] = []
            while time < start + 60 * Self.second {
                time += Int64.random(in: 0...5_000_000, using: &random)
                let cost = Int.random(in: 1...min(3, rate.burst), using: &random)
                if bucket.take(cost, by: "k", at: LimitTime(monotonic: time, calendar: 0)).isAllowed {
                    allowed.append((time, cost))
                }
            }
            // From each admission on, and from the start on.
            for begin in stride(from: 0, to: allowed.count, by: max(1, allowed.count / 200)) {
                var spent = 0
                for entry in allowed[begin...] {
                    spent += entry.cost
                    let bound = Double(rate.burst) + rate.pace * Double(entry.time - allowed[begin].time)
                    #expect(Double(spent) <= bound + 1e-3)
                }
            }
            let all = Double(allowed.reduce(0) { $0 + $1.cost })
            let most = Double(rate.burst) + rate.pace * Double(60 * Self.second)
            #expect(all <= most + 1e-3)
            #expect(all >= 0.97 * most, "\(rule): \(all) of \(most)")
        }
    }

    @Test("what is given back may be spent again, and no more than that")
    func giveBack() throws {
        let limit = LocalLimit(rule: try Self.rate("1/d burst 10"), capacity: 1000)
        #expect(limit.take(8, by: "a", at: Self.at(1)).remaining == 2)
        limit.giveBack(5, to: "a", at: Self.at(1))
        #expect(limit.take(7, by: "a", at: Self.at(1)).remaining == 0)
        limit.giveBack(500, to: "a", at: Self.at(1))
        #expect(limit.take(10, by: "a", at: Self.at(1)).isAllowed)
        #expect(!limit.take(1, by: "a", at: Self.at(1)).isAllowed)
    }

    @Test("a quota is whole again when the next day begins, and not before")
    func quota() throws {
        let limit = LocalLimit(rule: .quota(try #require(LimitRule.Quota(parsing: "3/day"))), capacity: 1000)
        let evening = LimitTime(monotonic: 0, calendar: 86_399)
        #expect((0..<4).map { _ in limit.take(1, by: "a", at: evening).isAllowed } == [true, true, true, false])
        #expect(
            limit.take(1, by: "a", at: evening) == LimitStanding(isAllowed: false, remaining: 0, reset: 1, retry: 1)
        )
        let morning = LimitTime(monotonic: 0, calendar: 86_400)
        #expect(
            limit.take(1, by: "a", at: morning) == LimitStanding(isAllowed: true, remaining: 2, reset: 86_400, retry: 0)
        )
    }

    @Test("more keys than are remembered: those that owe nothing go first, then those that owe the least")
    func capacity() throws {
        let limit = LocalLimit(rule: try Self.rate("1/h burst 100"), capacity: 1600)
        for _ in 0..<100 { _ = limit.take(1, by: "heavy", at: Self.at(1)) }
        for key in 0..<50_000 { _ = limit.take(1, by: "key\(key)", at: Self.at(1)) }
        #expect(limit.count <= 1600)
        #expect(limit.forgotten > 40_000)
        #expect(!limit.take(1, by: "heavy", at: Self.at(1)).isAllowed, "the one that is at its limit is remembered")
        let short = LocalLimit(rule: try Self.rate("1000/s"), capacity: 1600)
        for key in 0..<50_000 { _ = short.take(1, by: "key\(key)", at: Self.at(Double(key))) }
        #expect(short.forgotten == 0, "those that owe nothing any more are no loss")
    }

    @Test("what another has told of a key is where this node goes on")
    func note() throws {
        let limit = LocalLimit(rule: try Self.rate("10/s burst 100"), capacity: 1000)
        limit.note(used: 0.95, by: "a", at: Self.at(1))
        #expect((0..<10).filter { _ in limit.take(1, by: "a", at: Self.at(1)).isAllowed }.count == 5)
        limit.note(used: .nan, by: "b", at: Self.at(1))
        #expect(limit.take(1, by: "b", at: Self.at(1)).remaining <= 100)
    }

    @Test("threads that take at the same time get no more than there is")
    func concurrent() async throws {
        let limit = LocalLimit(rule: try Self.rate("1/d burst 1000"), capacity: 1000)
        let allowed = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<1000).filter { _ in limit.take(1, by: "a", at: Self.at(1)).isAllowed }.count }
            }
            return await group.reduce(0, +)
        }
        #expect(allowed == 1000)
    }
}
