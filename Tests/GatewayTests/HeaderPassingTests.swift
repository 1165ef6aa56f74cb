import Testing

@testable import Gateway

/// Headers on the wire, from the client to a backend and back.
@Suite("Passing headers on")
struct HeaderPassingTests {
    @Test("a login's cookies reach the client line by line, and its session reaches the backend")
    func cookies() async throws {
        let login = #"""
            {"endpoint": "POST /login", "calls": {"login": {"backend": "users", "method": "POST", "path": "/login", "body": "{request.body}"}},
             "response": {"status": 201, "body": "{login}",
               "headers": {"Set-Cookie": "{calls.login.headers.\"set-cookie\"}", "ETag": "{calls.login.headers.etag}", "X-None": "{calls.login.headers.\"x-none\"}"}}}
            """#
        let profile = #"""
            {"endpoint": "GET /profile", "parameters": {"session": {"in": "cookie", "required": true}},
             "calls": {"u": {"backend": "users", "path": "/me", "headers": {"Cookie": "session={session}"}}}}
            """#
        let fixtures = [
            "users/login": #"""
            {"request": {"method": "POST", "path": "/login", "body": {"name": "a"}},
             "response": {"headers": {"ETag": "\"7\"", "Set-Cookie": ["session=s1; Domain=users.internal; HttpOnly", "theme=dark; domain=.internal; Path=/"]}, "body": {"ok": true}}}
            """#,
            "users/me":
                #"{"request": {"path": "/me", "headers": {"cookie": "session=s1"}}, "response": {"body": "me"}}"#,
        ]
        try await withGateway([login, profile], fixtures: fixtures) { port, gateway, _ in
            let client = try FrontTestClient(port: port)
            let body = #"{"name": "a"}"#
            let reply = try await client.exchange(
                "POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n" + body
            )
            #expect(reply.status == 201)
            let lines = reply.head.split(separator: "\r\n").filter {
                !$0.hasPrefix("Date") && !$0.hasPrefix("X-Request-Id")
            }
            #expect(
                lines.dropFirst() == [
                    "Server: medley", "Content-Length: 11", "Set-Cookie: session=s1; HttpOnly",
                    "Set-Cookie: theme=dark; Path=/", #"ETag: "7""#, "Content-Type: application/json",
                ]
            )
            let me = try await client.exchange(
                "GET /profile HTTP/1.1\r\nHost: a\r\nCookie: theme=dark; session=s1\r\n\r\n"
            )
            #expect(me.body == #""me""#)
            let none = try await client.exchange("GET /profile HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(none.status == 400 && none.body.contains("The cookie 'session' is missing."))
            client.disconnect()
            _ = await gateway.stop()
        }
    }

    @Test("the request's id in a template is the one that the reply and the backends carry")
    func requestID() async throws {
        try await withGateway(
            [
                #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/u"}}, "response": {"body": ["{request.id}", "{u}"]}}"#
            ],
            fixtures: ["users/u": #"{"request": {"path": "/u"}, "response": {"body": 1}}"#]
        ) { port, gateway, _ in
            let client = try FrontTestClient(port: port)
            let reply = try await client.exchange("GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
            let id = try #require(reply.header("X-Request-Id"))
            #expect(id.utf8.count == 24)
            #expect(reply.body == #"["\#(id)",1]"#)
            client.disconnect()
            _ = await gateway.stop()
        }
    }
}
