import CurlTransport
import ResponseCache
import TestSupport
import Testing

@Suite("Vary")
struct VaryRulesTests {
    private func key(_ names: [String], _ headers: KeyValuePairs<String, String>) -> [UInt8] {
        VaryRules.key(for: names, request: fields(headers))
    }

    @Test("RFC 9110, section 12.5.5: names from all lines, small, in order, each once")
    func names() {
        #expect(
            VaryRules.names(of: fields(["Vary": "Foo, bar", "vary": "FOO,, Accept"]))
                == .names(["accept", "bar", "foo"])
        )
        #expect(VaryRules.names(of: fields([:])) == .none)
        #expect(VaryRules.names(of: fields(["Vary": " , "])) == .none)
    }

    @Test(
        "RFC 9111, section 4.1: * anywhere matches nothing, and so does what is no name",
        arguments: ["*", "*, *", ", *", "*, Foo", "Foo, *", "foo bar", "\"foo\""]
    )
    func any(line: String) {
        #expect(VaryRules.names(of: fields(["Vary": line])) == .any)
        #expect(VaryRules.names(of: fields(["Vary": "a", "Vary": line])) == .any)
    }

    @Test("RFC 9111, section 4.1: lines are joined, and whitespace around commas does not count")
    func normalized() {
        let plain = key(["foo"], ["Foo": "1, 2"])
        #expect(key(["foo"], ["FOO": "1,2"]) == plain)
        #expect(key(["foo"], ["Foo": " 1 ,\t 2 "]) == plain)
        #expect(key(["foo"], ["Foo": "1", "Other": "x", "Foo": "2"]) == plain)
    }

    @Test("RFC 9111, section 4.1: other values, another order and a field that is not there differ")
    func differs() {
        let keys = [
            key(["foo"], [:]), key(["foo"], ["Foo": ""]), key(["foo"], ["Foo": "1"]), key(["foo"], ["Foo": "1, 2"]),
            key(["foo"], ["Foo": "2, 1"]), key(["foo"], ["Foo": "1 2"]), key(["foo"], ["Foo": "\"1, 2\""]),
            key(["foo"], ["Foo": "\"1,2\""]), key(["foo"], ["Foo": "\"1 , 2"]), key(["foo"], ["Foo": "\"1, 2"]),
            key(["foo"], ["Foo": "A"]), key(["foo"], ["Foo": "a"]), key(["bar"], ["Foo": "1"]),
        ]
        #expect(Set(keys).count == keys.count)
        #expect(key(["a", "b"], ["a": "b"]) != key(["a", "b"], ["b": "b"]))
    }

    @Test("no value can pass for two: keys are equal only for requests that say the same")
    func unambiguous() {
        var generator = SeededGenerator(seed: 3)
        let pieces = ["", "a", "b", "ab", "\u{0}", "foo", "bar", "\u{1}a"]
        var seen: [[UInt8]: [String]] = [:]
        for _ in 0..<5_000 {
            let values = (0..<3).map { _ in generator.pick(pieces) + generator.pick(pieces) }
            let headers = fields(["foo": values[0], "bar": values[1], "baz": values[2]])
            let key = VaryRules.key(for: ["bar", "baz", "foo"], request: headers)
            #expect(seen[key] == nil || seen[key] == values)
            seen[key] = values
        }
        #expect(seen.count > 500)
    }
}

@Suite("Fields that are stored")
struct StorableFieldsTests {
    private func kept(_ headers: KeyValuePairs<String, String>, received: WallTime? = nil) -> [String] {
        StorableFields.filtered(fields(headers), received: received).map(\.name)
    }

