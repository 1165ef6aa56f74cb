import CurlTransport
import ResponseCache
import TestSupport
import Testing

/// Random responses, requests, policies and times; the same ones at each run.
@Suite("What holds for every response, request and time")
struct RulePropertyTests {
    private static let words = [
        "no-store", "no-cache", "private", "public", "must-revalidate", "proxy-revalidate", "must-understand",
        "max-age=0", "max-age=5", "max-age=100", "max-age=x", "max-age=\"7\"", "s-maxage=3", "s-maxage=50",
        "stale-while-revalidate=20", "stale-if-error=40", "no-cache=\"set-cookie\"", "private=\"a, b\"", "immutable",
        "max-age=99999999999999999999", "extension=\"no-store, max-age=1\"", "x=\"open", ",", "max-stale=9",
    ]
    private static let requestWords = [
        "no-cache", "no-store", "max-age=0", "max-age=4", "max-age=50", "min-fresh=3", "max-stale", "max-stale=10",
        "only-if-cached", "no-transform", "max-age=?",
    ]
    private static let names = [
        "ETag", "Last-Modified", "Expires", "Date", "Age", "Vary", "Set-Cookie", "Content-Range", "Pragma",
        "Connection",
    ]

    private static func line(_ words: [String], _ generator: inout SeededGenerator) -> String {
        (0..<Int.random(in: 1...3, using: &generator)).map { _ in generator.pick(words) }.joined(separator: ", ")
    }

    private static func value(of name: String, _ generator: inout SeededGenerator) -> String {
        if generator.chance(1, in: 12) { return garbage(&generator) }
        switch name {
        case "ETag": return generator.pick(["\"a\"", "W/\"a\"", "a", "\"b\""])
        case "Age": return generator.pick(["0", "3", "60", "-1", "9999999999999999999999", "1, 2"])
        case "Vary": return generator.pick(["*", "Accept", "a, b", "accept-language,", "x y"])
        case "Last-Modified", "Expires", "Date": return date(Int64.random(in: -200...200, using: &generator))
        default: return generator.pick(["a=b", "no-cache", "x", ""])
        }
    }

