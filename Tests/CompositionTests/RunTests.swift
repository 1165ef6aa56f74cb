import Replay
import Testing

@testable import Composition

@Suite("Running a composition")
struct RunTests {
    @Test("values keep their bytes: digits, order of members, escapes")
    func verbatim() async throws {
        try await withBench(
            #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/u"}}, "response": {"body": {"z": "{u.big}", "a": "{u}"}}}"#,
            fixtures: [
                "users/u":
                    #"{"request": {"path": "/u"}, "response": {"body": {"z":12345678901234567890,"big":1E400,"p":1.10,"s":"\u00e9\/"}}}"#
            ]
        ) { bench in
            let reply = await bench.run()
            #expect(reply.status == 200)
            #expect(reply.text == #"{"z":1E400,"a":{"z":12345678901234567890,"big":1E400,"p":1.10,"s":"\u00e9\/"}}"#)
            #expect(reply.header("Content-Type") == "application/json")
        }
    }

    @Test("a chain passes values on, encoded for the place where they stand")
    func escaping() async throws {
        try await withBench(
            """
            {"endpoint": "GET /a", "calls": {
               "u": {"backend": "users", "path": "/u"},
               "o": {"backend": "orders", "path": "/o/{u.name}", "query": {"q": "{u.name}", "none": "{u.none}", "l": "{u.list}", "t": "x{u.n}"}}},
             "response": {"headers": {"X-None": "{u.none}", "X-List": "{u.list}"}, "body": ["{o.ok}"]}}
            """,
            fixtures: [
                "users/u":
                    #"{"request": {"path": "/u"}, "response": {"body": {"name": "a/.b?c#d%é;= \"'", "n": 1.50, "none": null, "list": ["x&y", 2]}}}"#,
                "orders/o":
                    #"{"request": {"path": "/o/a%2F.b%3Fc%23d%25%C3%A9%3B%3D%20%22%27", "query": {"q": "a/.b?c#d%é;= \"'", "l": ["x&y", "2"], "t": "x1.50"}}, "response": {"body": {"ok": true}}}"#,
            ]
        ) { bench in
            let reply = await bench.run()
            #expect(reply.text == "[true]", "\(reply.failures)")
            #expect(reply.headers.filter { $0.name == "X-List" }.map(\.value) == ["x&y", "2"])
            #expect(reply.header("X-None") == nil)
        }
    }

    @Test(
        "a value that cannot be part of a path fails the call",
        arguments: [
            #""..""#, #"".""#, #""../admin""#, #""a/../b""#, #""..;x""#, #""a\\..""#, #""""#, "null", "[1]", "{}",
        ]
    )
    func pathValues(value: String) async throws {
        try await withBench(
            """
            {"endpoint": "GET /a", "calls": {
               "u": {"backend": "users", "path": "/u"}, "o": {"backend": "orders", "path": "/o/{u.id}"}},
             "response": {"body": "{o}"}}
            """,
            fixtures: [
                "users/u": #"{"request": {"path": "/u"}, "response": {"body": {"id": \#(value)}}}"#,
                "orders/o": #"{"request": {"path": "/o"}, "response": {"body": 1}}"#,
            ]
        ) { bench in
            let reply = await bench.run()
            #expect(reply.status == 500)
            #expect(reply.problem?.members.map(\.value) == ["o", "expression_error"])
            #expect(bench.replay.counts(of: "orders")?.totalRequests == 0)
        }
    }

    @Test("a header value with a line break fails the call and sends nothing")
    func headerInjection() async throws {
        try await withBench(
            """
            {"endpoint": "GET /a", "calls": {
               "u": {"backend": "users", "path": "/u"}, "o": {"backend": "orders", "path": "/o", "headers": {"X-A": "{u.id}"}}},
             "response": {"body": "{o}"}}
            """,
            fixtures: [
                "users/u": #"{"request": {"path": "/u"}, "response": {"body": {"id": "a\r\nX-B: c"}}}"#,
                "orders/o": #"{"request": {"path": "/o"}, "response": {"body": 1}}"#,
            ]
        ) { bench in
            let reply = await bench.run()
            #expect(reply.status == 500)
            #expect(bench.replay.counts(of: "orders")?.totalRequests == 0)
        }
    }

