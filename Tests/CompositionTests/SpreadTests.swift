import JSONSlices
import Testing

@testable import Composition

@Suite("Spreading members")
struct SpreadTests {
    /// One endpoint with the call `user`, and this body.
    private func composition(body: String) -> String {
        #"{"endpoint": "GET /a", "calls": {"user": {"backend": "users", "path": "/u"}}, "response": {"body": \#(body)}}"#
    }

    private func reply(body: String, user: String) async throws -> EndpointReply {
        var reply: EndpointReply?
        try await withBench(
            composition(body: body),
            fixtures: ["users/u": #"{"request": {"path": "/u"}, "response": {"body": \#(user)}}"#]
        ) { bench in
            reply = await bench.run()
        }
        return try #require(reply)
    }

    @Test(
        "the members of a value stand where the spread stands; of one name the later wins, at the place of the first",
        arguments: [
            (#"{"...": "{user}"}"#, #"{"b": 1.10, "a": [2], "é\n": "\u00e9"}"#, #"{"b":1.10,"a":[2],"é\n":"\u00e9"}"#),
            (#"{"x": 0, "...": "{user}", "y": "{user.b}"}"#, #"{"b": 1, "y": 2}"#, #"{"x":0,"b":1,"y":1}"#),
            (#"{"b": 0, "...": "{user}"}"#, #"{"a": 1, "b": 2}"#, #"{"b":2,"a":1}"#),
            (#"{"...": "{user}", "b": {"c": "{user.a}"}}"#, #"{"a": 1, "b": 2}"#, #"{"a":1,"b":{"c":1}}"#),
            (#"{"...": "{user.none}", "a": 1}"#, "{}", #"{"a":1}"#),
            (#"{"...": "{user}"}"#, "{}", "{}"),
            (
                #"{"...a": "{user.a}", "...b": "{user.b}"}"#, #"{"a": {"x": 1}, "b": {"x": 2, "y": 3}}"#,
                #"{"x":2,"y":3}"#
            ),
            (#"{"...": "{user.{a: b, b: a}}", "c": 3}"#, #"{"a": 1, "b": 2}"#, #"{"a":2,"b":1,"c":3}"#),
            (#"{"...": "{user}"}"#, #"{"a": 1, "b": 2, "a": 3}"#, #"{"a":3,"b":2}"#),
            (#"{"...": {"b": "{user.b}", "...": "{user}"}, "z": 1}"#, #"{"a": 1, "b": 2}"#, #"{"b":2,"a":1,"z":1}"#),
            (#"[{"deep": {"...": "{user}"}}]"#, #"{"a": 1}"#, #"[{"deep":{"a":1}}]"#),
            (#"{"...": "{user}", "a?": "{user.none}"}"#, #"{"a": 1}"#, #"{"a":1}"#),
            (#"{"...": "{user}", "a?": "{user.b}"}"#, #"{"a": 1, "b": 2}"#, #"{"a":2,"b":2}"#),
            (#"{"....": "{user}", "..": 1}"#, #"{"a": 1}"#, #"{"a":1,"..":1}"#),
        ]
    )
    func values(body: String, user: String, expected: String) async throws {
        #expect(try await reply(body: body, user: user).text == expected)
    }

    @Test("more members than a search would take are merged the same")
    func manyMembers() async throws {
        let user = (0..<40).map { "\"m\($0)\":\($0)" }.joined(separator: ",")
        let text = try await reply(body: #"{"m7": "x", "...": "{user}", "m8": "y"}"#, user: "{\(user)}").text
        let others = (0..<40).filter { $0 != 7 }.map { $0 == 8 ? "\"m8\":\"y\"" : "\"m\($0)\":\($0)" }
        #expect(text == "{\"m7\":7,\(others.joined(separator: ","))}")
    }

    @Test(
        "only objects have members: the reply fails, and names the member",
        arguments: ["[1]", "5", "\"x\"", "false"]
    )
    func otherValues(value: String) async throws {
        let reply = try await reply(body: #"{"a": {"...user": "{user}"}}"#, user: value)
        #expect(reply.status == 500)
        #expect(reply.problem?.members.map(\.value) == [#"response.body.a["...user"]"#, "expression_error"])
        #expect(reply.responseFailure?.contains("only an object has members to spread") == true)
        #expect(reply.responseFailure?.hasPrefix("c.json:1:") == true)
    }

    @Test("what is known before any request is worked out at once")
    func folding() throws {
        func body(_ text: String) throws -> JSONTemplate {
            try #require(
                compile(
                    """
                    {"endpoint": "GET /a", "calls": {"user": {"backend": "users", "method": "POST", "path": "/u"}},
                     "response": {"body": \(text)}}
                    """
                ).plan?.response.body
            )
        }
        func constant(_ text: String) throws -> String? {
            guard case .constant(let slice) = try body(text) else { return nil }
            return slice.withUTF8 { String(decoding: $0, as: UTF8.self) }
        }
        #expect(
            try constant(#"{"a": 1, "...": {"b": [ 2 ], "a": 3}, "c?": null, "d?": 4.0}"#)
                == #"{"a":3,"b":[2],"d":4.0}"#
        )
        #expect(try constant(#"{"...": null, "...x": {}}"#) == "{}")
        #expect(try constant(#"[ [1, "\u00e9"], {"a" : null} ]"#) == #"[[1,"\u00e9"],{"a":null}]"#)
        // Without a spread of something unknown the members are written as they are come to.
        guard case .object(let members) = try body(#"{"a": 1, "...": {"b": "{user}", "a": "{user}"}}"#) else {
            Issue.record("not a plain object")
            return
        }
        #expect(members.map(\.key) == ["a", "b"])
        guard case .merged = try body(#"{"a?": "{user}", "...": {"a": 1}}"#) else {
            Issue.record("which of the two members stands there is not known yet")
            return
        }
    }

    @Test(
        "what cannot be spread is an error at its place",
        arguments: [
            (#"{"...?": "{user}"}"#, "1:101: a spread takes no '?': null spreads nothing"),
            (#"{"...a?": "{user}"}"#, "1:101: a spread takes no '?': null spreads nothing"),
            (#"{"...": "{user}", "...": "{user}"}"#, "1:118: the key '...' stands twice"),
            (#"{"...": [1]}"#, "1:108: '...' takes over the members of an object, not a list"),
            (#"{"...": 1}"#, "1:108: '...' takes over the members of an object, not a number"),
            (#"{"...": "x{user}"}"#, "1:108: '...' takes over the members of an object, not a text"),
            (#"{"...": "x"}"#, "1:108: '...' takes over the members of an object, not a text"),
            (#"{"...": "{usr}"}"#, "1:110: no call or parameter is named 'usr'"),
        ]
    )
    func mistakes(body: String, expected: String) {
        let (plan, errors) = compile(composition(body: body))
        #expect(plan == nil)
        #expect(errors.contains { $0.hasPrefix(expected) }, "found \(errors)")
    }

    @Test("the list of what is missing stands behind the members that were spread")
    func partial() async throws {
        try await withBench(
            """
            {"endpoint": "GET /a", "calls": {
               "u": {"backend": "users", "path": "/u"}, "o": {"backend": "users", "path": "/o", "fallback": null}},
             "response": {"partial": "missing", "body": {"...": "{u}", "o": "{o}"}}}
            """,
            fixtures: [
                "users/u": #"{"request": {"path": "/u"}, "response": {"body": {"a": 1}}}"#,
                "users/o": #"{"request": {"path": "/o"}, "response": {"status": 503}}"#,
            ]
        ) { bench in
            let expected = #"{"a":1,"o":null,"missing":[{"call":"o","reason":"upstream_status"}]}"#
            #expect(await bench.run().text == expected)
        }
    }

    @Test("a query is not put together from objects")
    func query() {
        let (plan, errors) = compile(
            #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/u", "query": {"...": "{request.query}"}}}}"#
        )
        #expect(plan == nil)
        #expect(errors == ["1:84: a query has no '...': members are spread in bodies and fallbacks"])
    }

    @Test("a call's body and its fallback take spreads too")
    func otherPlaces() async throws {
        try await withBench(
            """
            {"endpoint": "POST /a", "calls": {
               "o": {"backend": "users", "method": "POST", "path": "/o", "body": {"...": "{request.body}", "n": 1},
                     "fallback": {"...": "{request.body}", "failed": true}}},
             "response": {"body": "{o}"}}
            """,
            fixtures: [
                "users/o":
                    #"{"request": {"method": "POST", "path": "/o", "body": {"a": 1, "n": 1}}, "response": {"status": 503}}"#
            ]
        ) { bench in
            let reply = await bench.run(method: "POST", body: #"{"n": 0, "a": 1}"#)
            #expect(reply.text == #"{"n":0,"a":1,"failed":true}"#)
            #expect(reply.failures.map(\.detail) == ["the backend answered 503"])
        }
    }
}

@Suite("Whole values")
struct WholeValueTests {
    @Test(
        "a reply is any JSON value: a list, a text, a number, null",
        arguments: [
            ("[]", "[]"), (#"["{u.n}", [ null ]]"#, "[1.0,[null]]"), ("null", "null"), ("\"{u.none}\"", "null"),
            ("12.50", "12.50"), ("\"{u.n}\"", "1.0"), ("true", "true"), ("\"\"", "\"\""),
            (#""n = {u.n}""#, #""n = 1.0""#),
            ("\"{u.list}\"", "[1,2]"), ("{}", "{}"),
        ]
    )
    func replies(body: String, expected: String) async throws {
        try await withBench(
            """
            {"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/u"}},
             "response": {"headers": {"X-N": "{u.n}"}, "body": \(body)}}
            """,
            fixtures: ["users/u": #"{"request": {"path": "/u"}, "response": {"body": {"n": 1.0, "list": [1, 2]}}}"#]
        ) { bench in
            let reply = await bench.run()
            #expect(reply.status == 200)
            #expect(reply.text == expected)
            #expect(reply.header("Content-Type") == "application/json")
        }
    }

    @Test(
        "a call's body is any JSON value too",
        arguments: [
            ("[]", "[]"), (#"["{request.query.n}", [ null ]]"#, #"["1",[null]]"#), ("null", "null"),
            ("\"{request.query.none}\"", "null"), ("12.50", "12.50"), ("\"{request.query.n}\"", "\"1\""),
            ("false", "false"), (#""n = {request.query.n}""#, #""n = 1""#), ("\"{request.query}\"", #"{"n":"1"}"#),
        ]
    )
    func bodies(body: String, expected: String) async throws {
        try await withBench(
            """
            {"endpoint": "GET /a", "calls": {"u": {"backend": "users", "method": "POST", "path": "/u", "body": \(body)}}}
            """,
            fixtures: [
                "users/u":
                    #"{"request": {"method": "POST", "path": "/u", "headers": {"content-type": "application/json"}, "body": \#(expected)}, "response": {"body": "sent"}}"#
            ]
        ) { bench in
            let reply = await bench.run(query: "n=1")
            #expect(reply.text == "\"sent\"", "\(reply.failures)")
        }
    }
}
