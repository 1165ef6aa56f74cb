import Replay
import Testing

@testable import Composition

@Suite("Conditions and success")
struct ConditionTests {
    @Test(
        "a call whose condition is false is skipped, and so is what needs it in its path",
        arguments: ["gold", "free"]
    )
    func skipped(plan: String) async throws {
        try await withBench(
            """
            {"endpoint": "GET /a", "calls": {
               "u": {"backend": "users", "path": "/u"},
               "o": {"when": "u.plan == 'gold'", "backend": "orders", "path": "/o"},
               "p": {"backend": "orders", "path": "/p/{o.id}"}},
             "response": {"body": {"o": "{o}", "p": "{p}", "e": "{calls.o.error || calls.p.error}", "s": "{calls.o.status}"}}}
            """,
            fixtures: [
                "users/u": #"{"request": {"path": "/u"}, "response": {"body": {"plan": "\#(plan)"}}}"#,
                "orders/o": #"{"request": {"path": "/o"}, "response": {"body": {"id": 7}}}"#,
                "orders/p": #"{"request": {"path": "/p/7"}, "response": {"body": "p"}}"#,
            ]
        ) { bench in
            let reply = await bench.run()
            #expect(
                reply.text
                    == (plan == "gold"
                        ? #"{"o":{"id":7},"p":"p","e":null,"s":200}"# : #"{"o":null,"p":null,"e":null,"s":null}"#),
                "\(reply.failures)"
            )
            #expect(reply.header("Medley-Partial") == nil)
            #expect(bench.replay.counts(of: "orders")?.totalRequests == (plan == "gold" ? 2 : 0))
        }
    }

    @Test("a null in a path that comes from a fallback is no skip but a failure")
    func nullOfFallback() async throws {
        try await withBench(
            """
            {"endpoint": "GET /a", "calls": {
               "o": {"backend": "orders", "path": "/o", "fallback": null},
               "p": {"backend": "orders", "path": "/p/{o.id}", "fallback": "none"}},
             "response": {"body": "{p}"}}
            """,
            fixtures: ["orders/o": #"{"request": {"path": "/o"}, "response": {"status": 500}}"#]
        ) { bench in
            let reply = await bench.run()
            #expect(reply.text == #""none""#)
            #expect(reply.header("Medley-Partial") == "o;reason=upstream_status, p;reason=dependency_failed")
        }
    }

    @Test(
        "success can be an expression over status, headers and body",
        arguments: [
            // A rule that does not ask for the status wants 2xx besides.
            ("!(body.errors)", 200, #"{"data": 1}"#, 200, "1"),
            ("!(body.errors)", 200, #"{"errors": [1], "data": 1}"#, 502, ""),
            ("!(body.errors)", 503, #"{"data": 1}"#, 502, ""),
            ("!(body.errors)", 404, #"{"data": 1}"#, 404, ""),
            // One that does decides alone; a status outside 2xx has the value null.
            ("status == `404` || !(body.errors)", 404, #"{"data": 1}"#, 200, "null"),
            ("status < `300` && headers.\\\"x-ok\\\" == 'yes'", 200, #"{"data": 1}"#, 200, "1"),
            ("status < `300` && headers.\\\"x-ok\\\" == 'no'", 200, #"{"data": 1}"#, 502, ""),
            // A rule that cannot be evaluated accepts nothing.
            ("length(body.data) > `0`", 200, #"{"data": 1}"#, 500, ""),
        ]
    )
    func success(rule: String, status: Int, body: String, replyStatus: Int, text: String) async throws {
        try await withBench(
            """
            {"endpoint": "GET /a", "calls": {
               "q": {"backend": "users", "path": "/q", "success": "\(rule)", "select": "data"}}}
            """,
            fixtures: [
                "users/q":
                    #"{"request": {"path": "/q"}, "response": {"status": \#(status), "headers": {"X-Ok": "yes"}, "body": \#(body)}}"#
            ]
        ) { bench in
            let reply = await bench.run()
            #expect(reply.status == replyStatus, "\(reply.failures)")
            if replyStatus == 200 { #expect(reply.text == text) }
        }
    }

    @Test("what is missing can be told in the body", arguments: [200, 500])
    func partialMember(status: Int) async throws {
        try await withBench(
            """
            {"endpoint": "GET /a", "calls": {
               "u": {"backend": "users", "path": "/u", "fallback": null},
               "l": {"forEach": "['1', '2']", "backend": "users", "path": "/l/{item}", "fallback": null}},
             "response": {"partial": "missing", "body": {"u": "{u}", "l": "{l}"}}}
            """,
            fixtures: [
                "users/u": #"{"request": {"path": "/u"}, "response": {"status": \#(status), "body": 1}}"#,
                "users/l1": #"{"request": {"path": "/l/1"}, "response": {"body": 1}}"#,
                "users/l2": #"{"request": {"path": "/l/2"}, "response": {"status": \#(status), "body": 2}}"#,
            ]
        ) { bench in
            let whole = #"{"u":1,"l":[1,2]}"#
            let partial =
                #"{"u":null,"l":[1,null],"missing":[{"call":"u","reason":"upstream_status"},"#
                + #"{"call":"l","reason":"upstream_status","items":[1]}]}"#
            #expect(await bench.run().text == (status == 200 ? whole : partial))
        }
    }

    @Test("equal GETs of one request are sent once")
    func equalRequests() async throws {
        try await withBench(
            """
            {"endpoint": "GET /a", "calls": {
               "a": {"backend": "users", "path": "/u", "select": "a"},
               "b": {"backend": "users", "path": "/u", "select": "b"},
               "c": {"backend": "users", "path": "/u", "headers": {"X-C": "1"}, "select": "b"},
               "d": {"backend": "users", "path": "/u", "query": {"x": "{a}"}, "select": "b"}},
             "response": {"body": ["{a}", "{b}", "{c}", "{d}"]}}
            """,
            fixtures: [
                "users/u": #"{"request": {"path": "/u"}, "response": {"body": {"a": null, "b": 2}, "delay": "20ms"}}"#
            ]
        ) { bench in
            let reply = await bench.run()
            #expect(reply.text == "[null,2,2,2]", "\(reply.failures)")
            #expect(bench.replay.counts(of: "users")?.totalRequests == 2)
        }
    }

    @Test("a request with less time does not wait for an equal one with more, nor fail with one with less")
    func equalRequestsOfUnequalPatience() async throws {
        try await withBench(
            """
            {"endpoint": "GET /a", "calls": {
               "quick": {"backend": "users", "path": "/u", "timeout": "50ms", "fallback": "none"},
               "slow": {"backend": "users", "path": "/u", "timeout": "5s"},
               "late": {"backend": "users", "path": "/u", "timeout": "60ms", "fallback": "none"}},
             "response": {"body": ["{quick}", "{slow}", "{late}"]}}
            """,
            fixtures: ["users/u": #"{"request": {"path": "/u"}, "response": {"body": 1, "delay": "300ms"}}"#]
        ) { bench in
            #expect(await bench.run().text == #"["none",1,"none"]"#)
        }
    }
}