    @Test("a fallback stands in for a failed call, and the reply says so")
    func fallback() async throws {
        try await withBench(
            """
            {"endpoint": "GET /a", "calls": {
               "u": {"backend": "users", "path": "/u"},
               "o": {"backend": "orders", "path": "/o", "fallback": {"of": "{u.id}"}},
               "_p": {"backend": "orders", "path": "/slow", "timeout": "50ms", "fallback": null}},
             "response": {"body": {"o": "{o}", "p?": "{_p}", "e": "{calls.o.error}", "s": "{calls.o.status}"}}}
            """,
            fixtures: [
                "users/u": #"{"request": {"path": "/u"}, "response": {"body": {"id": 7}}}"#,
                "orders/o": #"{"request": {"path": "/o"}, "response": {"status": 503, "body": {}}}"#,
                "orders/slow": #"{"request": {"path": "/slow"}, "response": {"body": 1, "fault": "timeout"}}"#,
            ]
        ) { bench in
            let reply = await bench.run()
            #expect(reply.status == 200)
            #expect(reply.text == #"{"o":{"of":7},"e":"upstream_status","s":503}"#)
            #expect(reply.header("Medley-Partial") == "o;reason=upstream_status, \"_p\";reason=http_response_timeout")
            #expect(reply.isPartial)
        }
    }

    @Test("a fallback can be another call, which runs only when it is needed", arguments: [(200, 0), (500, 1)])
    func spareCall(status: Int, spareRequests: Int) async throws {
        try await withBench(
            """
            {"endpoint": "GET /a", "calls": {
               "a": {"backend": "users", "path": "/a", "fallback": "{b}"}, "b": {"backend": "orders", "path": "/b"}},
             "response": {"body": "{a}"}}
            """,
            fixtures: [
                "users/a": #"{"request": {"path": "/a"}, "response": {"status": \#(status), "body": "a"}}"#,
                "orders/b": #"{"request": {"path": "/b"}, "response": {"body": "b"}}"#,
            ]
        ) { bench in
            let reply = await bench.run()
            #expect(reply.text == (status == 200 ? "\"a\"" : "\"b\""))
            #expect(bench.replay.counts(of: "orders")?.totalRequests == spareRequests)
        }
    }

