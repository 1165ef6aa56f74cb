import ResponseCache
import Testing

@Suite("Cache-Control and CDN-Cache-Control")
struct CacheDirectivesTests {
    private func read(_ lines: String...) -> CacheDirectives {
        CacheDirectives(cacheControl: lines)
    }

    private func targeted(_ line: String, cacheControl: String = "no-store") -> CacheDirectives {
        CacheDirectives.ofResponse(fields(["Cache-Control": cacheControl, "CDN-Cache-Control": line]))
    }

    @Test("RFC 9111, section 5.2: names are read in either case, from all lines together")
    func names() {
        let directives = read("MaX-aGe=60, PUBLIC", " must-revalidate ,, s-maxage=5", "foo, bar=\"1\"")
        #expect(directives.maxAge == 60_000)
        #expect(directives.sharedMaxAge == 5_000)
        #expect(directives.isPublic && directives.mustRevalidate)
        #expect(!directives.noStore && !directives.noCache && !directives.isPrivate && !directives.proxyRevalidate)
    }

    @Test("RFC 9111, section 5.2: an argument may be a token or a quoted string")
    func quotedArguments() {
        #expect(read("max-age=\"60\"").maxAge == 60_000)
        #expect(read("max-age=\"6\\0\"").maxAge == 60_000)
    }

    @Test("RFC 9110, section 5.6.4: a comma in a quoted string separates nothing")
    func quotedCommas() {
        #expect(read("extension=\"max-age=100, no-store\", max-age=1").maxAge == 1_000)
        #expect(!read("extension=\"a, no-store\"").noStore)
        #expect(read("max-age=1, extension=\"max-age=100\"").maxAge == 1_000)
        #expect(read("extension=\"\\\", no-store\"").noStore == false)
    }

    @Test("a quote that is never closed hides no prohibition, and lends no lifetime")
    func openQuotes() {
        let directives = read("a=\"b, no-store, max-age=60")
        #expect(directives.noStore)
        #expect(directives.maxAge == 0)
        #expect(read("a=\"b", "max-age=60").maxAge == 60_000)
    }

    @Test("RFC 9111, section 4.2.1: of several the first counts")
    func duplicates() {
        #expect(read("max-age=1800, max-age=1").maxAge == 1_800_000)
        #expect(read("max-age=1", "max-age=1800").maxAge == 1_000)
        #expect(read("max-age=x", "max-age=1800").maxAge == 0)
    }

    @Test(
        "RFC 9111, section 4.2.1: a lifetime that is no number is stale",
        arguments: [
            "max-age", "max-age=", "max-age=a1", "max-age=1a", "max-age=-1", "max-age=1.0", "max-age='1'",
            "max-age= 1", "max-age =1", "max-age=\"\"", "max-age=\"1", "max-age=+1", "max-age=\"1\"2",
        ]
    )
    func invalidNumbers(line: String) {
        #expect(read(line).maxAge == 0)
    }

    @Test("RFC 9111, section 1.2.2: a number that is too large is a very large one")
    func hugeNumbers() throws {
        let century: Int64 = 100 * 365 * 86_400 * 1_000
        for digits in ["99999999999", "9223372036854775807", String(repeating: "9", count: 400)] {
            #expect(try #require(read("max-age=\(digits)").maxAge) > century)
        }
        #expect(read("max-age=003600").maxAge == 3_600_000)
    }

    @Test("RFC 9111, section 5.2.2.4: no-cache with names is about those fields alone")
    func qualifiedNoCache() {
        let directives = read("no-cache=\"Set-Cookie, X-A\"")
        #expect(!directives.noCache)
        #expect(directives.noCacheFields == ["set-cookie", "x-a"])
        for line in ["no-cache", "no-cache=a", "no-cache=\"\"", "no-cache=\"a b\"", "no-cache=\"a\", no-cache"] {
            #expect(read(line).noCache, "\(line)")
        }
    }

    @Test("RFC 9111, section 5.2.2.7: private with names is about those fields alone")
    func qualifiedPrivate() {
        #expect(!read("private=\"a\"").isPrivate)
        #expect(read("private=\"a\"").withheldFields == ["a"])
        #expect(read("private").isPrivate && read("private =\"a\"").isPrivate && read("private=a").isPrivate)
    }

    @Test("RFC 5861: how long stale responses may be used")
    func staleAllowances() {
        let directives = read("stale-while-revalidate=30, stale-if-error=60")
        #expect(directives.staleWhileRevalidate == 30_000)
        #expect(directives.staleIfError == 60_000)
        #expect(read("stale-if-error").staleIfError == 0)
    }

    @Test("RFC 9111, section 5.2.1: the directives of requests")
    func requests() {
        let directives = read("max-age=1, min-fresh=2, max-stale=3, only-if-cached, no-cache, no-store")
        #expect(directives.maxAge == 1_000 && directives.minFresh == 2_000 && directives.maxStale == 3_000)
        #expect(directives.onlyIfCached && directives.noCache && directives.noStore)
        #expect(read("max-stale").maxStale == .max)
        #expect(read("max-stale=x").maxStale == 0)
        #expect(read("").maxStale == nil)
    }

    @Test("RFC 9111, section 5.4: Pragma counts where there is no Cache-Control")
    func pragma() {
        #expect(CacheDirectives.ofRequest(fields(["Pragma": "No-Cache"])).noCache)
        #expect(!CacheDirectives.ofRequest(fields(["Pragma": "no-cache", "Cache-Control": "max-age=1"])).noCache)
        #expect(!CacheDirectives.ofRequest(fields(["Pragma": "other"])).noCache)
        #expect(!CacheDirectives.ofResponse(fields(["Pragma": "no-cache"])).noCache)
    }

    @Test("RFC 9213, section 2.2: CDN-Cache-Control counts in the place of Cache-Control")
    func targetedWins() {
        let directives = targeted("max-age=10, foobar;x=1, must-revalidate")
        #expect(directives.isTargeted && !directives.noStore)
        #expect(directives.maxAge == 10_000 && directives.mustRevalidate)
        #expect(targeted("private").isPrivate && targeted("no-cache").noCache && targeted("no-store").noStore)
        #expect(targeted("max-age=5, max-age=7").maxAge == 7_000)
        #expect(targeted("max-age=-5").maxAge == 0)
        #expect(targeted("no-cache=\"a, b\", max-age=1").noCacheFields == ["a", "b"])
        #expect(!targeted("no-cache=?0, max-age=1").noCache)
        #expect(targeted("max-age=99999999999").maxAge.map { $0 >= 99_999_999_999_000 } == true)
    }

    @Test("RFC 9651, section 4.2: all types of values are read")
    func structuredTypes() {
        let line = "a=1.5, b=tok/en, c=:aGk=:, d=?1, e=(1 \"x\";y ?0), f=@1659578233, g=%\"f%c3%bc\";h=2, max-age=9"
        #expect(targeted(line).maxAge == 9_000)
    }

    @Test(
        "RFC 9213, section 2.1: a field that cannot be read, or is empty, is passed over",
        arguments: [
            "", " ", "max-age=10, &&&&&", "max-age=\"10\"", "max-age", "max-age=1.0", "MaX-aGe=10", "max-age =10",
            "max-age= 10", "max-age=10,", "max-age=1234567890123456", "a=(1, max-age=3", "a=\"x", "a=?2", "a=:x",
            "a=%\"f%C3\"", "a=@1.5", "a;=1", "max-age=10;", "a=1.2345", "a=-",
        ]
    )
    func targetedIgnored(line: String) {
        let directives = targeted(line)
        #expect(!directives.isTargeted)
        #expect(directives.noStore)
    }
}