    @Test("RFC 9111, section 3.1: not those of the connection, nor those that Connection lists")
    func connection() {
        #expect(
            kept([
                "Connection": "a, B", "Connection": "close", "A": "1", "b": "2", "C": "3", "Keep-Alive": "x",
                "Proxy-Connection": "x", "TE": "x", "Trailer": "x", "transfer-encoding": "x", "Upgrade": "x",
            ]) == ["C"]
        )
    }

    @Test("RFC 9111, section 3.1: not those of authentication to a proxy")
    func proxies() {
        #expect(
            kept([
                "Proxy-Authenticate": "x", "Proxy-Authentication-Info": "x", "Proxy-Authorization": "x",
                "WWW-Authenticate": "y",
            ]) == ["WWW-Authenticate"]
        )
    }

    @Test("RFC 9111, section 3.1: not those that no-cache and private name")
    func named() {
        #expect(kept(["Cache-Control": "no-cache=\"a, B\"", "A": "1", "b": "2", "c": "3"]) == ["Cache-Control", "c"])
        #expect(kept(["Cache-Control": "private=\"a\"", "A": "1", "b": "2"]) == ["Cache-Control", "b"])
        #expect(kept(["CDN-Cache-Control": "private=\"a\"", "A": "1"]) == ["CDN-Cache-Control"])
    }

    @Test("RFC 9111, section 3.1: all others, those that are not known too, in their order and as often as they came")
    func others() {
        let names = ["Set-Cookie2", "X-A", "Content-Foo", "X-A", "Content-Range", "Expires", "Content-Length", "ETag"]
        #expect(StorableFields.filtered(names.map { HeaderField(name: $0, value: "v") }).map(\.name) == names)
    }

    @Test("RFC 9110, section 6.6.1: a response without a date has the one on which it came")
    func addsDate() {
        let headers = StorableFields.filtered(fields(["A": "1"]), received: received)
        #expect(headers == fields(["A": "1", "Date": "Thu, 01 Jan 2026 00:00:00 GMT"]))
        #expect(kept(["Date": "foo"], received: received) == ["Date"])
    }

    @Test("RFC 9111, section 5.1: Age is not stored: every reply says it anew")
    func age() {
        #expect(kept(["Age": "3", "A": "1"]) == ["A"])
    }
}

@Suite("What an unsafe request makes invalid")
struct InvalidationTests {
    private let url = "http://api.example:8000/a/b?x=1"

    private func targets(
        _ headers: KeyValuePairs<String, String>,
        method: String = "POST",
        status: Int = 200,
        url: String? = nil
    ) -> [String] {
        Invalidation.targets(method: method, status: status, url: url ?? self.url, headers: fields(headers))
    }

    @Test(
        "RFC 9111, section 4.4: the URL of an unsafe request, and of one that nobody knows, unless the answer is an error"
    )
    func target() {
        for method in ["POST", "PUT", "DELETE", "PATCH", "M-SEARCH", "get"] {
            #expect(targets([:], method: method) == [url])
            #expect(targets([:], method: method, status: 303) == [url])
            #expect(targets([:], method: method, status: 404) == [])
            #expect(targets([:], method: method, status: 500) == [])
        }
        for method in ["GET", "HEAD", "OPTIONS", "TRACE"] { #expect(targets([:], method: method) == []) }
    }

    @Test("RFC 9111, section 4.4: Location and Content-Location of the same origin")
    func locations() {
        #expect(
            targets(["Location": "/l", "Content-Location": "c#f"]) == [
                url, "http://api.example:8000/l", "http://api.example:8000/a/c",
            ]
        )
        #expect(targets(["Location": "HTTP://API.example:8000/l?q"]) == [url, "http://api.example:8000/l?q"])
        #expect(targets(["Location": url]) == [url])
    }

    @Test(
        "RFC 9111, section 4.4: never a URL of another origin",
        arguments: [
            "http://other.example:8000/l", "https://api.example:8000/l", "http://api.example/l", "//api.example:8001/l",
            "http:/l", "mailto:a@b", "http://api.example:8000@other.example/l",
        ]
    )
    func otherOrigins(location: String) {
        #expect(targets(["Location": location]) == [url])
    }

    @Test("RFC 6454, section 4: the port that a scheme has anyway may be left out")
    func ports() {
        #expect(targets(["Location": "http://h:80/l"], url: "http://h/a") == ["http://h/a", "http://h/l"])
        #expect(targets(["Location": "https://h/l"], url: "https://h:443/a") == ["https://h:443/a", "https://h:443/l"])
        #expect(targets(["Location": "http://h:443/l"], url: "http://h/a") == ["http://h/a"])
    }

