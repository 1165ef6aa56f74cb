import ResponseCache
import Testing

@Suite("How old a response is when it comes")
struct ResponseAgeTests {
    private func age(_ headers: KeyValuePairs<String, String>, delay: Int64 = 0) -> Int64? {
        storage(headers, policy: CachePolicy(maxAge: 1, overridesOrigin: true), delay: delay).lifetime?.initialAge
    }

    @Test("RFC 9111, section 4.2.3: the greater of the apparent age and of Age with the delay")
    func greater() {
        #expect(age(["Date": date(-30), "Age": "10"]) == 30_000)
        #expect(age(["Date": date(-30), "Age": "40"], delay: 5_000) == 45_000)
        #expect(age(["Date": date(-3)], delay: 5_000) == 5_000)
        #expect(age([:]) == 0)
    }

    @Test("RFC 9111, section 4.2.3: a date in the future makes nothing younger")
    func futureDate() {
        #expect(age(["Date": date(100), "Age": "7"]) == 7_000)
    }

    @Test("RFC 9110, section 6.6.1: without a date the response was made when it came")
    func noDate() {
        #expect(age(["Date": "foo"]) == 0)
    }

    @Test("RFC 9111, section 5.1: an Age that cannot be read is passed over, and of several the first counts")
    func invalidAge() {
        for value in ["abc", "-7200", "7200.0", "", "7200;foo=bar"] { #expect(age(["Age": value]) == 0, "\(value)") }
        #expect(age(["Age": "7200, 0"]) == 7_200_000)
        #expect(age(["Age": "0, 7200"]) == 0)
        #expect(age(["Age": "7200", "Age": "0"]) == 7_200_000)
        #expect(age(["Age": "0", "Age": "7200"]) == 0)
    }

    @Test("RFC 9111, section 1.2.2: an enormous Age is older than any lifetime")
    func enormousAge() {
        for value in ["2147483648", "99999999999999999999999"] {
            #expect(storage(["Age": value, "Cache-Control": "max-age=3600"]) == .refuse(.stale))
        }
        let both: KeyValuePairs = ["Age": "99999999999999999999", "Cache-Control": "max-age=99999999999999999999"]
        #expect(storage(both) == .refuse(.stale))
    }

    @Test("a Date of the same second takes nothing off the lifetime")
    func sameSecond() {
        let lifetime = StorageRules.decision(
            status: 200,
            headers: fields(["Date": date(0), "Cache-Control": "max-age=1"]),
            bodySize: 0,
            request: get(),
            policy: CachePolicy(),
            requestTime: received.advanced(by: 990),
            responseTime: received.advanced(by: 999)
        ).lifetime
        #expect(lifetime?.initialAge == 9)
    }
}
