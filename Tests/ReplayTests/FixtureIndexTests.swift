import NIOHTTP1
import Testing

@testable import Replay

@Suite("Matching a request with the fixtures")
struct FixtureIndexTests {
    private func index(_ fixtures: [(String, ExpectedRequest)]) -> FixtureIndex {
        FixtureIndex(
            fixtures.map { name, request in
                Fixture(
                    backend: "b",
                    name: name,
                    file: "fixtures/b/\(name).json",
                    request: request,
                    response: CannedResponse()
                )
            }
        )
    }

    private func json(_ text: String) -> ExpectedRequest.Body? {
        ComparableJSON(parsing: Array(text.utf8)).map { .json($0) }
    }

    private func part(_ text: String) -> ExpectedRequest.Body? {
        ComparableJSON(parsing: Array(text.utf8)).map { .contains($0) }
    }

    private func name(of asked: AskedRequest, in index: FixtureIndex) -> String? {
        index.match(asked).map { index.fixtures[$0].name }
    }

    @Test("method and path must be equal, the path in any encoding")
    func path() {
        let index = index([("42", .init(path: "/users/42")), ("slash", .init(path: "/users/a%2fb"))])
        #expect(name(of: .init(method: "GET", target: "/users/42"), in: index) == "42")
        #expect(name(of: .init(method: "GET", target: "/users/%34%32"), in: index) == "42")
        #expect(name(of: .init(method: "GET", target: "/users/a%2Fb"), in: index) == "slash")
        #expect(name(of: .init(method: "GET", target: "/users/a/b"), in: index) == nil)
        #expect(name(of: .init(method: "POST", target: "/users/42"), in: index) == nil)
        #expect(name(of: .init(method: "GET", target: "/users/42/"), in: index) == nil)
    }

    @Test("the order of a query does not matter, nor that of one name's values")
    func queryOrder() {
        let index = index([("q", .init(path: "/s", query: ["a": ["1"], "ids": ["7", "8"]]))])
        #expect(name(of: .init(method: "GET", target: "/s?ids=8&a=1&ids=7"), in: index) == "q")
        #expect(name(of: .init(method: "GET", target: "/s?ids=7&a=1"), in: index) == nil)
        #expect(name(of: .init(method: "GET", target: "/s?ids=7&ids=8&ids=8&a=1"), in: index) == nil)
    }

    @Test("parameters the fixture does not list do not matter")
    func extraQuery() {
        let index = index([("a", .init(path: "/s", query: ["a": ["x y"]]))])
        #expect(name(of: .init(method: "GET", target: "/s?utm=1&a=x+y"), in: index) == "a")
    }

    @Test("a fixture that lists the whole query wins over one that asks for more")
    func exactFirst() {
        let index = index([
            ("more", .init(path: "/s", query: ["a": ["1"]], headers: ["X": "1", "Y": "2"])),
            ("whole", .init(path: "/s", query: ["a": ["1"], "b": ["2"]])),
        ])
        let headers: HTTPHeaders = ["x": "1", "y": "2"]
        #expect(name(of: .init(method: "GET", target: "/s?b=2&a=1", headers: headers), in: index) == "whole")
        #expect(name(of: .init(method: "GET", target: "/s?a=1", headers: headers), in: index) == "more")
    }

    @Test("of fixtures that match alike, the one that asks for the most wins, then the first by name")
    func specific() {
        let index = index([
            ("z", .init(path: "/s")),
            ("b", .init(path: "/s", query: ["a": ["1"]])),
            ("a", .init(path: "/s", query: ["b": ["2"]])),
            ("german", .init(path: "/s", headers: ["Accept-Language": "de"])),
        ])
        #expect(name(of: .init(method: "GET", target: "/s?a=1&b=2&c=3"), in: index) == "a")
        #expect(name(of: .init(method: "GET", target: "/s"), in: index) == "z")
        #expect(name(of: .init(method: "GET", target: "/s", headers: ["accept-language": "de"]), in: index) == "german")
        #expect(name(of: .init(method: "GET", target: "/s?other"), in: index) == "z")
    }

    @Test("a header matches by one of its lines or by all of them joined")
    func headerLines() {
        let index = index([
            ("one", .init(path: "/1", headers: ["Tag": "b"])), ("all", .init(path: "/2", headers: ["Tag": "a, b"])),
        ])
        let headers = HTTPHeaders([("tag", "a"), ("TAG", "b")])
        #expect(name(of: .init(method: "GET", target: "/1", headers: headers), in: index) == "one")
        #expect(name(of: .init(method: "GET", target: "/2", headers: headers), in: index) == "all")
    }

