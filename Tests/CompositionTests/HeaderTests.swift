import JSONSlices
import Testing

@testable import Composition
@testable import CurlTransport

@Suite("Headers in both directions")
struct HeaderTests {
    /// Serves `answer` (members of a fixture's response) as the call `u`, and returns the fields of the reply, without its type and
    /// its validator.
    private func replyHeaders(_ headers: String, answer: String) async throws -> (status: Int, lines: [String]) {
        var found: (Int, [String]) = (0, [])
        try await withBench(
            #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/u"}}, "response": {"headers": \#(headers), "body": "{u}"}}"#,
            fixtures: ["users/u": #"{"request": {"path": "/u"}, "response": {\#(answer)}}"#]
        ) { bench in
            let reply = await bench.run()
            let own = reply.headers.filter { !["Content-Type", "ETag"].contains($0.name) }
            found = (reply.status, own.map { "\($0.name): \($0.value)" })
        }
        return found
    }

    @Test("every cookie of a backend becomes a line of its own, without its Domain")
    func setCookie() async throws {
        let answer = #"""
            "headers": {"Set-Cookie": ["a=1; Domain=shop.internal; Path=/", "b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT; domain=x"]}, "body": 1
            """#
        let whole = try await replyHeaders(#"{"Set-Cookie": "{calls.u.headers.\"set-cookie\"}"}"#, answer: answer)
        #expect(whole.lines == ["Set-Cookie: a=1; Path=/", "Set-Cookie: b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT"])
        let one = try await replyHeaders(#"{"set-cookie": "{calls.u.headers.\"set-cookie\"[1]}"}"#, answer: answer)
        #expect(one.lines == ["set-cookie: b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT"])
    }

    @Test("a cookie that the operator writes stays as it is written")
    func ownCookie() async throws {
        let headers = #"{"Set-Cookie": "id={u}; Domain=example.org"}"#
        #expect(
            try await replyHeaders(headers, answer: #""body": 7"#).lines == ["Set-Cookie: id=7; Domain=example.org"]
        )
        let constant = try await replyHeaders(#"{"Set-Cookie": "a=1; Domain=example.org"}"#, answer: #""body": 7"#)
        #expect(constant.lines == ["Set-Cookie: a=1; Domain=example.org"])
        let other = try await replyHeaders(#"{"X-Cookie": "{u}"}"#, answer: #""body": "a=1; Domain=x""#)
        #expect(other.lines == ["X-Cookie: a=1; Domain=x"])
    }

    @Test("in a reply a list gives one line each, null none, and numbers keep their digits")
    func lists() async throws {
        let answer = #""body": {"l": ["a, b", 1.10, null, true], "e": [], "n": null}"#
        let headers = #"{"X-L": "{u.l}", "X-E": "{u.e}", "X-N": "{u.n}", "X-T": "t{u.n}", "X-C": "c"}"#
        #expect(
            try await replyHeaders(headers, answer: answer).lines
                == ["X-L: a, b", "X-L: 1.10", "X-L: true", "X-C: c"]
        )
    }

    @Test(
        "a value with a control character fails the reply",
        arguments: [#"a\r\nX-B: c"#, #"a\u0000"#, #"a\nb"#, #"\u007f"#, #"a\rb"#]
    )
    func controlCharacters(value: String) async throws {
        let inText = try await replyHeaders(#"{"X-A": "x{u}"}"#, answer: #""body": "\#(value)""#)
        #expect(inText.status == 500 && inText.lines.isEmpty)
        let inList = try await replyHeaders(#"{"Set-Cookie": "{[u]}"}"#, answer: #""body": "\#(value)""#)
        #expect(inList.status == 500 && inList.lines.isEmpty)
    }

    @Test("what a backend's Connection names is not there")
    func connection() throws {
        var section = HeaderSection()
        for line in ["X-Hop:1", "X-End: 2", "Connection: close, x-hop", "x-end:3", "Set-Cookie: a=1"] {
            let bytes = Array(line.utf8)
            let colon = try #require(bytes.firstIndex(of: UInt8(ascii: ":")))
            let value = try #require(bytes[(colon + 1)...].firstIndex { $0 != UInt8(ascii: " ") })
            bytes.withUnsafeBufferPointer { section.append(line: $0, colon: colon, value: value) }
        }
        #expect(section.endToEndValue(of: "x-end").string == "2, 3")
        #expect(section.endToEndValue(of: "x-hop").isNull)
        #expect(section.endToEndValue(of: "x-none").isNull)
        #expect(section.endToEndValue(of: "set-cookie").arrayElements?.map(\.string) == ["a=1"])
    }

    @Test("an idempotency key is passed on, or made of the request's id")
    func idempotencyKey() async throws {
        try await withBench(
            #"""
            {"endpoint": "POST /a", "calls": {"u": {"backend": "users", "method": "POST", "path": "/u",
               "headers": {"Idempotency-Key": "{request.headers.\"idempotency-key\" || request.id}-pay"}}}}
            """#,
            fixtures: [
                "users/given":
                    #"{"request": {"method": "POST", "path": "/u", "headers": {"idempotency-key": "k1-pay"}}, "response": {"body": "given"}}"#,
                "users/made":
                    #"{"request": {"method": "POST", "path": "/u", "headers": {"idempotency-key": "request-1-pay"}}, "response": {"body": "made"}}"#,
            ]
        ) { bench in
            #expect(await bench.run(method: "POST", headers: ["idempotency-key": "k1"]).text == #""given""#)
            #expect(await bench.run(method: "POST").text == #""made""#)
        }
    }

    @Test("401 passes too when the client's Authorization is a parameter", arguments: ["header", "query"])
    func authorization(location: String) async throws {
        try await withBench(
            #"{"endpoint": "GET /a", "parameters": {"token": {"in": "\#(location)", "name": "Authorization"}}, "calls": {"u": {"backend": "users", "path": "/u", "headers": {"authorization": "{token}"}}}}"#,
            fixtures: ["users/u": #"{"request": {"path": "/u"}, "response": {"status": 401}}"#]
        ) { bench in
            let reply = await bench.run(query: "Authorization=x", headers: ["authorization": "x"])
            #expect(reply.status == (location == "header" ? 401 : 502))
        }
    }

    @Test(
        "headers about one connection are refused wherever they are written",
        arguments: [
            "Connection", "keep-alive", "Proxy-Authenticate", "proxy-authorization", "Proxy-Connection", "TE",
            "Trailer", "Transfer-Encoding", "Upgrade", "Content-Length",
        ]
    )
    func refusedTemplates(name: String) {
        let request = compile(
            #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/", "headers": {"\#(name)": "x"}}}}"#
        )
        #expect(request.errors.map { $0.dropFirst(6) } == ["the header '\(name)' is the transport's to write"])
        let response = compile(
            #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/"}}, "response": {"headers": {"\#(name)": "x"}, "body": "{u}"}}"#
        )
        #expect(response.errors.map { $0.dropFirst(7) } == ["Medley writes the header '\(name)' itself"])
        let parameter = compile(
            #"{"endpoint": "GET /a", "parameters": {"p": {"in": "header", "name": "\#(name)"}}, "calls": {"u": {"backend": "users", "path": "/{p}"}}}"#
        )
        #expect(parameter.errors.count == 1 && parameter.errors.first?.contains("is about the connection") == true)
    }

    @Test("headers about one connection cannot be read either")
    func refusedReads() {
        for source in [#"request.headers.connection"#, #"calls.u.headers.\"transfer-encoding\""#] {
            let (_, errors) = compile(
                #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/"}}, "response": {"body": ["{u}", "{\#(source)}"]}}"#
            )
            #expect(
                errors.count == 1 && errors.first?.hasSuffix("is about one connection, and is not passed on") == true
            )
        }
    }

    @Test("a header stands once, whatever its case")
    func twice() {
        let (_, errors) = compile(
            #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/", "headers": {"X-A": "1", "x-a": "2"}}}}"#
        )
        #expect(errors == ["1:97: the header 'x-a' stands twice: upper and lower case are the same"])
        let same = compile(
            #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/", "headers": {"X-A": "1", "X-A": "2"}}}}"#
        )
        #expect(same.errors == ["1:97: the key 'X-A' stands twice in 'headers'"])
    }
}
