import Testing

@testable import Replay

@Suite("Percent-encoding")
struct PercentCodingTests {
    @Test(
        "a path has one spelling",
        arguments: [
            ("/users/42", "/users/42"),
            ("/users/%34%32", "/users/42"),
            ("/a%2Fb", "/a%2Fb"),
            ("/a%2fb", "/a%2Fb"),
            ("/caf\u{E9}", "/caf%C3%A9"),
            ("/caf%c3%a9", "/caf%C3%A9"),
            ("/a%20b/", "/a%20b/"),
            ("/a b/", "/a%20b/"),
            ("/100%", "/100%25"),
            ("/100%25", "/100%25"),
            ("/a:b@c!$&'()*+,;=", "/a:b@c!$&'()*+,;="),
            ("//x", "//x"),
            ("", ""),
        ]
    )
    func path(asked: String, canonical: String) {
        #expect(PercentCoding.canonicalPath(asked) == canonical)
    }

    @Test("letters that Unicode calls equivalent stay apart")
    func equivalence() {
        #expect(PercentCoding.canonicalPath("/\u{E9}") != PercentCoding.canonicalPath("/e\u{301}"))
    }

    @Test("a query's plus is a space, and an encoded plus a plus")
    func query() {
        #expect(PercentCoding.canonicalQueryText("a+b%2Bc".utf8) == PercentCoding.encodedQueryText("a b+c".utf8))
    }

    @Test("an incomplete escape is found", arguments: [("/a%2", 2), ("/%zz", 1), ("/%41%", 4)])
    func brokenEscape(path: String, offset: Int) {
        #expect(PercentCoding.firstBrokenEscape(in: path) == offset)
    }

    @Test("a target's query is split into decoded parameters in their order")
    func target() {
        let asked = AskedRequest(method: "GET", target: "/s?q=a%20b&&flag&q=%3D&=x&e=")
        #expect(asked.path == "/s")
        #expect(asked.query.map { "\($0.name)=\($0.value)" } == ["q=a%20b", "flag=", "q=%3D", "=x", "e="])
    }

    @Test("a target in absolute form is its path", arguments: ["http://host:80/a?b=1", "/a?b=1"])
    func absoluteForm(target: String) {
        let asked = AskedRequest(method: "GET", target: target)
        #expect(asked.path == "/a")
        #expect(asked.query.map(\.value) == ["1"])
    }

    @Test("a URL within the path or the query is no absolute form")
    func innerURL() {
        #expect(AskedRequest(method: "GET", target: "/go?to=http://x/y").path == "/go")
        #expect(AskedRequest(method: "GET", target: "http://host?a=1").path == "/")
    }
}