    private static func garbage(_ generator: inout SeededGenerator) -> String {
        let count = Int.random(in: 0...24, using: &generator)
        let alphabet = Array("\"\\,;=*()%@:?-. \t/#W0179aZé\u{0}\u{7F}".utf8)
        let bytes = (0..<count).map { _ in
            generator.chance(3, in: 4) ? generator.pick(alphabet) : UInt8.random(in: 0...255, using: &generator)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func response(_ generator: inout SeededGenerator) -> [HeaderField] {
        var headers: [HeaderField] = []
        if generator.chance(5, in: 6) {
            headers.append(HeaderField(name: "Cache-Control", value: line(words, &generator)))
        }
        if generator.chance(1, in: 8) {
            headers.append(HeaderField(name: "CDN-Cache-Control", value: line(words, &generator)))
        }
        for _ in 0..<Int.random(in: 0...3, using: &generator) {
            let name = generator.pick(names)
            headers.append(HeaderField(name: name, value: value(of: name, &generator)))
        }
        return headers.shuffled(using: &generator)
    }

    private static func request(_ generator: inout SeededGenerator) -> CacheRequest {
        var headers: [HeaderField] = []
        if generator.chance(1, in: 2) {
            headers.append(HeaderField(name: "Cache-Control", value: line(requestWords, &generator)))
        }
        if generator.chance(1, in: 10) { headers.append(HeaderField(name: "Pragma", value: "no-cache")) }
        return CacheRequest(
            method: generator.pick(["GET", "GET", "GET", "POST", "HEAD"]),
            headers: headers,
            isAuthorized: generator.chance(1, in: 4)
        )
    }

    private static func policy(_ generator: inout SeededGenerator, mayOverride: Bool) -> CachePolicy {
        func duration(_ generator: inout SeededGenerator) -> Int64? {
            generator.chance(1, in: 2) ? Int64.random(in: 0...100_000, using: &generator) : nil
        }
        return CachePolicy(
            maxAge: duration(&generator),
            overridesOrigin: mayOverride && generator.chance(1, in: 3),
            staleWhileRevalidate: duration(&generator),
            staleIfError: duration(&generator),
            negative: duration(&generator),
            maxEntry: 1_000,
            usesHeuristics: generator.chance(1, in: 3)
        )
    }

    private struct Case {
        var status: Int
        var headers: [HeaderField]
        var request: CacheRequest
        var policy: CachePolicy
        var decision: StorageDecision
        var now: WallTime
        var directives: CacheDirectives { CacheDirectives.ofResponse(headers) }
        var lifetime: StoredLifetime? { decision.lifetime }

        init(_ generator: inout SeededGenerator, mayOverride: Bool = false) {
            status = generator.pick([200, 200, 200, 200, 201, 204, 301, 404, 410, 500, 503, 599, 206, 304])
            headers = RulePropertyTests.response(&generator)
            request = RulePropertyTests.request(&generator)
            policy = RulePropertyTests.policy(&generator, mayOverride: mayOverride)
            now = received.advanced(by: Int64.random(in: -5_000...150_000, using: &generator))
            decision = StorageRules.decision(
                status: status,
                headers: headers,
                bodySize: Int.random(in: 0...1_100, using: &generator),
                request: request,
                policy: policy,
                requestTime: received.advanced(by: -Int64.random(in: 0...2_000, using: &generator)),
                responseTime: received
            )
        }

        var stored: StoredResponse? {
            lifetime.map {
                StoredResponse(status: status, headers: headers, body: [], lifetime: $0, url: "http://a/")
            }
        }
    }

    @Test("RFC 9111, section 3: nothing that forbids it is stored, whatever the policy without override")
    func storedOnlyWhenAllowed() {
        var generator = SeededGenerator(seed: 9_111)
        var count = 0
        for _ in 0..<10_000 {
            let one = Case(&generator)
            guard one.lifetime != nil else { continue }
            count += 1
            let directives = one.directives
            #expect(!directives.noStore || directives.mustUnderstand)
            #expect(!directives.isPrivate)
            #expect(one.headers.values(of: "Set-Cookie").isEmpty)
            #expect(
                !one.request.isAuthorized || directives.isPublic || directives.mustRevalidate
                    || directives.sharedMaxAge != nil
            )
            #expect(!one.request.directives.noStore)
            #expect(VaryRules.names(of: one.headers) != .any)
            #expect(one.status != 206 && one.status != 304)
            #expect(one.request.method == "GET" || (one.request.method == "POST" && one.policy.maxAge != nil))
        }
        #expect(count > 1_500)
    }

    @Test("RFC 9111, section 4.2: no response is fresh beyond its lifetime, whatever the request and the policy")
    func freshOnlyWithinLifetime() {
        var generator = SeededGenerator(seed: 2)
        var count = 0
        for _ in 0..<10_000 {
            let one = Case(&generator, mayOverride: true)
            guard let stored = one.stored, let lifetime = one.lifetime else { continue }
            let later = Self.request(&generator)
            let policy = Self.policy(&generator, mayOverride: true)
            let decision = ReuseRules.decision(for: stored, request: later, policy: policy, now: one.now)
            if decision == .fresh {
                count += 1
                #expect(lifetime.freshness > lifetime.age(at: one.now))
                #expect(!lifetime.mustRevalidateAlways && !later.directives.noCache)
            }
            if let limit = later.directives.maxAge, lifetime.age(at: one.now) > limit {
                #expect(decision != .fresh && decision != .stale && decision != .staleWhileRevalidate)
            }
            if !one.policy.overridesOrigin, let own = one.directives.sharedMaxAge ?? one.directives.maxAge {
                #expect(lifetime.freshness <= own)
            }
        }
        #expect(count > 300)
    }

    @Test(
        "RFC 9111, section 4.2.4: nothing stale is used that says it must not be, whatever the policy without override"
    )
    func neverStaleAgainstTheOrigin() {
        var generator = SeededGenerator(seed: 424)
        var count = 0
        for _ in 0..<10_000 {
            let one = Case(&generator)
            let directives = one.directives
            guard let stored = one.stored, stored.lifetime.remaining(at: one.now) <= 0,
                directives.mustRevalidate || directives.proxyRevalidate || directives.sharedMaxAge != nil
                    || directives.noCache
            else { continue }
            count += 1
            let later = Self.request(&generator)
            let policy = Self.policy(&generator, mayOverride: true)
            let decision = ReuseRules.decision(for: stored, request: later, policy: policy, now: one.now)
            #expect(decision != .fresh && decision != .stale && decision != .staleWhileRevalidate)
            #expect(
                !ReuseRules.mayStandIn(for: .noResponse, stored: stored, request: later, policy: policy, now: one.now)
            )
        }
        #expect(count > 150)
    }

