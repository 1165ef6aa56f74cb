import CurlTransport
import ResponseCache
import Testing

@Suite("What a composed reply may say of its caching")
struct ComposedFreshnessTests {
    private let origin = CachePolicy()
    private let minute = CachePolicy(maxAge: 60_000)

    private func composed(
        _ policy: CachePolicy,
        _ parts: KeyValuePairs<String, String>...,
        call: CachePolicy? = nil,
        isAuthorized: Bool = false
    ) -> ComposedFreshness {
        var reply = ComposedFreshness(policy: policy)
        for part in parts { add(part, to: &reply, call: call, isAuthorized: isAuthorized) }
        return reply
    }

    private func add(
        _ part: KeyValuePairs<String, String>,
        to reply: inout ComposedFreshness,
        call: CachePolicy? = nil,
        isAuthorized: Bool = false,
        after seconds: Int64 = 0
    ) {
        reply.add(
            status: 200,
            headers: fields(part),
            request: get(isAuthorized: isAuthorized),
            policy: call,
            requestTime: received,
            responseTime: received,
            now: received.advanced(by: seconds * 1_000)
        )
    }

    @Test("the shortest remaining lifetime of the parts is the reply's")
    func shortest() {
        let reply = composed(origin, ["Cache-Control": "max-age=60"], ["Cache-Control": "max-age=30", "Age": "10"])
        #expect(reply.freshness == 20_000)
        #expect(reply.cacheControl == "max-age=20")
    }

    @Test("with origin, a part whose origin says nothing leaves the reply without a lifetime")
    func silentOrigin() {
        let reply = composed(origin, ["Cache-Control": "max-age=60"], [:])
        #expect(reply.freshness == 0)
        #expect(reply.cacheControl == "no-cache")
        #expect(composed(origin).freshness == 0)
    }

    @Test("with a duration, it holds where parts are silent, and lets none of the others live longer")
    func duration() {
        #expect(composed(minute, [:], [:]).freshness == 60_000)
        #expect(composed(minute, [:], ["Cache-Control": "max-age=5"]).freshness == 5_000)
        #expect(composed(minute, ["Cache-Control": "max-age=500"]).cacheControl == "max-age=60")
        #expect(composed(minute, [:], ["Cache-Control": "no-cache"]).freshness == 0)
    }

    @Test("a call's own duration holds for its part")
    func callDuration() {
        let call = CachePolicy(maxAge: 7_000)
        #expect(composed(origin, [:], call: call).freshness == 7_000)
        #expect(composed(minute, [:], call: call).freshness == 7_000)
        #expect(composed(origin, ["Cache-Control": "max-age=3"], call: call).freshness == 3_000)
        let override = CachePolicy(maxAge: 7_000, overridesOrigin: true)
        let reply = composed(origin, ["Cache-Control": "no-store", "Set-Cookie": "a=b"], call: override)
        #expect(reply.freshness == 7_000 && reply.cacheControl == "max-age=7")
    }

    @Test("RFC 9111, section 5.2.2.7: private of one part makes the reply private")
    func privatePart() {
        let reply = composed(minute, ["Cache-Control": "max-age=60"], ["Cache-Control": "private, max-age=30"])
        #expect(reply.freshness == 0)
        #expect(reply.cacheControl == "private, max-age=30")
        #expect(composed(minute, ["Cache-Control": "private, no-cache"]).cacheControl == "private, no-cache")
    }

    @Test("RFC 9111, section 5.2.2.5: no-store of one part wins over all")
    func noStorePart() {
        let reply = composed(minute, ["Cache-Control": "private, max-age=9"], ["Cache-Control": "no-store"])
        #expect(reply.freshness == 0)
        #expect(reply.cacheControl == "no-store")
    }

    @Test("Set-Cookie, and Authorization without permission, make the reply private")
    func personalParts() {
        let cookie = composed(minute, ["Cache-Control": "max-age=9", "Set-Cookie": "a=b"])
        #expect(cookie.freshness == 0 && cookie.cacheControl == "private, max-age=9")
        let authorized = composed(minute, ["Cache-Control": "max-age=9"], isAuthorized: true)
        #expect(authorized.freshness == 0 && authorized.cacheControl == "private, max-age=9")
        #expect(composed(minute, ["Cache-Control": "public, max-age=9"], isAuthorized: true).freshness == 9_000)
        let silent = composed(minute, [:], call: CachePolicy(maxAge: 5_000), isAuthorized: true)
        #expect(silent.freshness == 0 && silent.cacheControl == "private, max-age=5")
    }

