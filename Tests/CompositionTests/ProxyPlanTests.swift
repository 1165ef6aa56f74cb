import CurlTransport
import Diagnostics
import Testing

@testable import Composition

@Suite("Proxies")
struct ProxyPlanTests {
    private func compile(_ text: String) -> (plan: ProxyPlan?, errors: [String]) {
        let diagnostics = DiagnosticList()
        let file = SourceFile(path: "p.json", bytes: Array(text.utf8))
        let set = CompositionSet.compile([file], backends: ["shop"], diagnostics: diagnostics)
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
        let sent = forwarder.transportRequest(
            for: .init(
                method: "POST",
                path: "/a/x%2Fy/b/c",
                pathParameters: ["x%2Fy", "b/c"],
                query: "q=%20&r",
                headers: fields.map { HeaderField(name: $0.0, value: $0.1) },
                body: [1, 2, 3],
                forwarded: [HeaderField(name: "X-Request-Id", value: "ours")]
            )
        )
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