    @Test("RFC 5861: a stale response is used within the allowance of somebody, and not after it")
    func staleOnlyWithinAllowance() {
        var generator = SeededGenerator(seed: 5_861)
        var counts = (revalidating: 0, standingIn: 0)
        for _ in 0..<10_000 {
            let one = Case(&generator, mayOverride: true)
            guard let stored = one.stored else { continue }
            let staleness = -stored.lifetime.remaining(at: one.now)
            let decision = ReuseRules.decision(for: stored, request: get(), policy: one.policy, now: one.now)
            if decision == .staleWhileRevalidate {
                counts.revalidating += 1
                #expect(staleness >= 0 && staleness < stored.lifetime.staleWhileRevalidate)
            }
            #expect(decision != .stale)
            let failure = OriginFailure.status(503)
            if ReuseRules.mayStandIn(for: failure, stored: stored, request: get(), policy: one.policy, now: one.now) {
                counts.standingIn += 1
                #expect(staleness < max(0, stored.lifetime.staleIfError) || staleness < 0)
            }
        }
        #expect(counts.revalidating > 150 && counts.standingIn > 150)
    }

    @Test("a composed reply is never fresh for longer than a part of it, and never kept when one forbids it")
    func composedWithinItsParts() {
        var generator = SeededGenerator(seed: 10)
        var count = 0
        for _ in 0..<10_000 {
            let policy = Self.policy(&generator, mayOverride: false)
            var reply = ComposedFreshness(policy: policy)
            var forbids = false
            var shortest = policy.maxAge ?? .max
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let one = Case(&generator)
                if let stored = one.stored, generator.chance(1, in: 2) {
                    reply.add(stored, policy: one.policy, now: one.now)
                    shortest = min(shortest, max(0, stored.lifetime.remaining(at: one.now)))
                    continue
                }
                reply.add(
                    status: one.status,
                    headers: one.headers,
                    request: one.request,
                    policy: one.policy,
                    requestTime: received,
                    responseTime: received,
                    now: one.now
                )
                let directives = one.directives
                forbids = forbids || directives.isPrivate || (directives.noStore && !directives.mustUnderstand)
                forbids = forbids || !one.headers.values(of: "Set-Cookie").isEmpty
                if let own = directives.sharedMaxAge ?? directives.maxAge { shortest = min(shortest, own) }
            }
            #expect(reply.freshness >= 0 && reply.freshness <= shortest)
            if forbids { #expect(reply.freshness == 0) }
            if reply.freshness > 0 {
                count += 1
                let told = CacheDirectives(cacheControl: [reply.cacheControl])
                #expect(told.maxAge ?? 0 <= reply.freshness)
                #expect(told.sharedMaxAge ?? 0 <= reply.freshness)
            }
        }
        #expect(count > 500)
    }

    @Test("arbitrary bytes are read without a trap, and no garbage makes a lifetime")
    func arbitraryBytes() {
        var generator = SeededGenerator(seed: 77)
        for _ in 0..<10_000 {
            let text = Self.garbage(&generator)
            let headers = (Self.names + ["Cache-Control", "CDN-Cache-Control", "Location", "If-None-Match"]).map {
                HeaderField(name: $0, value: text)
            }
            let request = CacheRequest(headers: headers)
            #expect(HTTPDate.parse(text, now: received) == nil)
            _ = storageOf(headers, request)
            _ = StorableFields.filtered(headers, received: received)
            _ = Revalidation.conditions(for: headers)
            _ = ClientConditions.isNotModified(request, status: 200, headers: headers, now: received)
            _ = VaryRules.key(for: ["etag", "age"], request: headers)
            let base = generator.chance(1, in: 2) ? text : "http://a/b"
            #expect(Invalidation.targets(method: "PUT", status: 200, url: base, headers: headers).first == base)
            #expect(CacheStatus(.hit, detail: text).text.utf8.allSatisfy { (0x20...0x7E).contains($0) })
        }
    }

    private func storageOf(_ headers: [HeaderField], _ request: CacheRequest) -> StorageDecision {
        StorageRules.decision(
            status: 200,
            headers: headers,
            bodySize: 0,
            request: request,
            policy: CachePolicy(usesHeuristics: true),
            requestTime: WallTime(milliseconds: .min),
            responseTime: WallTime(milliseconds: .max)
        )
    }
}