    @Test(
        "what a backend does to a required call decides the reply's status",
        arguments: [
            (#"{"status": 404, "body": {"secret": 1}}"#, 404, "upstream_status"),
            (#"{"status": 410}"#, 410, "upstream_status"),
            (#"{"status": 409}"#, 409, "upstream_status"), (#"{"status": 422}"#, 422, "upstream_status"),
            (#"{"status": 401}"#, 502, "upstream_status"), (#"{"status": 403}"#, 502, "upstream_status"),
            (#"{"status": 400}"#, 502, "upstream_status"), (#"{"status": 500}"#, 502, "upstream_status"),
            (#"{"status": 302, "headers": {"Location": "/x"}}"#, 502, "upstream_status"),
            (#"{"body": 1, "fault": "reset"}"#, 502, "connection_terminated"),
            (#"{"body": 1, "fault": "timeout"}"#, 504, "http_response_timeout"),
            (#"{"body": [1, 2, 3], "fault": "truncate"}"#, 502, "http_response_incomplete"),
            (#"{"body": 1, "fault": "malformed"}"#, 502, "http_protocol_error"),
            (#"{"status": 200}"#, 502, "invalid_json"),
        ]
    )
    func failures(response: String, status: Int, reason: String) async throws {
        try await withBench(
            #"{"endpoint": "GET /a", "timeout": "150ms", "calls": {"u": {"backend": "users", "path": "/u"}}}"#,
            fixtures: ["users/u": #"{"request": {"path": "/u"}, "response": \#(response)}"#]
        ) { bench in
            let reply = await bench.run()
            #expect(reply.status == status)
            #expect(reply.problem?.members.map(\.name) == ["call", "reason"])
            #expect(reply.problem?.members.map(\.value) == ["u", reason])
            #expect(reply.failures.map(\.reason.word) == [reason])
        }
    }

    @Test("401 passes when it was the client's own Authorization that was refused")
    func authorization() async throws {
        try await withBench(
            #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/u", "headers": {"Authorization": "{request.headers.authorization}"}}}}"#,
            fixtures: [
                "users/u":
                    #"{"request": {"path": "/u", "headers": {"authorization": "Bearer x"}}, "response": {"status": 401}}"#
            ]
        ) { bench in
            #expect(await bench.run(headers: ["authorization": "Bearer x"]).status == 401)
        }
    }

    @Test(
        "`propagate` names the statuses that pass, in place of the default list",
        arguments: [(418, 418), (404, 502)]
    )
    func propagate(status: Int, expected: Int) async throws {
        try await withBench(
            #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/u", "propagate": [418]}}}"#,
            fixtures: ["users/u": #"{"request": {"path": "/u"}, "response": {"status": \#(status)}}"#]
        ) { bench in
            #expect(await bench.run().status == expected)
        }
    }

    @Test("an accepted status outside 2xx has the value null, and so has 204", arguments: [404, 204])
    func acceptedStatuses(status: Int) async throws {
        try await withBench(
            #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/u", "success": [200, 204, 404], "select": "name"}}, "response": {"body": ["{u}"]}}"#,
            fixtures: ["users/u": #"{"request": {"path": "/u"}, "response": {"status": \#(status)}}"#]
        ) { bench in
            let reply = await bench.run()
            #expect(reply.text == "[null]")
            #expect(!reply.isPartial)
        }
    }

    @Test("a required call that fails stops those that run, and starts no other")
    func failFast() async throws {
        try await withBench(
            """
            {"endpoint": "GET /a", "timeout": "30s", "calls": {
               "bad": {"backend": "users", "path": "/bad"},
               "slow": {"backend": "orders", "path": "/slow"},
               "next": {"backend": "orders", "path": "/next/{slow.id}"}},
             "response": {"body": ["{bad}", "{next}"]}}
            """,
            fixtures: [
                "users/bad": #"{"request": {"path": "/bad"}, "response": {"status": 500, "delay": "30ms"}}"#,
                "orders/slow": #"{"request": {"path": "/slow"}, "response": {"body": {"id": 1}, "fault": "timeout"}}"#,
            ]
        ) { bench in
            let reply = await bench.run()
            #expect(reply.status == 502)
            #expect(reply.failures.map(\.call) == ["bad"])
            #expect(bench.replay.counts(of: "orders")?.totalRequests == 1)
        }
    }

    @Test("an unsafe request that has been sent is finished although another call failed")
    func unsafeIsFinished() async throws {
        try await withBench(
            """
            {"endpoint": "POST /a", "timeout": "10s", "calls": {
               "bad": {"backend": "users", "path": "/bad"},
               "pay": {"backend": "orders", "method": "POST", "path": "/pay", "body": {"n": "{request.body.n}"}}},
             "response": {"body": ["{bad}", "{pay}"]}}
            """,
            fixtures: [
                "users/bad": #"{"request": {"path": "/bad"}, "response": {"status": 500, "delay": "30ms"}}"#,
                "orders/pay":
                    #"{"request": {"method": "POST", "path": "/pay", "body": {"n": 1.50}}, "response": {"status": 503, "body": {}, "delay": "200ms"}}"#,
            ]
        ) { bench in
            let reply = await bench.run(method: "POST", body: #"{"n": 1.50}"#)
            #expect(reply.status == 502)
            #expect(reply.problem?.members.first?.value == "bad")
            #expect(reply.failures.map(\.detail) == ["the backend answered 500", "the backend answered 503"])
        }
    }

    @Test(
        "what does not fit a parameter's declaration is a 400 that names it",
        arguments: [
            (["0"], nil, "must be at least 1"), (["x"], nil, "must be a whole number"),
            (["007"], nil, "must be a whole number"),
            (["1%zz"], nil, "is no percent-encoded UTF-8"), (["1"], "limit=51", "must be at most 50"),
            (["1"], "limit=2&limit=3", "stands 2 times; send it once"),
            (["1"], "sort=up", "must be one of price, name"),
            (["1"], "tag=A", "must match ^[a-z]+$"), (["1"], "flag=yes", "must be true or false"),
            (["1"], "limit=1e999999999999", "must be a whole number"),
        ] as [([String], String?, String)]
    )
    func parameters(path: [String], query: String?, message: String) async throws {
        try await withBench(
            """
            {"endpoint": "GET /a/{id}",
             "parameters": {
               "id": {"in": "path", "type": "integer", "minimum": 1},
               "limit": {"in": "query", "type": "integer", "default": 10, "maximum": 50},
               "sort": {"in": "query", "enum": ["price", "name"]},
               "tag": {"in": "query", "pattern": "^[a-z]+$"},
               "flag": {"in": "query", "type": "boolean"}},
             "calls": {"u": {"backend": "users", "path": "/u/{id}", "query": {"l": "{limit}"}}}}
            """,
            fixtures: ["users/u": #"{"request": {"path": "/u/1", "query": {"l": "10"}}, "response": {"body": 1}}"#]
        ) { bench in
            let reply = await bench.run(path, query: query)
            #expect(reply.status == 400)
            #expect(reply.problem?.detail.hasSuffix("' \(message).") == true, "\(reply.problem?.detail ?? "")")
            #expect(await bench.run(["1"]).text == "1")
        }
    }

    @Test(
        "an expression that fails anywhere in the response is a 500 that names the place",
        arguments: [
            (#"{"body": ["{length(u.n)}"]}"#, "response.body[0]"), (#"{"body": "{length(u.n)}"}"#, "response.body"),
            (#"{"headers": {"X-N": "{length(u.n)}"}, "body": 1}"#, "response.headers.X-N"),
            (#"{"status": "{length(u.n)}", "body": "{u}"}"#, "response.status"),
            (#"{"status": "{u.n}", "body": "{u}"}"#, "response.status"),
        ]
    )
    func responseFailures(response: String, member: String) async throws {
        try await withBench(
            #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/u"}}, "response": \#(response.replacing("\"body\": 1", with: "\"body\": \"{u}\""))}"#,
            fixtures: ["users/u": #"{"request": {"path": "/u"}, "response": {"body": {"n": 5}}}"#]
        ) { bench in
            let reply = await bench.run()
            #expect(reply.status == 500)
            #expect(reply.problem?.members.first?.value == member)
        }
    }

    @Test("an expression that fails in the response is told with file, line and column in the log")
    func responseFailure() async throws {
        try await withBench(
            #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/u"}}, "response": {"body": {"a": {"n": "{length(u.n)}"}}}}"#,
            fixtures: ["users/u": #"{"request": {"path": "/u"}, "response": {"body": {"n": 5}}}"#]
        ) { bench in
            let reply = await bench.run()
            #expect(reply.status == 500)
            #expect(reply.problem?.members.map(\.value) == ["response.body.a.n", "expression_error"])
            #expect(reply.responseFailure?.hasPrefix("c.json:1:") == true)
        }
    }

    @Test("a status that is kept from the client is not told in words either")
    func hiddenStatus() async throws {
        try await withBench(
            #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/u"}}}"#,
            fixtures: ["users/u": #"{"request": {"path": "/u"}, "response": {"status": 401}}"#]
        ) { bench in
            let reply = await bench.run()
            #expect(reply.status == 502)
            #expect(reply.problem?.detail == "The call 'u' failed: its backend refused the request or failed.")
        }
    }

    @Test("the whole query is one object, repeated fields are lists")
    func wholeQuery() async throws {
        try await withBench(
            #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/u"}}, "response": {"body": ["{request.query}", "{u}"]}}"#,
            fixtures: ["users/u": #"{"request": {"path": "/u"}, "response": {"body": 1}}"#]
        ) { bench in
            #expect(await bench.run(query: "b=1&a=x+y&b=%C3%A9&c").text == #"[{"b":["1","é"],"a":"x y","c":""},1]"#)
            #expect(await bench.run(query: "b=%ff").problem?.members.map(\.value) == ["b"])
            #expect(
                await bench.run(query: "%zz=1").problem?.detail == "The request's query is no percent-encoded UTF-8."
            )
        }
    }

    @Test("an object is sent as a form where the call says so")
    func forms() async throws {
        try await withBench(
            #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "method": "POST", "path": "/u", "headers": {"Content-Type": "application/x-www-form-urlencoded"}, "body": {"a": "x y&z", "n": 1, "l": [true, null]}}}}"#,
            fixtures: [
                "users/u":
                    #"{"request": {"method": "POST", "path": "/u", "bodyText": "a=x%20y%26z&n=1&l=true"}, "response": {"body": "ok"}}"#
            ]
        ) { bench in
            #expect(await bench.run().text == "\"ok\"")
        }
    }
}
