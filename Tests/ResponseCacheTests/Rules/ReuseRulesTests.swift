import ResponseCache
import Testing

@Suite("When a stored response may be used")
struct ReuseRulesTests {
    private func decision(
        _ stored: StoredResponse,
        after seconds: Int64,
        request: CacheRequest = get(),
        policy: CachePolicy = CachePolicy()
    ) -> ReuseDecision {
        ReuseRules.decision(
            for: stored,
            request: request,
            policy: policy,
            now: received.advanced(by: seconds * 1_000)
        )
    }

    private func standsIn(
        _ stored: StoredResponse,
        after seconds: Int64,
        for failure: OriginFailure = .noResponse,
        request: CacheRequest = get(),
        policy: CachePolicy = CachePolicy()
    ) -> Bool {
        ReuseRules.mayStandIn(
            for: failure,
            stored: stored,
            request: request,
            policy: policy,
            now: received.advanced(by: seconds * 1_000)
        )
    }

    @Test("RFC 9111, section 4.2: fresh while the lifetime is greater than the age")
    func fresh() throws {
        let response = try stored(["Cache-Control": "max-age=10", "Age": "3"])
        #expect(decision(response, after: 6) == .fresh)
        #expect(decision(response, after: 7) == .revalidate(.stale))
    }

    @Test("RFC 9111, section 5.2.2.4: no-cache is not used without asking")
    func noCache() throws {
        let response = try stored(["Cache-Control": "no-cache, max-age=10", "ETag": "\"a\""])
        let generous = CachePolicy(staleWhileRevalidate: 99_000, staleIfError: 99_000)
        #expect(decision(response, after: 0, policy: generous) == .revalidate(.noCache))
        #expect(decision(response, after: 0, request: get(["Cache-Control": "max-stale"])) == .revalidate(.noCache))
        #expect(!standsIn(response, after: 0, policy: generous))
    }

