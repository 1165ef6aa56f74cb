import Replay
import Testing

@testable import Composition

@Suite("A call over a list")
struct ForEachTests {
    /// `orders/o` lists four products, the second of which the catalog does not have.
    private static let fixtures = [
        "orders/o":
            #"{"request": {"path": "/o"}, "response": {"body": {"items": [{"p": 1, "n": 1.10}, {"p": 2}, {"p": 3}, {"p": 1}]}}}"#,
        "catalog/1":
            #"{"request": {"path": "/p/1"}, "response": {"body": {"id": 1, "name": "tea", "secret": 1}, "delay": "30ms"}}"#,
        "catalog/2": #"{"request": {"path": "/p/2"}, "response": {"status": 404, "body": {}}}"#,
        "catalog/3": #"{"request": {"path": "/p/3"}, "response": {"body": {"id": 3, "name": "pot", "secret": 1}}}"#,
    ]

    private static func composition(_ call: String, body: String = #""{p}""#) -> String {
        """
        {"endpoint": "GET /a", "calls": {
           "o": {"backend": "orders", "path": "/o"},
           "p": {"forEach": "o.items", "backend": "catalog", "path": "/p/{item.p}", \(call)}},
         "response": {"body": \(body)}}
        """
    }

    @Test("joins each result into its item, in order, and asks for equal things once")
    func join() async throws {
        let composition = Self.composition(
            #""select": "merge($item, {product: name})", "omit": ["secret"], "fallback": "{item}""#
        )
        try await withBench(composition, fixtures: Self.fixtures) { bench in
            let reply = await bench.run()
            #expect(
                reply.text
                    == #"[{"p":1,"n":1.10,"product":"tea"},{"p":2},{"p":3,"product":"pot"},{"p":1,"product":"tea"}]"#,
                "\(reply.failures)"
            )
            #expect(reply.header("Medley-Partial") == "p;reason=upstream_status")
            #expect(bench.replay.counts(of: "catalog")?.totalRequests == 3)
        }
    }

    @Test("without a fallback one item's failure fails the reply, and a 404 of one item is no 404")
    func required() async throws {
        try await withBench(Self.composition(#""select": "name""#), fixtures: Self.fixtures) { bench in
            let reply = await bench.run()
            #expect(reply.status == 502)
            #expect(reply.problem?.members.map(\.value) == ["p", "upstream_status"])
        }
    }

    @Test("an item that is skipped is null in its place, costs nothing and is no failure")
    func when() async throws {
        let composition = Self.composition(#""when": "item.p != `2`", "select": "name""#)
        try await withBench(composition, fixtures: Self.fixtures) { bench in
            let reply = await bench.run()
            #expect(reply.text == #"["tea",null,"pot","tea"]"#, "\(reply.failures)")
            #expect(reply.header("Medley-Partial") == nil)
            #expect(bench.replay.counts(of: "catalog")?.totalRequests == 2)
        }
    }

    @Test("status, headers and error of the call are lists and a reason")
    func facts() async throws {
        let composition = Self.composition(
            #""select": "name", "fallback": null"#,
            body:
                #"{"s": "{calls.p.status}", "h": "{calls.p.headers.\"content-type\"}", "e": "{calls.p.error}", "p": "{p}"}"#
        )
        try await withBench(composition, fixtures: Self.fixtures) { bench in
            let reply = await bench.run()
            let type = #""application/json""#
            #expect(
                reply.text
                    == #"{"s":[200,404,200,200],"h":[\#(type),\#(type),\#(type),\#(type)],"e":"upstream_status","p":["tea",null,"pot","tea"]}"#
            )
        }
    }

    @Test("a list made by another call's list is gone through in its turn")
    func chained() async throws {
        let composition = """
            {"endpoint": "GET /a", "calls": {
               "o": {"backend": "orders", "path": "/o"},
               "p": {"forEach": "o.items", "when": "item.p != `2`", "backend": "catalog", "path": "/p/{item.p}"},
               "q": {"forEach": "p", "backend": "catalog", "path": "/q/{item.id}", "select": "{id: $item.id, q: @}"}},
             "response": {"body": "{q}"}}
            """
        let more = [
            "catalog/q1": #"{"request": {"path": "/q/1"}, "response": {"body": "one"}}"#,
            "catalog/q3": #"{"request": {"path": "/q/3"}, "response": {"body": "three"}}"#,
        ]
        try await withBench(composition, fixtures: Self.fixtures.merging(more) { $1 }) { bench in
            let reply = await bench.run()
            // What was skipped before is skipped again: there is nothing to ask for.
            #expect(
                reply.text == #"[{"id":1,"q":"one"},null,{"id":3,"q":"three"},{"id":1,"q":"one"}]"#,
                "\(reply.failures)"
            )
            #expect(reply.header("Medley-Partial") == nil)
        }
    }

    @Test(
        "null is no items; anything but a list, and a list too long, is the composition's fault",
        arguments: [
            ("null", 200, "[]", ""), ("[]", 200, "[]", ""), ("7", 500, "", "expression_error"),
            (#"{"a": 1}"#, 500, "", "expression_error"), ("[1,2,3,4]", 500, "", "limit_exceeded"),
            ("[1,1,1]", 200, #"["x","x","x"]"#, ""),
        ]
    )
    func lists(list: String, status: Int, text: String, reason: String) async throws {
        try await withBench(
            """
            {"endpoint": "GET /a", "calls": {
               "o": {"backend": "orders", "path": "/o"},
               "p": {"forEach": "o.list", "maxItems": 3, "backend": "catalog", "path": "/p/{item}"}},
             "response": {"body": "{p}"}}
            """,
            fixtures: [
                "orders/o": #"{"request": {"path": "/o"}, "response": {"body": {"list": \#(list)}}}"#,
                "catalog/1": #"{"request": {"path": "/p/1"}, "response": {"body": "x"}}"#,
            ]
        ) { bench in
            let reply = await bench.run()
            #expect(reply.status == status, "\(reply.failures)")
            if status == 200 { #expect(reply.text == text) }
            if status != 200 { #expect(reply.problem?.members.map(\.value) == ["p", reason]) }
        }
    }

    @Test("a list that cannot be gone through leaves the fallback for the whole call")
    func wholeFallback() async throws {
        try await withBench(
            """
            {"endpoint": "GET /a", "calls": {
               "o": {"backend": "orders", "path": "/o"},
               "p": {"forEach": "o.items", "maxItems": 3, "backend": "catalog", "path": "/p/{item.p}", "fallback": []}},
             "response": {"body": "{p}"}}
            """,
            fixtures: Self.fixtures
        ) { bench in
            let reply = await bench.run()
            #expect(reply.text == "[]")
            #expect(reply.header("Medley-Partial") == "p;reason=limit_exceeded")
        }
    }

    @Test("no more than maxConcurrency requests are under way at a time")
    func concurrency() async throws {
        let ids = (1...12).map(String.init).joined(separator: ",")
        var fixtures = ["orders/o": #"{"request": {"path": "/o"}, "response": {"body": [\#(ids)]}}"#]
        for id in 1...12 {
            fixtures["catalog/\(id)"] =
                #"{"request": {"path": "/p/\#(id)"}, "response": {"body": \#(id), "delay": "20ms"}}"#
        }
        try await withBench(
            """
            {"endpoint": "GET /a", "calls": {
               "o": {"backend": "orders", "path": "/o"},
               "p": {"forEach": "o", "maxConcurrency": 3, "backend": "catalog", "path": "/p/{item}"}},
             "response": {"body": "{p}"}}
            """,
            fixtures: fixtures
        ) { bench in
            let reply = await bench.run()
            #expect(reply.text == "[\(ids)]")
            #expect(bench.replay.counts(of: "catalog")?.connections == 3)
        }
    }

    @Test("when the endpoint's time is over, items without an answer get their fallbacks")
    func deadline() async throws {
        let fixtures = Self.fixtures.merging([
            "catalog/3": #"{"request": {"path": "/p/3"}, "response": {"body": 1, "fault": "timeout"}}"#
        ]) { $1 }
        let composition = Self.composition(#""select": "name", "fallback": "{item.p}""#)
            .replacing(#""calls""#, with: #""timeout": "300ms", "calls""#)
        try await withBench(composition, fixtures: fixtures) { bench in
            let reply = await bench.run()
            #expect(reply.text == #"["tea",2,3,"tea"]"#)
        }
    }

    @Test("an item's fallback can be another call, which runs once and only when it is needed")
    func spareCall() async throws {
        let composition = """
            {"endpoint": "GET /a", "calls": {
               "o": {"backend": "orders", "path": "/o"},
               "p": {"forEach": "o.items", "backend": "catalog", "path": "/p/{item.p}", "select": "name",
                     "fallback": "{names.other}-{item.p}"},
               "names": {"backend": "orders", "path": "/names"}},
             "response": {"body": "{p}"}}
            """
        let more = ["orders/names": #"{"request": {"path": "/names"}, "response": {"body": {"other": "x"}}}"#]
        try await withBench(composition, fixtures: Self.fixtures.merging(more) { $1 }) { bench in
            #expect(await bench.run().text == #"["tea","x-2","pot","tea"]"#)
        }
    }
}
