import CurlTransport
import Diagnostics
import Testing

@testable import Composition

@Suite("Proxies")
struct ProxyPlanTests {
    private func compile(_ text: String) -> (plan: ProxyPlan?, errors: [String]) {
        let diagnostics = DiagnosticList()
        let file = SourceFile(path: "p.json", bytes: Array(text.utf8))
        let set = CompositionSet.compile([file], backends: ["shop", "shop2"], diagnostics: diagnostics)
        return (set.proxies.first, diagnostics.sorted().map { $0.rendered() })
    }

    @Test(
        "mistakes, each with its place and what to do",
        arguments: [
            (
                #"{"endpoint": "ANY /a", "proxy": {"backend": "shpo"}}"#,
                "p.json:1:45: error: no backend is named 'shpo'", "did you mean 'shop'?"
            ),
            (
                #"{"endpoint": "ANY /a", "calls": {}, "proxy": {"backend": "shop"}}"#,
                "p.json:1:24: error: 'calls' has no place beside 'proxy'", "take one of the two away"
            ),
            (
                #"{"endpoint": "ANY /a", "timeout": "1s", "proxy": {"backend": "shop"}}"#,
                "p.json:1:24: error: 'timeout' has no place beside 'proxy'", "say it in 'proxy'"
            ),
            (
                #"{"endpoint": "ANY /a/{rest...}", "proxy": {"backend": "shop", "path": "/b/{res}"}}"#,
                "error: the endpoint has no parameter 'res'", "did you mean 'rest'?"
            ),
            (
                #"{"endpoint": "ANY /a", "proxy": {"backend": "shop", "path": "b"}}"#, "error: a path begins with '/'",
                #""/b""#
            ),
            (
                #"{"endpoint": "ANY /a", "proxy": {"backend": "shop", "path": "/b?c=1"}}"#,
                "error: a path holds letters", "query is passed on"
            ),
            (#"{"endpoint": "ANY /a", "proxy": {}}"#, "error: 'proxy' needs 'backend'", ""),
            (
                #"{"endpoint": "ANY /a/{rest...}/b", "proxy": {"backend": "shop"}}"#, "p.json:1:22: error:", ""
            ),
            (
                #"{"endpoint": "ANY /a", "calls": {"u": {"backend": "shop", "path": "/"}}}"#, "'ANY' is no method",
                "only an endpoint with 'proxy' answers any method"
            ),
            (
                #"{"endpoint": "GET /a", "proxy": {"backend": "shop"}, "response": {"cache": {"vary": {"query": ["q"]}}}}"#,
                "the whole query is part of a proxy's key", "take 'query' out"
            ),
            (
                #"{"endpoint": "GET /a", "proxy": {"backend": "shop"}, "response": {"body": 1}}"#,
                "unknown key 'body'", ""
            ),
            (
                #"{"endpoint": "GET /a", "proxy": {"backend": "shop", "split": {"shop": 1, "shop2": 1}}}"#,
                "'split' stands in the place of 'backend'", "take one of the two away"
            ),
            (
                #"{"endpoint": "GET /a", "proxy": {"split": {"shop": 1, "shpo2": 1}}}"#, "no backend is named 'shpo2'",
                "did you mean 'shop2'?"
            ),
            (
                #"{"endpoint": "GET /a", "proxy": {"split": {"shop": 1}}}"#, "a split has from 2 to 16 backends",
                "\"backend\""
            ),
            (
                #"{"endpoint": "GET /a", "proxy": {"splt": {"shop": 1, "shop2": 1}}}"#, "unknown key 'splt' in 'proxy'",
                "did you mean 'split'?"
            ),
            (
                #"{"endpoint": "GET /a", "proxy": {"split": {"shop": 0, "shop2": 0}}}"#, "all weights are 0",
                "give one of them a weight"
            ),
            (
                #"{"endpoint": "GET /a", "proxy": {"split": {"shop": 1, "shop2": 1.5}}}"#,
                "'shop2' in 'split' must be a whole number from 0 to 1000000", ""
            ),
            (
                #"{"endpoint": "GET /a", "proxy": {"backend": "shop", "sticky": "{request.id}"}}"#,
                "'sticky' says what a split goes by", "add \"split\""
            ),
            (
                #"{"endpoint": "GET /a", "proxy": {"split": {"shop": 1, "shop2": 1}, "sticky": "device"}}"#,
                "'sticky' is the same for all requests", "name something of the request"
            ),
            (
                #"{"endpoint": "GET /a", "proxy": {"split": {"shop": 1, "shop2": 1}, "sticky": "{request.consumer}"}}"#,
                "the endpoint reads who asks", "add \"access\""
            ),
            (
                #"{"endpoint": "GET /a", "proxy": {"backend": "shop", "mirror": {"backend": "shop"}}}"#,
                "'shop' gets the requests themselves", "name another backend"
            ),
            (
                #"{"endpoint": "GET /a", "proxy": {"backend": "shop", "mirror": {"backend": "shop2", "percent": 0}}}"#,
                "'percent' in 'mirror' must be a number above 0 and up to 100", ""
            ),
            (
                #"{"endpoint": "GET /a", "proxy": {"backend": "shop", "requestHeaders": {"set": {"Host": "x"}}}}"#,
                "the host has a key of its own", ""
            ),
            (
                #"{"endpoint": "GET /a", "proxy": {"backend": "shop", "requestHeaders": {"remove": ["Connection"]}}}"#,
                "'Connection' is the transport's to write", "leave it out"
            ),
            (
                #"{"endpoint": "GET /a", "proxy": {"backend": "shop", "responseHeaders": {"rename": {"X-A": "Server"}}}}"#,
                "'Server' is Medley's own to write", ""
            ),
            (
                #"{"endpoint": "GET /a", "proxy": {"backend": "shop", "status": {"204": 200}}}"#,
                "'204' in 'status' is no status that another can stand for", ""
            ),
            (
                #"{"endpoint": "GET /a", "proxy": {"backend": "shop", "status": {"404": 204}}}"#,
                "a reply with the status 204 has no body", "take another status"
            ),
            (
                #"{"endpoint": "GET /a", "proxy": {"backend": "shop", "host": "cleint"}}"#, "'cleint' is no host",
                "did you mean 'client'?"
            ),
            (
                #"{"endpoint": "GET /a", "proxy": {"backend": "shop", "requestBody": "@"}}"#, "a GET has no body",
                "take 'requestBody' away"
            ),
            (
                #"{"endpoint": "GET /a", "proxy": {"backend": "shop", "stall": "1s", "responseBody": "@"}}"#,
                "'stall' is about bodies that are streamed, and with 'responseBody' they are held whole", ""
            ),
            (
                #"{"endpoint": "GET /a", "proxy": {"backend": "shop", "requestHeaders": {"set": {"X": "{request.body}"}}}}"#,
                "the body of a request that is passed on is not read", ""
            ),
        ]
    )
    func mistakes(text: String, message: String, help: String) {
        let errors = compile(text).errors
        #expect(errors.count == 1, "\(errors)")
        #expect(errors.first?.contains(message) == true, "\(errors)")
        #expect(errors.first?.contains(help) == true || help.isEmpty, "\(errors)")
    }

    @Test("what is sent: the client's fields without the connection's, the backend's own in their place")
    func sent() async throws {
        let (compiled, errors) = compile(
            #"{"endpoint": "ANY /a/{id}/{rest...}", "proxy": {"backend": "shop", "path": "/v1/{rest}/{id}"}}"#
        )
        let plan = try #require(compiled, "\(errors)")
        let transport = try CurlTransport(backends: [BackendOptions(name: "shop")], loops: 1)
        let bound = BoundBackend(
            backend: try #require(transport.backend(named: "shop")),
            base: "http://shop/base",
            headers: [HeaderField(name: "X-Key", value: "own")]
        )
        let forwarder = try #require(ProxyForwarder(plan: plan, backends: ["shop": bound]))
        let fields = [
            ("Host", "front"), ("Connection", "X-Hop, keep-alive"), ("X-Hop", "1"), ("Keep-Alive", "1"),
            ("TE", "trailers"),
            ("Proxy-Connection", "close"), ("Transfer-Encoding", "chunked"), ("Content-Length", "3"),
            ("Expect", "100-continue"), ("Accept-Encoding", "br"), ("X-Key", "theirs"), ("X-Request-Id", "theirs"),
            ("Accept", "text/html"), ("Cookie", "a=1"), ("Via", "1.0 edge"), ("Authorization", "Bearer x"),
        ]
        let passage = try forwarder.passage(
            of: .init(
                method: "POST",
                path: "/a/x%2Fy/b/c",
                pathParameters: ["x%2Fy", "b/c"],
                query: "q=%20&r",
                headers: fields.map { HeaderField(name: $0.0, value: $0.1) },
                body: [1, 2, 3],
                forwarded: [HeaderField(name: "X-Request-Id", value: "ours")]
            )
        )
        let sent = try passage.transportRequest()
        #expect(sent.url == "http://shop/base/v1/b/c/x%2Fy?q=%20&r")
        #expect(
            sent.headers.map { "\($0.name): \($0.value)" } == [
                "Accept-Encoding: br", "Accept: text/html", "Cookie: a=1", "Via: 1.0 edge", "Authorization: Bearer x",
                "X-Key: own", "X-Request-Id: ours", "Via: 1.1 medley",
            ]
        )
        #expect(sent.body == [1, 2, 3])
        #expect(sent.finishesWhenCancelled, "a POST that has been sent is not broken off")
        await transport.shutdown()
    }

    @Test("explained as text, JSON and Mermaid")
    func explained() throws {
        let (plan, _) = compile(
            #"{"endpoint": "ANY /a/{rest...}", "summary": "Old.", "proxy": {"backend": "shop", "path": "/v1/{rest}"}, "response": {"cache": "60s"}}"#
        )
        let explanation = ProxyExplanation(try #require(plan), backendTimeouts: ["shop": .seconds(3)])
        #expect(
            explanation.text == """
                ANY /a/{rest...}
                  Old.
                  within 3s · passed on to shop, /v1/{rest} · 1 request to a backend
                  when it fails: 504 after the timeout, else 502; the backend's own statuses pass as they come
                  the reply is kept for 1m where the backend does not say

                """
        )
        #expect(explanation.mermaid.contains("shop: /v1/{rest}"))
    }
}