    @Test("RFC 9110, section 12.5.5: Vary is the union of the parts'")
    func vary() {
        let reply = composed(minute, ["Vary": "B, a"], [:], ["Vary": "c, A"])
        #expect(reply.vary == .names(["a", "b", "c"]))
        let any = composed(minute, ["Vary": "*"], ["Vary": "a"])
        #expect(any.vary == .any && any.freshness == 0 && any.cacheControl == "no-cache")
        #expect(composed(minute, [:]).vary == .none)
    }

    @Test("a partial reply and one of a stale part are not kept, whatever is overridden")
    func partialAndStale() throws {
        for policy in [minute, CachePolicy(maxAge: 60_000, overridesOrigin: true)] {
            var partial = composed(policy, ["Cache-Control": "max-age=9"])
            partial.addPartial()
            #expect(partial.freshness == 0 && partial.cacheControl == "no-store")
            var stale = composed(policy, ["Cache-Control": "max-age=9"])
            stale.addStale()
            #expect(stale.freshness == 0 && stale.cacheControl == "no-cache")
            var old = composed(policy, [:])
            old.add(try stored(["Cache-Control": "max-age=9"]), policy: origin, now: received.advanced(by: 9_000))
            #expect(old.freshness == 0)
        }
    }

    @Test("a stored part lives on for what remains of it")
    func storedPart() throws {
        var reply = composed(minute, [:])
        let part = try stored(["Cache-Control": "max-age=30", "Vary": "x"])
        reply.add(part, policy: origin, now: received.advanced(by: 12_500))
        #expect(reply.freshness == 17_500)
        #expect(reply.cacheControl == "max-age=17")
        #expect(reply.vary == .names(["x"]))
        let call = CachePolicy(maxAge: 5_000)
        reply.add(try stored([:], policy: call), policy: call, now: received.advanced(by: 1_000))
        #expect(reply.freshness == 4_000)
    }

    @Test("time that passes while other parts are awaited counts")
    func waiting() {
        var reply = ComposedFreshness(policy: origin)
        add(["Cache-Control": "max-age=10"], to: &reply, after: 3)
        #expect(reply.freshness == 7_000)
        add([:], to: &reply, call: CachePolicy(maxAge: 9_000), after: 4)
        #expect(reply.freshness == 5_000)
    }

    @Test("RFC 9111, section 5.2.2.10: s-maxage is for caches, max-age for the client")
    func sharedAndClient() {
        let reply = composed(origin, ["Cache-Control": "max-age=0, s-maxage=60"])
        #expect(reply.freshness == 60_000)
        #expect(reply.cacheControl == "max-age=0, s-maxage=60")
        #expect(composed(origin, ["Cache-Control": "max-age=60, s-maxage=9"]).cacheControl == "max-age=9")
    }

    @Test("RFC 9213: CDN-Cache-Control is for this cache, Cache-Control for the client")
    func targeted() {
        let reply = composed(origin, ["Cache-Control": "no-store", "CDN-Cache-Control": "max-age=60"])
        #expect(reply.freshness == 60_000)
        #expect(reply.cacheControl == "no-store")
        let other = composed(origin, ["Cache-Control": "max-age=60", "CDN-Cache-Control": "no-store, max-age=60"])
        #expect(other.freshness == 0 && other.cacheControl == "max-age=60")
    }

    @Test("RFC 9111, section 5.2.2.2: must-revalidate of a part is the reply's")
    func mustRevalidate() {
        #expect(
            composed(origin, ["Cache-Control": "max-age=9, must-revalidate"]).cacheControl
                == "max-age=9, must-revalidate"
        )
    }

    @Test("an operator who overrides is heard instead of the origins, and not instead of operators")
    func override() {
        let policy = CachePolicy(maxAge: 60_000, overridesOrigin: true)
        let reply = composed(
            policy,
            ["Cache-Control": "no-store"],
            ["Cache-Control": "max-age=0", "Set-Cookie": "a=b"]
        )
        #expect(reply.freshness == 60_000 && reply.cacheControl == "max-age=60")
        #expect(composed(policy, [:], call: CachePolicy(maxAge: 5_000)).freshness == 5_000)
    }
}
