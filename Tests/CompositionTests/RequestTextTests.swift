import Testing

@testable import Composition

@Suite("Texts of requests")
struct RequestTextTests {
    @Test(
        "cookies are told apart as RFC 6265 says",
        arguments: [
            (["a=1; b=2"], ["a=1", "b=2"]), (["a=1;b=2 ;\tc = 3 "], ["a=1", "b=2", "c=3"]),
            (["a=1", "b=2"], ["a=1", "b=2"]), ([#"a="x y"; b="; c=""#], ["a=x y", "b=\"", "c=\""]),
            (["a=b=c; =d; e; f="], ["a=b=c", "=d", "f="]), (["A=1; a=2"], ["A=1", "a=2"]), ([";; ;"], []), ([], []),
            ([#"a="""#], ["a="]), ([#"a=""#], ["a=\""]), (["a=%20"], ["a=%20"]), (["é=ü"], ["é=ü"]),
        ]
    )
    func cookies(fields: [String], expected: [String]) {
        #expect(Cookies.pairs(of: fields).map { "\($0.name)=\($0.value)" } == expected)
    }

    @Test(
        "the client's first language is the one of the highest weight",
        arguments: [
            (["de"], "de"), (["de-CH, fr;q=0.9"], "de-CH"), (["fr;q=0.8, de;q=0.9, en;q=0.9"], "de"),
            (["fr;q=0.8", "de;q=0.81"], "de"), (["*"], nil), (["*, de;q=0.1"], "de"), (["de;q=0"], nil),
            (["de;q=0.000, en;q=0.001"], "en"), ([], nil), ([""], nil), ([" ,, de , "], "de"),
            (["x_y, 1a, de--ch, toolonglanguage, en"], "en"), (["de;q=1.001, en;q=0.5"], "en"),
            (["de;q=2, en;q=0.5"], "en"), (["de;q=, en;q=0.5"], "en"), (["de;q=0.1234, en;q=0.1"], "en"),
            (["de;level=1, en;q=0.1"], "en"), (["de ; Q=1.000"], "de"), (["zh-Hant-TW;q=1."], "zh-Hant-TW"),
            (["sl-rozaj-biske-1994, en"], "sl-rozaj-biske-1994"), (["de;q=0.5;q=1, en;q=0.1"], "en"),
            (["dé, en"], "en"),
        ]
    )
    func languages(fields: [String], expected: String?) {
        #expect(AcceptLanguage.firstChoice(of: fields) == expected)
    }

    @Test(
        "a cookie of a backend loses its Domain and nothing else",
        arguments: [
            ("a=b", "a=b"), ("a=b; Domain=shop.internal", "a=b"),
            ("a=b; domain=x; Path=/; HttpOnly", "a=b; Path=/; HttpOnly"),
            ("a=b; Path=/; DOMAIN = .x ;Secure", "a=b; Path=/;Secure"), ("a=b; Domain", "a=b"),
            ("a=b;Domain=;", "a=b;"),
            ("a=b; Domain=x; Domain=y; Max-Age=1", "a=b; Max-Age=1"), ("Domain=b; Path=/", "Domain=b; Path=/"),
            ("a=Domain=x; Path=/", "a=Domain=x; Path=/"), (#"a="x; Domain=y""#, #"a="x"#),
            ("a=b; X-Domain=x; Domains=y", "a=b; X-Domain=x; Domains=y"),
            ("a=b; Path=/Domain=x", "a=b; Path=/Domain=x"),
            ("", ""), ("a=é; \tDomain\t=x; Path=/é", "a=é; Path=/é"),
            ("a=b; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Domain=x", "a=b; Expires=Wed, 21 Oct 2026 07:28:00 GMT"),
        ]
    )
    func setCookie(field: String, expected: String) {
        #expect(SetCookie.withoutDomain(field) == expected)
    }

    @Test(
        "the list of a header is split at the commas outside quotes",
        arguments: [
            ("a, b ,c", ["a", "b", "c"]), ("", []), (" , ,", []), (#"W/"a,b", "c""#, [#"W/"a,b""#, #""c""#]),
            (#""a\",b", c"#, [#""a\",b""#, "c"]), (#"\", a"#, [#"\", a"#]), ("é,ü", ["é", "ü"]),
        ]
    )
    func headerLists(value: String, expected: [String]) {
        #expect(ParameterText.items(ofHeader: value) == expected)
    }

    @Test("the list of a path's segment is split before it is decoded")
    func segmentLists() {
        #expect(ParameterText.items(ofSegment: "a,b%2Cc,%20") == ["a", "b,c", " "])
        #expect(ParameterText.items(ofSegment: "a,,b") == ["a", "", "b"])
        #expect(ParameterText.items(ofSegment: "a,%zz") == nil)
        #expect(ParameterText.items(ofCookie: "a,b,") == ["a", "b", ""])
        #expect(ParameterText.items(ofCookie: "") == [])
    }

    @Test(
        "JSON comes as application/json or with the suffix +json",
        arguments: [
            ("application/json", true), ("Application/JSON; charset=utf-8", true),
            ("application/merge-patch+json", true),
            (" application/json ;a", true), ("text/json", false), ("application/jsonp", false), ("+json", false),
            ("application/+json", false), ("application/x-www-form-urlencoded", false), ("", false), ("json", false),
            ("a/b/c+json", false), ("text/plain; a=+json", false),
        ]
    )
    func mediaTypes(type: String, isJSON: Bool) {
        #expect(RequestBody.isJSON(type) == isJSON)
    }

    @Test("Connection names the fields that end at this hop")
    func connectionOptions() {
        let options = ConnectionOptions(["keep-alive, X-Hop", "\tx-other "])
        #expect(options.name("x-hop") && options.name("x-other") && options.name("keep-alive"))
        #expect(!options.name("x-ho") && !options.name(""))
    }

    @Test(
        "some fields are about one connection alone",
        arguments: [("connection", true), ("TE", true), ("Proxy-Authorization", true), ("x-connection", false)]
    )
    func hopByHop(name: String, isHopByHop: Bool) {
        #expect(HeaderRules.isHopByHop(name) == isHopByHop)
    }
}
