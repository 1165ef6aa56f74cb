import Replay
import Testing

@testable import Composition

@Suite("What becomes of a call")
struct CallTests {
    @Test(
        "a query's field that must have a value stops the request when it has none",
        arguments: ["null", "\"\"", "[]", "7"]
    )
    func requiredField(id: String) async throws {
        try await withBench(
            """
            {"endpoint": "GET /a", "calls": {
               "u": {"backend": "users", "path": "/u"},
               "o": {"backend": "orders", "path": "/o", "query": {"customer!": "{u.id}", "other": "{u.none}"}, "fallback": "none"}},
             "response": {"body": "{o}"}}
            """,
            fixtures: [
                "users/u": #"{"request": {"path": "/u"}, "response": {"body": {"id": \#(id)}}}"#,
                "orders/o": #"{"request": {"path": "/o", "query": {"customer": "7"}}, "response": {"body": "all"}}"#,
            ]
        ) { bench in
            let reply = await bench.run()
            #expect(reply.text == (id == "7" ? #""all""# : #""none""#))
            #expect(bench.replay.counts(of: "orders")?.totalRequests == (id == "7" ? 1 : 0))
        }
    }

    @Test("'otherwise' is the value where 'when' says no, and the reply is whole")
    func otherwise() async throws {
        try await withBench(
            """
            {"endpoint": "GET /a", "calls": {
               "l": {"backend": "users", "path": "/l"},
               "j": {"forEach": "l", "when": "item.id", "otherwise": "{item}", "backend": "users", "path": "/d/{item.id}",
                     "select": "merge($item, {d: @})"},
               "b": {"forEach": "l", "when": "item.id", "otherwise": {"n": "{item.n}"}, "batch": {"id": "id", "key": "id"},
                     "backend": "users", "path": "/b"},
               "c": {"when": "l[5]", "otherwise": [], "backend": "users", "path": "/no"}},
             "response": {"body": ["{j}", "{b}", "{c}"]}}
            """,
            fixtures: [
                "users/l": #"{"request": {"path": "/l"}, "response": {"body": [{"n": 1, "id": 7}, {"n": 2}]}}"#,
                "users/d": #"{"request": {"path": "/d/7"}, "response": {"body": "seven"}}"#,
                "users/b": #"{"request": {"path": "/b"}, "response": {"body": [{"id": 7}]}}"#,
            ]
        ) { bench in
            let reply = await bench.run()
            #expect(
                reply.text == #"[[{"n":1,"id":7,"d":"seven"},{"n":2}],[{"id":7},{"n":2}],[]]"#,
                "\(reply.failures)"
            )
            #expect(reply.header("Medley-Partial") == nil)
        }
    }

    @Test("a null that nothing skipped has caused is no skip")
    func nullIsNoSkip() async throws {
        try await withBench(
            """
            {"endpoint": "GET /a", "calls": {
               "a": {"when": "`false`", "backend": "users", "path": "/a"},
               "z": {"backend": "users", "path": "/z"},
               "p": {"forEach": "z.list", "when": "item > `0`", "backend": "users", "path": "/p/{item}", "fallback": null},
               "q": {"forEach": "p", "backend": "users", "path": "/q/{item.id}", "fallback": "failed"},
               "r": {"backend": "users", "path": "/r/{a.id || z.id}", "fallback": "failed"}},
             "response": {"body": ["{q}", "{r}"]}}
            """,
            fixtures: [
                "users/z": #"{"request": {"path": "/z"}, "response": {"body": {"list": [0, 1]}}}"#,
                "users/p": #"{"request": {"path": "/p/1"}, "response": {"body": null}}"#,
            ]
        ) { bench in
            let reply = await bench.run()
            #expect(reply.text == #"[[null,"failed"],"failed"]"#, "\(reply.failures)")
        }
    }

    @Test("a fallback knows how its own call has failed")
    func ownError() async throws {
        try await withBench(
            """
            {"endpoint": "GET /a", "calls": {
               "a": {"backend": "users", "path": "/a", "fallback": {"why": "{calls.a.error}", "status": "{calls.a.status}"}},
               "l": {"forEach": "['x', 'y']", "backend": "users", "path": "/l/{item}", "fallback": "{item}: {calls.l.error}"}},
             "response": {"body": ["{a}", "{l}"]}}
            """,
            fixtures: [
                "users/a": #"{"request": {"path": "/a"}, "response": {"status": 503}}"#,
                "users/x": #"{"request": {"path": "/l/x"}, "response": {"body": 1}}"#,
                "users/y": #"{"request": {"path": "/l/y"}, "response": {"body": 1, "fault": "malformed"}}"#,
            ]
        ) { bench in
            let reply = await bench.run()
            #expect(
                reply.text.hasPrefix(#"[{"why":"upstream_status","status":503},[1,"y: "#)
                    && reply.text.contains("y: http_")
                    || reply.text.contains("y: invalid_json"),
                "\(reply.text)"
            )
        }
    }

    @Test("what a spare call lacks is not what the client asked for")
    func spareStatus() async throws {
        try await withBench(
            """
            {"endpoint": "GET /a", "calls": {
               "a": {"backend": "users", "path": "/a", "fallback": "{b}"}, "b": {"backend": "users", "path": "/b"}},
             "response": {"body": "{a}"}}
            """,
            fixtures: [
                "users/a": #"{"request": {"path": "/a"}, "response": {"status": 503}}"#,
                "users/b": #"{"request": {"path": "/b"}, "response": {"status": 404}}"#,
            ]
        ) { bench in
            let reply = await bench.run()
            #expect(reply.status == 502)
            #expect(reply.failures.map(\.call) == ["a", "b"])
            #expect(reply.failures.map(\.request) == ["GET /a", "GET /b"])
        }
    }

    @Test("a status that passes brings what the client needs to go on")
    func headersOfStatus() async throws {
        try await withBench(
            """
            {"endpoint": "GET /a", "calls": {"a": {"backend": "users", "path": "/a", "propagate": [401, 429],
               "headers": {"Authorization": "{request.headers.authorization}"}}}}
            """,
            fixtures: [
                "users/a":
                    #"{"request": {"path": "/a"}, "response": {"status": 401, "headers": {"WWW-Authenticate": "Bearer", "Retry-After": "5"}}}"#
            ]
        ) { bench in
            let reply = await bench.run()
            #expect(reply.status == 401)
            #expect(reply.headers.map { "\($0.name): \($0.value)" } == ["WWW-Authenticate: Bearer"])
        }
    }

    @Test("an empty answer is null where something was done, and no JSON where something was read")
    func emptyAnswers() async throws {
        try await withBench(
            """
            {"endpoint": "POST /a", "calls": {
               "a": {"backend": "users", "method": "POST", "path": "/a"},
               "b": {"backend": "users", "path": "/a", "fallback": "{calls.b.error}"}},
             "response": {"body": ["{a}", "{b}"]}}
            """,
            fixtures: [
                "users/a": #"{"request": {"method": "POST", "path": "/a"}, "response": {"status": 201}}"#,
                "users/b": #"{"request": {"path": "/a"}, "response": {"status": 200}}"#,
            ]
        ) { bench in
            #expect(await bench.run(method: "POST").text == #"[null,"invalid_json"]"#)
        }
    }

    @Test("a GET after something was done is sent again")
    func readAfterWrite() async throws {
        try await withBench(
            """
            {"endpoint": "POST /a", "calls": {
               "before": {"backend": "users", "path": "/cart"},
               "add": {"when": "before", "backend": "users", "method": "POST", "path": "/cart"},
               "after": {"when": "add", "backend": "users", "path": "/cart"}},
             "response": {"body": ["{before}", "{after}"]}}
            """,
            fixtures: [
                "users/get": #"{"request": {"path": "/cart"}, "response": {"body": 1}}"#,
                "users/post": #"{"request": {"method": "POST", "path": "/cart"}, "response": {"body": 1}}"#,
            ]
        ) { bench in
            #expect(await bench.run(method: "POST").text == "[1,1]")
            #expect(bench.replay.counts(of: "users")?.totalRequests == 3)
        }
    }

    @Test("nothing is sent for a reply that has failed before")
    func failedAtOnce() async throws {
        try await withBench(
            """
            {"endpoint": "POST /a", "parameters": {"x": {"in": "query"}}, "calls": {
               "paid": {"backend": "users", "method": "POST", "path": "/pay"},
               "u": {"backend": "users", "path": "/u/{x}"}},
             "response": {"body": "{u}"}}
            """,
            fixtures: ["users/p": #"{"request": {"method": "POST", "path": "/pay"}, "response": {"body": 1}}"#]
        ) { bench in
            let reply = await bench.run(method: "POST")
            #expect(reply.problem?.members.map(\.value) == ["u", "expression_error"])
            #expect(bench.replay.counts(of: "users")?.totalRequests == 0)
        }
    }

    @Test("an answer outside 2xx that is accepted is null for each id of a batch")
    func acceptedBatch() async throws {
        try await withBench(
            """
            {"endpoint": "GET /a", "calls": {
               "b": {"forEach": "[`1`, `2`]", "batch": {"key": "id"}, "backend": "users", "path": "/b", "success": [200, 404]}}}
            """,
            fixtures: ["users/b": #"{"request": {"path": "/b"}, "response": {"status": 404, "body": {}}}"#]
        ) { bench in
            #expect(await bench.run().text == "[null,null]")
        }
    }

    @Test("ten thousand items that were skipped before are skipped again in no time")
    func manySkips() async throws {
        try await withBench(
            """
            {"endpoint": "GET /a", "calls": {
               "p": {"forEach": "range(`0`, `10000`)", "maxItems": 10000, "when": "`false`", "backend": "users", "path": "/p/{item}"},
               "q": {"forEach": "p", "maxItems": 10000, "backend": "users", "path": "/q/{item.id}"}},
             "response": {"body": "{length(q)}"}}
            """,
            fixtures: ["users/p": #"{"request": {"path": "/p"}, "response": {"body": 1}}"#]
        ) { bench in
            #expect(await bench.run().text == "10000")
        }
    }
}