    @Test("a body is compared as a JSON value, and beats a fixture without one")
    func body() {
        let index = index([
            ("any", .init(method: "POST", path: "/g")),
            ("json", .init(method: "POST", path: "/g", body: json(#"{"a":1,"b":2.0}"#))),
            ("text", .init(method: "POST", path: "/g", body: .text(Array("a=1".utf8)))),
        ])
        func asked(_ body: String) -> AskedRequest {
            AskedRequest(method: "POST", target: "/g", body: Array(body.utf8))
        }
        #expect(name(of: asked(#"{ "b": 2, "a": 1 }"#), in: index) == "json")
        #expect(name(of: asked("a=1"), in: index) == "text")
        #expect(name(of: asked(#"{"a":1}"#), in: index) == "any")
    }

    @Test("a literal segment beats a placeholder, the first that differs deciding, but only where the fixture matches")
    func placeholders() {
        let index = index([
            ("any", .init(path: "/{a}/{b}")), ("first", .init(path: "/users/{b}")), ("last", .init(path: "/{a}/42")),
            ("german", .init(path: "/users/42", headers: ["Accept-Language": "de"])),
        ])
        func name(_ target: String, _ headers: HTTPHeaders = [:]) -> String? {
            self.name(of: .init(method: "GET", target: target, headers: headers), in: index)
        }
        #expect(name("/users/42", ["accept-language": "de"]) == "german")
        #expect(name("/users/42") == "first")
        #expect(name("/orders/42") == "last")
        #expect(name("/orders/7") == "any")
        #expect(name("/users/") == nil)
        #expect(name("/users/7/x") == nil)
    }

    @Test("an exact text beats a pattern, a longer pattern a shorter one, a whole body a part, a larger part a smaller")
    func exactness() {
        let index = index([
            ("any", .init(path: "/s", query: ["a": ["*"]])), ("x", .init(path: "/s", query: ["a": ["x*"]])),
            ("xy", .init(path: "/s", query: ["a": ["xy"]])), ("h", .init(path: "/h", headers: ["A": "Bearer *"])),
            ("part", .init(method: "POST", path: "/s", body: part(#"{"a":{"b":1}}"#))),
            ("more", .init(method: "POST", path: "/s", body: part(#"{"a":{"b":1},"l":[{},2]}"#))),
            ("whole", .init(method: "POST", path: "/s", body: json(#"{"a":{"b":1},"l":[{},2]}"#))),
        ])
        func name(_ target: String, _ headers: HTTPHeaders = [:]) -> String? {
            self.name(of: .init(method: "GET", target: target, headers: headers), in: index)
        }
        func name(posting body: String) -> String? {
            self.name(of: .init(method: "POST", target: "/s", body: Array(body.utf8)), in: index)
        }
        #expect(["xy", "xz", "z"].map { name("/s?a=\($0)") } == ["xy", "x", "any"])
        #expect(name("/s?a=x&a=y") == nil)
        #expect(name("/h", ["a": "Bearer t"]) == "h")
        #expect(name("/h", ["a": "Basic t"]) == nil)
        #expect(name(posting: #"{"a":{"b":1},"l":[{},2]}"#) == "whole")
        #expect(name(posting: #"{"a":{"b":1.0,"c":2},"l":[{"x":1},2],"m":0}"#) == "more")
        #expect(name(posting: #"{"a":{"b":1},"l":[{},2,3]}"#) == "part")
        #expect(name(posting: #"{"a":{}}"#) == nil)
        let near = index.nearest(to: .init(method: "POST", target: "/s", body: Array(#"{"a":{"b":2}}"#.utf8)))
        #expect(near.first?.differences.map(\.description) == ["the body differs at /a/b"])
    }

    @Test("among many fixtures of one path the one with the request's query is found, patterns and parts considered")
    func manyQueries() {
        var fixtures = (0..<2000).map { ("n\($0)", ExpectedRequest(path: "/s", query: ["q": [String($0)]])) }
        fixtures.append(("tagged", .init(path: "/s", query: ["q": ["7"], "tag": ["*"]])))
        let index = index(fixtures)
        #expect(name(of: .init(method: "GET", target: "/s?q=1234"), in: index) == "n1234")
        #expect(name(of: .init(method: "GET", target: "/s?q=7&tag=a"), in: index) == "tagged")
        #expect(name(of: .init(method: "GET", target: "/s?q=8&tag=a"), in: index) == "n8")
        #expect(name(of: .init(method: "GET", target: "/s?q=x"), in: index) == nil)
    }

    @Test("a HEAD without a fixture of its own takes the GET's")
    func head() {
        let index = index([
            ("get", .init(path: "/a")), ("get-b", .init(path: "/b")), ("head-b", .init(method: "HEAD", path: "/b")),
        ])
        #expect(name(of: .init(method: "HEAD", target: "/a"), in: index) == "get")
        #expect(name(of: .init(method: "HEAD", target: "/b"), in: index) == "head-b")
    }

    @Test("a miss names the nearest fixtures, and why each is not the answer")
    func nearest() throws {
        let index = index([
            ("a", .init(path: "/orders/9")),
            ("b", .init(path: "/users/42", query: ["expand": ["plan"]])),
            ("c", .init(method: "PUT", path: "/users/42")),
            ("d", .init(path: "/users/42/friends")),
        ])
        let nearest = index.nearest(to: .init(method: "GET", target: "/users/42?expand=all"))
        #expect(nearest.map(\.fixture.name) == ["b", "c", "d"])
        #expect(
            nearest.map { $0.differences.map(\.description) } == [
                ["the query parameter 'expand' is 'all', the fixture has 'plan'"],
                ["the method is GET, the fixture has PUT"],
                ["the path is /users/42, the fixture has /users/42/friends"],
            ]
        )
    }

    @Test("a body that differs is explained by the place of the first difference")
    func nearestBody() {
        let index = index([("p", .init(method: "POST", path: "/g", body: json(#"{"items":[{"id":1}]}"#)))])
        func reasons(_ body: String) -> [String] {
            let asked = AskedRequest(method: "POST", target: "/g", body: Array(body.utf8))
            return index.nearest(to: asked).flatMap { $0.differences.map(\.description) }
        }
        #expect(reasons(#"{"items":[{"id":2}]}"#) == ["the body differs at /items/0/id"])
        #expect(reasons("") == ["the body is missing or is not JSON, the fixture has a JSON body"])
    }
}
