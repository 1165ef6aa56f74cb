import CurlTransport
import ResponseCache
import Testing

@Suite("What may be stored")
struct StorageRulesTests {
    private let minute = CachePolicy(maxAge: 60_000)
    private let override = CachePolicy(maxAge: 60_000, overridesOrigin: true)

    @Test("RFC 9111, section 3: GET is stored; POST where the operator says that it is a read")
    func methods() {
        let lifetime: KeyValuePairs = ["Cache-Control": "max-age=10"]
        #expect(storage(lifetime).lifetime != nil)
        #expect(storage(lifetime, request: CacheRequest(method: "HEAD")) == .refuse(.method))
        #expect(storage(lifetime, request: CacheRequest(method: "POST")) == .refuse(.method))
        #expect(storage(lifetime, request: CacheRequest(method: "POST"), policy: minute).lifetime != nil)
        #expect(storage(lifetime, request: CacheRequest(method: "PUT"), policy: minute) == .refuse(.method))
    }

    @Test("RFC 9111, section 3: only final statuses, and none that answers a condition or a range")
    func statuses() {
        for status in [100, 103, 199, 206, 304, 412, 416, 600, -1] {
            #expect(storage(status, ["Cache-Control": "max-age=10"], policy: override) == .refuse(.status))
        }
        for status in [200, 203, 204, 299, 301, 302, 400, 404, 410, 499, 500, 503, 599] {
            #expect(freshness(status, ["Cache-Control": "max-age=10"]) == 10)
        }
    }

    @Test("RFC 9111, section 5.2.2.5: no-store is not stored, whatever stands beside it")
    func noStore() {
        #expect(storage(["Cache-Control": "max-age=10, No-StOrE"]) == .refuse(.noStore))
        #expect(storage(["Cache-Control": "no-store"], policy: minute) == .refuse(.noStore))
    }

    @Test("RFC 9111, section 5.2.1.5: no-store of the request keeps the response out, override or not")
    func requestNoStore() {
        let request = get(["Cache-Control": "no-store"])
        #expect(storage(["Cache-Control": "max-age=10"], request: request) == .refuse(.requestNoStore))
        #expect(storage([:], request: request, policy: override) == .refuse(.requestNoStore))
    }

    @Test("RFC 9111, section 5.2.2.7: private is not shared; private with names is")
    func privateResponses() {
        #expect(storage(["Cache-Control": "private, max-age=10"]) == .refuse(.private))
        #expect(freshness(["Cache-Control": "private=\"x\", max-age=10"]) == 10)
    }

    @Test("RFC 9111, section 3.5: a response to Authorization needs public, must-revalidate or s-maxage")
    func authorization() {
        let request = get(["Authorization": "FOO"], isAuthorized: true)
        #expect(storage(["Cache-Control": "max-age=10"], request: request) == .refuse(.authorization))
        #expect(storage(["Expires": date(100), "Date": date(0)], request: request) == .refuse(.authorization))
        #expect(storage([:], request: request, policy: minute) == .refuse(.authorization))
        for word in ["public, max-age=10", "must-revalidate, max-age=10", "s-maxage=10"] {
            #expect(storage(["Cache-Control": word], request: request).lifetime?.freshness == 10_000, "\(word)")
        }
        #expect(storage(["Cache-Control": "proxy-revalidate, max-age=10"], request: request) == .refuse(.authorization))
    }

    @Test("RFC 9111, section 5.2.2.3: must-understand takes the place of no-store where the status is understood")
    func mustUnderstand() {
        let headers: KeyValuePairs = ["Cache-Control": "max-age=10, no-store, must-understand"]
        #expect(freshness(200, headers) == 10)
        #expect(storage(599, headers) == .refuse(.mustUnderstand))
        #expect(storage(599, ["Cache-Control": "max-age=10, must-understand"]) == .refuse(.mustUnderstand))
    }

    @Test("RFC 9111, section 4.1: a response with Vary: * matches no request, and is not stored")
    func varyAny() {
        #expect(storage(["Cache-Control": "max-age=10", "Vary": "Foo, *"]) == .refuse(.varyAny))
        #expect(storage(["Vary": "*"], policy: override) == .refuse(.varyAny))
    }

    @Test("RFC 9110, section 14.4: Content-Range means something only in the answer to a range")
    func contentRange() {
        let headers: KeyValuePairs = ["Cache-Control": "max-age=10", "Content-Range": "bytes 0-1/9"]
        #expect(freshness(headers) == 10)
        #expect(storage(headers, request: get(["Range": "bytes=0-1"])) == .refuse(.contentRange))
    }