    @Test(
        "RFC 3986, section 5.4: references are resolved",
        arguments: [
            ("g", "/b/c/g"), ("./g", "/b/c/g"), ("g/", "/b/c/g/"), ("/g", "/g"), ("?y", "/b/c/d;p?y"),
            ("g?y", "/b/c/g?y"),
            ("", "/b/c/d;p?q"), (".", "/b/c/"), ("..", "/b/"), ("../g", "/b/g"), ("../..", "/"), ("../../g", "/g"),
            ("../../../g", "/g"), ("/./g", "/g"), ("/../g", "/g"), ("g.", "/b/c/g."), ("..g", "/b/c/..g"),
            ("./g/.", "/b/c/g/"), ("g/./h", "/b/c/g/h"), ("g/../h", "/b/c/h"), ("g?y/../x", "/b/c/g?y/../x"),
            ("#s", "/b/c/d;p?q"), ("//a/g", "/g"),
        ]
    )
    func references(reference: String, path: String) {
        let base = "http://a/b/c/d;p?q"
        let expected = "http://a" + path
        #expect(targets(["Location": reference], url: base) == (expected == base ? [base] : [base, expected]))
    }

    @Test("a URL that is only path and query has no other origin's URLs beside it")
    func pathOnly() {
        #expect(targets(["Location": "c"], url: "/a/b?x") == ["/a/b?x", "/a/c"])
        #expect(targets(["Location": "http://h/c"], url: "/a/b") == ["/a/b"])
        #expect(targets(["Location": "//h/c"], url: "/a/b") == ["/a/b"])
    }
}

@Suite("Cache-Status")
struct CacheStatusTests {
    @Test("RFC 9211, section 2.1 and 2.4: a hit and its remaining lifetime, rounded down")
    func hit() {
        #expect(CacheStatus(.hit, remaining: 30_999).text == "Medley; hit; ttl=30")
        #expect(CacheStatus(.hit, remaining: -1).text == "Medley; hit; ttl=-1")
        #expect(CacheStatus(.hit, remaining: -1_000).text == "Medley; hit; ttl=-1")
        #expect(CacheStatus(.hit, remaining: .min).text == "Medley; hit; ttl=-9223372036854776")
    }

    @Test("RFC 9211, section 2.2: why a request went to the origin")
    func forwarded() {
        let words = CacheStatus.Forwarded.allCases.map { CacheStatus(.forwarded($0)).text }
        #expect(
            words
                == ["bypass", "method", "uri-miss", "vary-miss", "miss", "request", "stale", "partial"].map {
                    "Medley; fwd=\($0)"
                }
        )
    }

    @Test("RFC 9211, sections 2.3 to 2.6: the origin's status, kept, and shared with another request")
    func parameters() {
        let status = CacheStatus(.forwarded(.uriMiss), forwardedStatus: 200, isStored: true, isCollapsed: true)
        #expect(status.text == "Medley; fwd=uri-miss; fwd-status=200; stored; collapsed")
    }

    @Test("RFC 9211, section 2.8: a detail is a token or a string, and adds no line")
    func detail() {
        #expect(CacheStatus(.hit, detail: "stale-if-error").text == "Medley; hit; detail=stale-if-error")
        #expect(CacheStatus(.hit, detail: "a \"b\\\r\né").text == "Medley; hit; detail=\"a \\\"b\\\\???\"")
        #expect(CacheStatus(.hit, detail: "").text == "Medley; hit; detail=\"\"")
        #expect(CacheStatus(.hit, detail: "5xx").text == "Medley; hit; detail=\"5xx\"")
    }

    @Test("RFC 9211, section 2: the field stands behind those of caches nearer to the origin")
    func appended() {
        var headers = fields(["Cache-Status": "Origin; hit", "A": "1"])
        CacheStatus(.hit).append(to: &headers)
        #expect(headers.values(of: "Cache-Status") == ["Origin; hit", "Medley; hit"])
    }
}
