import Replay
import Testing

@testable import Composition

@Suite("A call for several ids at once")
struct BatchTests {
    private static func composition(_ batch: String, call: String = "") -> String {
        """
        {"endpoint": "GET /a", "calls": {
           "o": {"backend": "orders", "path": "/o"},
           "p": {"forEach": "o", "batch": \(batch), "backend": "catalog", "path": "/p",
                 "query": {"ids": "{join(',', item[].to_string(@))}"}, "select": "items" \(call)}},
         "response": {"body": "{p}"}}
        """
    }

    private static func fixtures(_ ids: String, _ answers: [(ids: String, items: String)]) -> [String: String] {
        var fixtures = ["orders/o": #"{"request": {"path": "/o"}, "response": {"body": \#(ids)}}"#]
        for (ids, items) in answers {
            fixtures["catalog/\(ids)"] =
                #"{"request": {"path": "/p", "query": {"ids": "\#(ids)"}}, "response": {"body": {"items": \#(items)}}}"#
        }
        return fixtures
    }

    @Test("distinct ids go out in portions, and come back to their places, compared as text")
    func places() async throws {
        let fixtures = Self.fixtures(
            #"[3, "1", 3, 2]"#,
            [("3,1", #"[{"id": 1, "n": "one"}, {"id": "3", "n": "three"}]"#), ("2", #"[{"id": 2, "n": "two"}]"#)]
        )
        let composition = Self.composition(#"{"size": 2, "key": "id"}"#, call: #", "omit": ["id"]"#)
        try await withBench(composition, fixtures: fixtures) { bench in
            let reply = await bench.run()
            #expect(
                reply.text == #"[{"n":"three"},{"n":"one"},{"n":"three"},{"n":"two"}]"#,
                "\(reply.failures)"
            )
            #expect(bench.replay.counts(of: "catalog")?.totalRequests == 2)
        }
    }

    @Test("an id that the answer lacks is a failed item: the fallback's, which knows the one id")
    func missing() async throws {
        let fixtures = Self.fixtures("[1, 2]", [("1,2", #"[{"id": 2}]"#)])
        let composition = Self.composition(#"{"key": "id"}"#, call: #", "fallback": {"gone": "{item}"}"#)
        try await withBench(composition, fixtures: fixtures) { bench in
            let reply = await bench.run()
            #expect(reply.text == #"[{"gone":1},{"id":2}]"#, "\(reply.failures)")
            #expect(reply.header("Medley-Partial") == "p;reason=http_response_incomplete")
        }
    }

    @Test("without a fallback an id that the answer lacks fails the reply")
    func missingRequired() async throws {
        try await withBench(
            Self.composition(#"{"key": "id"}"#),
            fixtures: Self.fixtures("[1, 2]", [("1,2", #"[{"id": 2}]"#)])
        ) { bench in
            let reply = await bench.run()
            #expect(reply.status == 502)
            #expect(reply.problem?.members.map(\.value) == ["p", "http_response_incomplete"])
        }
    }

    @Test("an id that 'when' does not want is not asked for")
    func when() async throws {
        let fixtures = Self.fixtures("[1, 2]", [("2", #"[{"id": 2}]"#)])
        let composition = Self.composition(#"{"key": "id"}"#, call: #", "when": "item > `1`""#)
        try await withBench(composition, fixtures: fixtures) { bench in
            let reply = await bench.run()
            #expect(reply.text == #"[null,{"id":2}]"#, "\(reply.failures)")
            #expect(reply.header("Medley-Partial") == nil)
        }
    }

    @Test("the ids can go out in a body")
    func post() async throws {
        try await withBench(
            """
            {"endpoint": "GET /a", "calls": {
               "o": {"backend": "orders", "path": "/o"},
               "p": {"forEach": "o", "batch": {"key": "sku"}, "backend": "catalog", "method": "POST", "path": "/lookup",
                     "body": {"skus": "{item}"}, "select": "found[].{sku: sku, of: length($item)}"}},
             "response": {"body": "{p}"}}
            """,
            fixtures: [
                "orders/o": #"{"request": {"path": "/o"}, "response": {"body": ["a", "b", "a"]}}"#,
                "catalog/l":
                    #"{"request": {"method": "POST", "path": "/lookup", "body": {"skus": ["a", "b"]}}, "response": {"body": {"found": [{"sku": "b"}, {"sku": "a"}]}}}"#,
            ]
        ) { bench in
            let reply = await bench.run()
            #expect(
                reply.text == #"[{"sku":"a","of":2},{"sku":"b","of":2},{"sku":"a","of":2}]"#,
                "\(reply.failures)"
            )
        }
    }

    @Test("an answer that is no list, and an id that is no scalar, are the composition's fault")
    func noLists() async throws {
        let answers = [("1", #"{"id": 1}"#)]
        try await withBench(Self.composition(#"{"key": "id"}"#), fixtures: Self.fixtures("[1]", answers)) { bench in
            #expect(await bench.run().problem?.members.map(\.value) == ["p", "expression_error"])
        }
        try await withBench(Self.composition(#"{"key": "id"}"#), fixtures: Self.fixtures("[[1]]", answers)) { bench in
            #expect(await bench.run().problem?.members.map(\.value) == ["p", "expression_error"])
            #expect(bench.replay.counts(of: "catalog")?.totalRequests == 0)
        }
    }

    @Test("each element can be joined into its item, whose id need not be the item itself")
    func join() async throws {
        let composition = """
            {"endpoint": "GET /a", "calls": {
               "o": {"backend": "orders", "path": "/o"},
               "p": {"forEach": "o", "batch": {"id": "product", "key": "id", "join": "merge($item, {product: name})"},
                     "backend": "catalog", "path": "/p", "query": {"ids": "{join(',', item[].to_string(@))}"},
                     "select": "items", "fallback": "{item}"}},
             "response": {"body": "{p}"}}
            """
        let fixtures = Self.fixtures(
            #"[{"n": 1, "product": 7}, {"n": 2}, {"n": 3, "product": 8}, {"n": 4, "product": 7}]"#,
            [("7,8", #"[{"id": 7, "name": "tea"}]"#)]
        )
        try await withBench(composition, fixtures: fixtures) { bench in
            let reply = await bench.run()
            #expect(
                reply.text
                    == #"[{"n":1,"product":"tea"},{"n":2},{"n":3,"product":8},{"n":4,"product":"tea"}]"#,
                "\(reply.failures)"
            )
            #expect(reply.header("Medley-Partial") == "p;reason=expression_error")
        }
    }
}