    @Test("a response with Set-Cookie is not shared unless the operator overrides")
    func setCookie() {
        let headers: KeyValuePairs = ["Cache-Control": "public, max-age=10", "Set-Cookie": "a=b"]
        #expect(storage(headers) == .refuse(.setCookie))
        #expect(storage(headers, policy: minute) == .refuse(.setCookie))
        #expect(freshness(headers, policy: override) == 60)
    }

    @Test("a body larger than the operator's limit is not stored")
    func tooLarge() {
        let policy = CachePolicy(maxEntry: 100)
        #expect(storage(["Cache-Control": "max-age=10"], policy: policy, bodySize: 101) == .refuse(.tooLarge))
        #expect(storage(["Cache-Control": "max-age=10"], policy: policy, bodySize: 100).lifetime != nil)
    }

    @Test("RFC 9111, section 4.2.1: s-maxage before max-age before Expires")
    func lifetimes() {
        #expect(freshness(["Cache-Control": "max-age=1, s-maxage=9"]) == 9)
        #expect(freshness(["Cache-Control": "max-age=9", "Expires": date(-100), "Date": date(0)]) == 9)
        #expect(freshness(["Expires": date(100), "Date": date(0)]) == 100)
        #expect(freshness(["Expires": date(100)]) == 100)
        #expect(freshness(["Expires": date(100), "Date": "foo"]) == 100)
        #expect(freshness(["Expires": date(400), "Date": date(300)]) == 100)
        #expect(freshness(["Expires": date(10), "Expires": date(20)]) == 10)
    }

    @Test("RFC 9111, sections 4.2.1 and 5.3: what is stale when it comes is not stored without a use for it")
    func stale() {
        for headers: KeyValuePairs in [
            ["Cache-Control": "max-age=0"], ["Cache-Control": "max-age=0", "Expires": date(3_600)],
            ["Expires": "0"], ["Expires": date(-10)], ["Expires": date(0)], ["Expires": date(300), "Date": date(400)],
            ["Cache-Control": "s-maxage=0, max-age=10"], ["Cache-Control": "max-age=5", "Age": "5"],
            ["Cache-Control": "no-cache, max-age=10"],
            ["Cache-Control": "max-age=0, must-revalidate, stale-if-error=10"],
        ] {
            #expect(storage(headers) == .refuse(.stale), "\(headers)")
        }
        #expect(storage([:]) == .refuse(.noLifetime))
        #expect(storage(["Cache-Control": "public"]) == .refuse(.noLifetime))
    }

    @Test("RFC 9111, section 4.3: what is stale when it comes is stored when the origin can be asked about it")
    func staleWithValidator() throws {
        #expect(freshness(["ETag": "\"a\""]) == 0)
        #expect(freshness(["Cache-Control": "max-age=0", "Last-Modified": date(-100)]) == 0)
        #expect(try #require(storage(["Cache-Control": "no-cache", "ETag": "\"a\""]).lifetime).mustRevalidateAlways)
        #expect(storage(500, ["Cache-Control": "max-age=0", "ETag": "\"a\""]) == .refuse(.stale))
        #expect(freshness(["Cache-Control": "max-age=0, stale-if-error=10"]) == 0)
        #expect(freshness(["Cache-Control": "max-age=0", "Age": "3"], policy: CachePolicy(staleIfError: 4_000)) == 0)
        #expect(storage(["Cache-Control": "max-age=0, stale-while-revalidate=3", "Age": "3"]) == .refuse(.stale))
    }

    @Test("RFC 9111, section 3: a status that is not cacheable unasked needs a lifetime of the origin or public")
    func uncacheableStatuses() {
        for status in [201, 202, 302, 307] {
            #expect(storage(status, ["Last-Modified": date(-100)]) == .refuse(.noLifetime))
        }
        #expect(freshness(201, ["Last-Modified": date(-100), "Cache-Control": "public"]) == 0)
    }

    @Test("RFC 9111, section 4.2.2: a tenth of the time since Last-Modified, where the operator says so")
    func heuristics() {
        let policy = CachePolicy(usesHeuristics: true)
        let headers: KeyValuePairs = ["Last-Modified": date(-1_000), "Date": date(0)]
        for status in [200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501] {
            #expect(freshness(status, headers, policy: policy) == 100)
        }
        for status in [201, 202, 302, 403, 502, 503, 504, 599] {
            #expect(storage(status, headers, policy: policy) == .refuse(.noLifetime))
        }
        let withPublic: KeyValuePairs = ["Last-Modified": date(-1_000), "Date": date(0), "Cache-Control": "public"]
        #expect(freshness(599, withPublic, policy: policy) == 100)
        #expect(freshness(headers) == 0)
        #expect(freshness(["Last-Modified": date(50), "Date": date(0)], policy: policy) == 0)
        #expect(freshness(["Last-Modified": date(-1_000), "Expires": date(5)], policy: policy) == 5)
    }

