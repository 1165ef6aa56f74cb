import Testing

@testable import Cases

@Suite("What backends are asked")
struct TrafficTests {
    private static let start = ContinuousClock.now

    /// - Parameters:
    ///   - began: in milliseconds.
    ///   - ended: in milliseconds; nil for never.
    private static func request(
        _ backend: String,
        _ method: String = "GET",
        _ target: String = "/",
        body: String = "",
        began: Int = 0,
        ended: Int? = 1
    ) -> ReceivedRequest {
        ReceivedRequest(
            backend: backend,
            method: method,
            target: target,
            headers: [("Accept", "application/json"), ("X-A", "1"), ("X-A", "2")],
            body: Array(body.utf8),
            fixture: nil,
            began: start + .milliseconds(began),
            ended: ended.map { start + .milliseconds($0) }
        )
    }

    private func paths(_ members: String, _ received: [ReceivedRequest]) throws -> [String] {
        let (file, findings) = read(oneCase("\"response\": { \"status\": 200 }, \(members)"))
        #expect(findings == [])
        return try #require(file?.cases.first).traffic.mismatches(of: received).map(\.message)
    }

    @Test(
        "requests are counted by backend, or by backend, method and path",
        arguments: [
            (#""users": { "requests": 1 }"#, []),
            (#""orders": { "requests": 2 }"#, []),
            (#""orders POST /orders": { "requests": 1 }"#, []),
            (#""orders GET /orders/…": { "requests": 1 }"#, []),
            (#""orders GET /orders": { "requests": 0 }"#, []),
            (#""reviews": { "requests": 0 }"#, []),
            (#""orders": { "requests": { "atLeast": 1, "atMost": 2 } }"#, []),
            (#""users": { "requests": 2 }"#, ["backends.users.requests: 2 was expected, it is 1"]),
            (
                #""orders": { "requests": { "atMost": 1 } }"#,
                ["backends.orders.requests: 1 at the most was expected, it is 2"]
            ),
            (
                #""orders": { "requests": { "atLeast": 3 } }"#,
                ["backends.orders.requests: 3 at the least was expected, it is 2"]
            ),
        ]
    )
    func counts(share: String, found: [String]) throws {
        let received = [
            Self.request("users"), Self.request("orders", "POST", "/orders"),
            Self.request("orders", "GET", "/orders/7?a=1"),
        ]
        #expect(try paths("\"backends\": { \(share) }", received) == found)
    }

    @Test(
        "each request that is listed must be among those sent",
        arguments: [
            (#"{ "method": "POST", "path": "/a", "query": { "b": "x y", "c": ["1", "2"], "d": null } }"#, []),
            (#"{ "headers": { "accept": "application/…", "X-A": ["1", "2"], "Cookie": null } }"#, []),
            (#"{ "bodyContains": { "n": 1.0 } }"#, []),
            (#"{ "query": { "e\u0301": null } }"#, []),
            (#"{ "path": "/b" }"#, [#"backends.users.sent[0].path: /b was expected, it is /a"#]),
            (
                #"{ "query": { "b": "x", "c": null } }"#,
                [
                    #"backends.users.sent[0].query.b: "x" was expected, it is "x y""#,
                    #"backends.users.sent[0].query.c: it is ["1", "2"], and was not expected"#,
                ]
            ),
            (
                #"{ "bodyContains": { "n": 1 } }"#,
                ["backends.users.sent[0].body.n: 1 was expected, it is 1.0"]
            ),
            (
                #"{ "path": "/a" }, { "method": "POST" }"#,
                ["backends.users.sent[1]: POST was expected, it is not there"]
            ),
        ]
    )
    func sent(list: String, found: [String]) throws {
        let received = [Self.request("users", "POST", "/a?b=x+y&c=1&c=%32&%C3%A9=1", body: #"{"n":1.0,"m":2}"#)]
        #expect(try paths("\"backends\": { \"users\": { \"sent\": [\(list)] } }", received) == found)
    }

    @Test("of two requests each stands for the one that only it can be")
    func assignment() throws {
        let received = [Self.request("users", "GET", "/a"), Self.request("users", "GET", "/b")]
        let loose = #""backends": { "users": { "sent": [{ "method": "GET" }, { "path": "/a" }] } }"#
        #expect(try paths(loose, received) == [])
    }

    @Test(
        "parallel requests overlap in time, those of a sequence follow each other",
        arguments: [
            (#""parallel": ["a", "b"]"#, []),
            (#""sequence": ["a", "c"]"#, []),
            (#""sequence": ["a", "c", "d"]"#, []),
            (#""parallel": [["a", "b"], ["c", "e"]]"#, []),
            (
                #""parallel": ["a", "c"]"#,
                ["parallel a, c: requests that overlap in time was expected, it is a 0.0–20 ms; c 30–40 ms"]
            ),
            (
                #""sequence": ["a", "b"]"#,
                [
                    "sequence a, b: one answered before the next is asked was expected, it is a 0.0–20 ms; b 10–30 ms"
                ]
            ),
            (#""sequence": ["a", "x"]"#, ["sequence: a request to x was expected, it is not there"]),
            (#""parallel": ["f"]"#, []),
            (
                #""parallel": ["g"]"#,
                ["parallel g: requests that overlap in time was expected, it is g 0.0–1.0 ms, 2.0–3.0 ms"]
            ),
        ]
    )
    func order(members: String, found: [String]) throws {
        let received = [
            Self.request("a", began: 0, ended: 20), Self.request("b", began: 10, ended: 30),
            Self.request("c", began: 30, ended: 40), Self.request("d", began: 50, ended: nil),
            Self.request("e", began: 35, ended: nil), Self.request("f", began: 0, ended: 5),
            Self.request("f", began: 4, ended: 8), Self.request("g", began: 0, ended: 1),
            Self.request("g", began: 2, ended: 3),
        ]
        #expect(try paths(members, received) == found)
    }
}
