import ResponseCache
import Testing

@Suite("Lifetimes of stored responses")
struct StoredLifetimeTests {
    static let received = WallTime(milliseconds: 1_000_000)

    @Test("RFC 9111, section 4.2.3: the age is the one it came with and the time since")
    func ages() {
        let lifetime = StoredLifetime(
            requestTime: Self.received,
            responseTime: Self.received,
            initialAge: 2_000,
            freshness: 10_000
        )
        #expect(lifetime.age(at: Self.received.advanced(by: 3_000)) == 5_000)
        #expect(lifetime.remaining(at: Self.received.advanced(by: 3_000)) == 5_000)
        #expect(lifetime.remaining(at: Self.received.advanced(by: 9_000)) == -1_000)
    }

    @Test("a clock that was set back makes nothing younger than it came")
    func clockSetBack() {
        let lifetime = StoredLifetime(
            requestTime: Self.received,
            responseTime: Self.received,
            initialAge: 2_000,
            freshness: 10_000
        )
        #expect(lifetime.age(at: Self.received.advanced(by: -5_000)) == 2_000)
        #expect(lifetime.age(at: WallTime(milliseconds: .min)) == 2_000)
        #expect(lifetime.age(at: WallTime(milliseconds: .max)) == .max - 1_000_000 + 2_000)
    }
}