    @Test("RFC 9213: CDN-Cache-Control counts before no-store and Expires")
    func targeted() {
        #expect(freshness(["Cache-Control": "no-store", "CDN-Cache-Control": "max-age=10"]) == 10)
        #expect(freshness(["Expires": date(-10), "CDN-Cache-Control": "max-age=10"]) == 10)
        #expect(storage(["Expires": date(99), "CDN-Cache-Control": "max-age=0"]) == .refuse(.stale))
        #expect(storage(["Cache-Control": "max-age=9", "CDN-Cache-Control": "private"]) == .refuse(.private))
        #expect(storage(["Cache-Control": "max-age=9", "CDN-Cache-Control": "no-store"]) == .refuse(.noStore))
        #expect(storage(["Expires": date(99), "CDN-Cache-Control": "foo"]) == .refuse(.stale))
    }

    @Test("an operator's duration holds where the origin is silent, for 2xx alone, from when the response came")
    func duration() throws {
        #expect(freshness([:], policy: minute) == 60)
        #expect(freshness(201, ["Cache-Control": "public"], policy: minute) == 60)
        let aged = try #require(storage(["Age": "500"], policy: minute).lifetime)
        #expect(aged.remaining(at: received) == 60_000 && aged.age(at: received) == 500_000)
        #expect(storage(500, [:], policy: minute) == .refuse(.noLifetime))
        #expect(storage(404, [:], policy: minute) == .refuse(.noLifetime))
        #expect(freshness(["Cache-Control": "max-age=5"], policy: minute) == 5)
        #expect(freshness(["Expires": date(7)], policy: minute) == 7)
        #expect(storage(["Cache-Control": "no-cache"], policy: minute) == .refuse(.stale))
        #expect(storage(["CDN-Cache-Control": "foo"], policy: minute) == .refuse(.stale))
    }

    @Test("404 and 410 have the operator's negative duration where the origin is silent")
    func negative() {
        let policy = CachePolicy(maxAge: 60_000, negative: 5_000)
        #expect(freshness(404, [:], policy: policy) == 5)
        #expect(freshness(410, [:], policy: policy) == 5)
        #expect(freshness(404, ["Cache-Control": "max-age=9"], policy: policy) == 9)
        #expect(storage(403, [:], policy: policy) == .refuse(.noLifetime))
    }

    @Test("an operator who overrides is heard instead of the origin")
    func overrides() throws {
        for word in ["no-store", "private", "no-cache", "max-age=0, must-revalidate", "s-maxage=9999"] {
            let lifetime = try #require(storage(["Cache-Control": word], policy: override).lifetime)
            #expect(lifetime.remaining(at: received) == 60_000)
            #expect(!lifetime.mustRevalidateAlways && !lifetime.forbidsStale)
        }
        #expect(storage([:], request: get(isAuthorized: true), policy: override).lifetime != nil)
        #expect(storage(500, ["Cache-Control": "no-store"], policy: override) == .refuse(.noStore))
        #expect(storage(["Cache-Control": "no-store"], policy: CachePolicy(overridesOrigin: true)) == .refuse(.noStore))
    }

    @Test("RFC 5861: the operator's allowances for stale responses, else the origin's")
    func allowances() throws {
        let headers: KeyValuePairs = ["Cache-Control": "max-age=1, stale-while-revalidate=2, stale-if-error=3"]
        let own = try #require(storage(headers).lifetime)
        #expect(own.staleWhileRevalidate == 2_000 && own.staleIfError == 3_000)
        let policy = CachePolicy(staleWhileRevalidate: 0, staleIfError: 9_000)
        let operators = try #require(storage(headers, policy: policy).lifetime)
        #expect(operators.staleWhileRevalidate == 0 && operators.staleIfError == 9_000)
    }

    @Test("RFC 9111, section 4.2.4: what forbids to use a response stale")
    func forbidsStale() throws {
        for word in ["must-revalidate", "proxy-revalidate", "s-maxage=5"] {
            #expect(try #require(storage(["Cache-Control": "max-age=5, \(word)"]).lifetime).forbidsStale)
        }
        #expect(try #require(storage(["Cache-Control": "max-age=5"]).lifetime).forbidsStale == false)
        #expect(try #require(storage(["Cache-Control": "must-revalidate"], policy: minute).lifetime).forbidsStale)
    }
}