    @Test("RFC 9111, section 5.2.1.4: a client's no-cache, and its Pragma")
    func clientNoCache() throws {
        let response = try stored(["Cache-Control": "max-age=10"])
        #expect(
            decision(response, after: 1, request: get(["Cache-Control": "no-cache"])) == .revalidate(.requestNoCache)
        )
        #expect(decision(response, after: 1, request: get(["Pragma": "no-cache"])) == .revalidate(.requestNoCache))
    }

    @Test("RFC 9111, section 5.2.1.1: a client's max-age")
    func clientMaxAge() throws {
        let response = try stored(["Cache-Control": "max-age=3600", "Age": "1800"])
        #expect(decision(response, after: 0, request: get(["Cache-Control": "max-age=1800"])) == .fresh)
        #expect(
            decision(response, after: 1, request: get(["Cache-Control": "max-age=1800"])) == .revalidate(.requestMaxAge)
        )
        let young = try stored(["Cache-Control": "max-age=3600"])
        #expect(decision(young, after: 0, request: get(["Cache-Control": "max-age=0"])) == .revalidate(.requestMaxAge))
    }

    @Test("RFC 9111, section 5.2.1.3: a client's min-fresh")
    func clientMinFresh() throws {
        let response = try stored(["Cache-Control": "max-age=10"])
        #expect(decision(response, after: 4, request: get(["Cache-Control": "min-fresh=6"])) == .fresh)
        #expect(
            decision(response, after: 5, request: get(["Cache-Control": "min-fresh=6"]))
                == .revalidate(.requestMinFresh)
        )
    }

    @Test("RFC 9111, section 5.2.1.2: a client's max-stale, with a limit and without")
    func clientMaxStale() throws {
        let response = try stored(["Cache-Control": "max-age=10"])
        #expect(decision(response, after: 15, request: get(["Cache-Control": "max-stale=5"])) == .stale)
        #expect(decision(response, after: 16, request: get(["Cache-Control": "max-stale=5"])) == .revalidate(.stale))
        #expect(decision(response, after: 999_999, request: get(["Cache-Control": "max-stale"])) == .stale)
        #expect(decision(response, after: 5, request: get(["Cache-Control": "max-stale"])) == .fresh)
    }

    @Test("RFC 9111, section 5.2.1.5: a client's no-store does not keep it from what is stored")
    func clientNoStore() throws {
        let response = try stored(["Cache-Control": "max-age=10"])
        #expect(decision(response, after: 1, request: get(["Cache-Control": "no-store"])) == .fresh)
    }

    @Test("RFC 9111, section 5.2.1.7: only-if-cached is answered from the cache or by 504")
    func onlyIfCached() throws {
        let response = try stored(["Cache-Control": "max-age=10"])
        let request = get(["Cache-Control": "only-if-cached"])
        #expect(decision(response, after: 1, request: request) == .fresh)
        #expect(decision(response, after: 11, request: request) == .gatewayTimeout)
        #expect(!ReuseRules.mayForward(request) && ReuseRules.mayForward(get()))
    }

    @Test("RFC 5861, section 3: stale-while-revalidate, of the origin or the operator, and no longer")
    func staleWhileRevalidate() throws {
        let response = try stored(["Cache-Control": "max-age=10, stale-while-revalidate=5"])
        #expect(decision(response, after: 14) == .staleWhileRevalidate)
        #expect(decision(response, after: 15) == .revalidate(.stale))
        let policy = CachePolicy(staleWhileRevalidate: 20_000)
        #expect(decision(response, after: 29, policy: policy) == .staleWhileRevalidate)
        #expect(decision(response, after: 12, policy: CachePolicy(staleWhileRevalidate: 0)) == .revalidate(.stale))
    }

    @Test("RFC 9111, section 5.2.1.1: a client that says how old takes nothing stale unless it says max-stale")
    func staleAndClientMaxAge() throws {
        let response = try stored(["Cache-Control": "max-age=10, stale-while-revalidate=50, stale-if-error=50"])
        let request = get(["Cache-Control": "max-age=100"])
        #expect(decision(response, after: 12, request: request) == .revalidate(.stale))
        #expect(!standsIn(response, after: 12, request: request))
        let tolerant = get(["Cache-Control": "max-age=100, max-stale=5"])
        #expect(decision(response, after: 12, request: tolerant) == .stale)
        #expect(standsIn(response, after: 12, request: tolerant))
    }

    @Test(
        "RFC 9111, section 4.2.4: nothing makes a response stale that says it must not be",
        arguments: ["must-revalidate", "proxy-revalidate", "s-maxage=2"]
    )
    func forbidden(word: String) throws {
        let line = "max-age=2, \(word), stale-while-revalidate=99, stale-if-error=99"
        let response = try stored(["Cache-Control": line])
        let policy = CachePolicy(staleWhileRevalidate: 99_000, staleIfError: 99_000)
        #expect(decision(response, after: 1, policy: policy) == .fresh)
        for request in [get(), get(["Cache-Control": "max-stale"])] {
            #expect(decision(response, after: 3, request: request, policy: policy) == .revalidate(.stale))
            #expect(!standsIn(response, after: 3, request: request, policy: policy))
        }
    }

    @Test("RFC 5861, section 4: stale-if-error covers silence and 5xx, for its time")
    func staleIfError() throws {
        let response = try stored(["Cache-Control": "max-age=10, stale-if-error=5"])
        #expect(standsIn(response, after: 14) && !standsIn(response, after: 15))
        #expect(standsIn(response, after: 14, for: .status(500)) && standsIn(response, after: 14, for: .status(503)))
        #expect(!standsIn(response, after: 14, for: .status(404)) && !standsIn(response, after: 14, for: .status(200)))
        #expect(standsIn(response, after: 29, policy: CachePolicy(staleIfError: 20_000)))
        #expect(!standsIn(response, after: 12, policy: CachePolicy(staleIfError: 0)))
    }

    @Test("RFC 9111, section 5.2.1.4: a client that asks for newer gets no stand-in")
    func standInRefusedByClient() throws {
        let response = try stored(["Cache-Control": "max-age=10, stale-if-error=99"])
        for word in ["no-cache", "max-age=1", "min-fresh=9"] {
            #expect(!standsIn(response, after: 5, request: get(["Cache-Control": word])), "\(word)")
        }
        #expect(standsIn(response, after: 5))
    }
}
