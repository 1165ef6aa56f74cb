import Replay
import Testing

@testable import Gateway

/// Splits, mirrors and changes of plain routes, over real sockets.
@Suite("Splitting and changing what passes")
struct SplitGatewayTests {
    private func serve(
        _ compositions: [String],
        _ fixtures: [String: String],
        _ body: (FrontTestClient, Gateway, ReplayServers) async throws -> Void
    ) async throws {
        try await withGateway(compositions, fixtures: fixtures) { port, gateway, replay in
            let client = try FrontTestClient(port: port)
            try await body(client, gateway, replay)
            client.disconnect()
            _ = await gateway.stop()
        }
    }

    private static let versions = [
        "v1/a": #"{"request": {"path": "/a"}, "response": {"body": "one"}}"#,
        "v2/a": #"{"request": {"path": "/a"}, "response": {"body": "two"}}"#,
    ]

    @Test("chance shares requests out; a key keeps its side; calls of compositions are split as well")
    func split() async throws {
        let compositions = [
            #"{"endpoint": "GET /a", "proxy": {"split": {"v1": 1, "v2": 1}}}"#,
            #"{"endpoint": "GET /s", "proxy": {"split": {"v1": 1, "v2": 1}, "path": "/a", "sticky": "{request.headers.\"x-user\"}"}}"#,
            #"{"endpoint": "GET /c", "calls": {"u": {"split": {"v1": 1, "v2": 1}, "path": "/a"}}}"#,
        ]
        try await serve(compositions, Self.versions) { client, _, replay in
            for path in ["/a", "/c"] {
                var bodies: [String: Int] = [:]
                for _ in 0..<64 {
                    let reply = try await client.exchange("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
                    bodies[reply.body, default: 0] += 1
                }
                // One side alone comes once in 2^63 times.
                #expect(bodies.keys.sorted() == ["\"one\"", "\"two\""], "\(path): \(bodies)")
            }
            var sides: Set<String> = []
            for user in ["ada", "grace", "olga", "mary", "ruth", "joan"] {
                var bodies: Set<String> = []
                for _ in 0..<4 {
                    bodies.insert(
                        try await client.exchange("GET /s HTTP/1.1\r\nHost: a\r\nX-User: \(user)\r\n\r\n").body
                    )
                }
                #expect(bodies.count == 1, "\(user) saw both")
                sides.formUnion(bodies)
            }
            #expect(sides.count == 2)
        }
    }

    @Test("a copy goes out with the body, its failure changes nothing, and what is unsafe is not copied by itself")
    func mirror() async throws {
        let compositions = [
            #"{"endpoint": "ANY /a", "proxy": {"backend": "v1", "mirror": {"backend": "shadow"}}}"#,
            #"{"endpoint": "POST /b", "proxy": {"backend": "v1", "path": "/a", "mirror": {"backend": "shadow", "unsafe": true}}}"#,
            #"{"endpoint": "GET /c", "proxy": {"backend": "v1", "path": "/a", "mirror": {"backend": "shadow"}}, "response": {"cache": "origin"}}"#,
        ]
        let fixtures = [
            "v1/get": #"{"request": {"path": "/a"}, "response": {"body": "one"}}"#,
            "v1/post": #"{"request": {"method": "POST", "path": "/a"}, "response": {"status": 201, "body": 1}}"#,
            "shadow/get": #"{"request": {"path": "/a"}, "response": {"fault": "reset"}}"#,
            "shadow/post":
                #"{"request": {"method": "POST", "path": "/a", "bodyText": "12345"}, "response": {"status": 500}}"#,
        ]
        try await serve(compositions, fixtures) { client, gateway, replay in
            #expect(try await client.exchange("GET /a HTTP/1.1\r\nHost: a\r\n\r\n").body == "\"one\"")
            #expect(try await client.exchange("GET /c HTTP/1.1\r\nHost: a\r\n\r\n").body == "\"one\"")
            let post = "HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12345"
            #expect(try await client.exchange("POST /a \(post)").status == 201)
            #expect(try await client.exchange("POST /b \(post)").status == 201)
            try await replay.waitUntil("shadow") { $0.requests["post"] == 1 && $0.requests["get"] ?? 0 >= 2 }
            // A copy that was lost is counted when its end is known.
            for _ in 0..<1_000 {
                if await gateway.counts().text.contains(#"{backend="shadow",result="failed"} 2"#) { break }
                try await Task.sleep(for: .milliseconds(5))
            }
            let text = await gateway.counts().text
            #expect(text.contains(#"medley_mirrored_requests_total{backend="shadow",result="failed"} 2"#))
            #expect(text.contains(#"medley_mirrored_requests_total{backend="shadow",result="answered"} 1"#))
        }
    }

    @Test("more copies than may be under way are dropped, and so is one of a body that is too long")
    func dropped() async throws {
        let compositions = [
            #"{"endpoint": "ANY /a", "proxy": {"backend": "v1", "mirror": {"backend": "shadow", "unsafe": true, "maxConcurrency": 1}}}"#
        ]
        let fixtures = [
            "v1/get": #"{"request": {"path": "/a"}, "response": {"body": "one"}}"#,
            "v1/put": #"{"request": {"method": "PUT", "path": "/a"}, "response": {"status": 204}}"#,
            "shadow/get": #"{"request": {"path": "/a"}, "response": {"fault": "timeout"}}"#,
        ]
        try await withGateway(compositions, fixtures: fixtures) { port, gateway, replay in
            let client = try FrontTestClient(port: port)
            for _ in 0..<3 {
                #expect(try await client.exchange("GET /a HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
            }
            let length = (1 << 20) + 1
            try await client.send("PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n")
            try await client.send([UInt8](repeating: 0x61, count: length))
            #expect(try await client.reply().status < 500)
            let text = await gateway.counts().text
            #expect(text.contains(#"medley_mirrored_requests_total{backend="shadow",result="dropped"} 3"#), "\(text)")
            client.disconnect()
            await replay.shutdown()
            _ = await gateway.stop()
        }
    }

    @Test(
        "header fields are renamed, left out and set, in both directions; the status is another; the host is the client's"
    )
    func changes() async throws {
        let proxy = #"""
            {"endpoint": "ANY /t/{tenant}/{rest...}", "proxy": {"backend": "shop", "path": "/{rest}", "host": "client",
              "requestHeaders": {"rename": {"X-Old": "X-New"}, "remove": ["X-Secret"],
                "set": {"X-Tenant": "{tenant}", "X-None": "{request.headers.\"x-none\"}", "User-Agent": "medley"}},
              "responseHeaders": {"rename": {"X-Powered-By": "X-Made-By"}, "remove": ["X-Internal"],
                "set": {"X-Tenant": "{upper(tenant)}"}},
              "status": {"404": 410}}}
            """#
        let fixture = #"""
            {"request": {"path": "/a", "headers": {"x-new": "v", "x-tenant": "a b", "user-agent": "medley", "host": "api.example"}},
             "response": {"status": 404, "body": 1,
               "headers": {"X-Powered-By": "PHP", "X-Internal": "10.0.0.1", "X-Tenant": "backend"}}}
            """#
        try await serve([proxy], ["shop/a": fixture]) { client, _, replay in
            let reply = try await client.exchange(
                "GET /t/a%20b/a HTTP/1.1\r\nHost: api.example\r\nX-Old: v\r\nX-New: forged\r\nX-Secret: s\r\n"
                    + "X-Tenant: forged\r\nUser-Agent: curl\r\n\r\n"
            )
            #expect(reply.status == 410)
            #expect(reply.body == "1")
            #expect(reply.header("X-Made-By") == "PHP")
            #expect(reply.header("X-Powered-By") == nil && reply.header("X-Internal") == nil)
            #expect(reply.header("X-Tenant") == "A B")
            #expect(!reply.head.contains("backend"))
            // What cannot be decoded is the client's mistake, also where nothing but a header would have it.
            let broken = try await client.exchange("GET /t/%ff/a HTTP/1.1\r\nHost: api.example\r\n\r\n")
            #expect(broken.status == 400, "\(broken)")
            #expect(replay.counts(of: "shop")?.totalRequests == 1)
        }
    }

    @Test("JSON bodies are made anew in both directions, and get a validator of their own")
    func bodies() async throws {
        let proxy = #"""
            {"endpoint": "ANY /a", "proxy": {"backend": "shop",
              "requestBody": "{customer: {id: id, tags: sort(tags)}}", "responseBody": "{id: id, name: name}"}}
            """#
        let fixtures = [
            "shop/get": #"""
            {"request": {"path": "/a"}, "response": {"body": {"id": 1, "name": "Ada", "passwordHash": "x"},
              "headers": {"ETag": "\"7\"", "Last-Modified": "Tue, 15 Nov 1994 08:12:31 GMT"}}}
            """#,
            "shop/post": #"""
            {"request": {"method": "POST", "path": "/a", "body": {"customer": {"id": 7, "tags": ["a", "b"]}}},
             "response": {"status": 201, "body": {"id": 7, "name": null, "more": true}}}
            """#,
            "shop/put": #"{"request": {"method": "PUT", "path": "/a"}, "response": {"status": 204}}"#,
        ]
        try await serve([proxy], fixtures) { client, _, replay in
            let reply = try await client.exchange(
                "GET /a HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"7\"\r\nAccept-Encoding: gzip\r\n\r\n"
            )
            #expect(reply.status == 200)
            #expect(reply.body == #"{"id":1,"name":"Ada"}"#)
            #expect(reply.header("Last-Modified") == nil)
            let tag = try #require(reply.header("ETag"))
            #expect(tag != "\"7\"")
            let same = try await client.exchange("GET /a HTTP/1.1\r\nHost: a\r\nIf-None-Match: \(tag)\r\n\r\n")
            #expect(same.status == 304)
            func post(_ body: String, _ type: String = "application/json") async throws -> FrontTestClient.Reply {
                try await client.exchange(
                    "POST /a HTTP/1.1\r\nHost: a\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                )
            }
            let posted = try await post(#"{"id": 7, "tags": ["b", "a"], "admin": true}"#)
            #expect(posted.status == 201 && posted.body == #"{"id":7,"name":null}"#, "\(posted)")
            #expect(try await post("{").status == 400)
            #expect(try await post("<a/>", "text/xml").status == 415)
            let unfit = try await post(#"{"id": 7, "tags": 1}"#)
            #expect(unfit.status == 400 && unfit.body.contains(#""reason":"expression_error""#), "\(unfit)")
            let empty = try await client.exchange("PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
            #expect(empty.status == 204 && empty.body.isEmpty)
        }
    }

    @Test(
        "an answer that is to be made anew and cannot be is a 502, never passed on as it is",
        arguments: [
            #"{"bodyText": "{\"passwordHash\": 1", "headers": {"Content-Type": "application/json"}}"#,
            #"{"bodyText": "<secret/>", "headers": {"Content-Type": "text/xml"}}"#,
            #"{"bodyText": "secret", "headers": {"Content-Type": "application/json", "Content-Encoding": "gzip"}}"#,
            #"{"body": {"tags": 1}}"#,
        ]
    )
    func unfit(response: String) async throws {
        let proxy = #"{"endpoint": "GET /a", "proxy": {"backend": "shop", "responseBody": "sort(tags)"}}"#
        let fixture = #"{"request": {"path": "/a"}, "response": \#(response)}"#
        try await serve([proxy], ["shop/a": fixture]) { client, _, _ in
            let reply = try await client.exchange("GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(reply.status == 502)
            #expect(reply.header("Content-Type") == "application/problem+json")
            #expect(!reply.body.contains("secret") && !reply.body.contains("passwordHash"), "\(reply.body)")
        }
    }

    @Test("an error of the backend keeps its own body")
    func errors() async throws {
        let proxy = #"{"endpoint": "GET /a", "proxy": {"backend": "shop", "responseBody": "id"}}"#
        let fixture = #"{"request": {"path": "/a"}, "response": {"status": 404, "body": {"error": "none"}}}"#
        try await serve([proxy], ["shop/a": fixture]) { client, _, _ in
            let reply = try await client.exchange("GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(reply.status == 404 && reply.body == #"{"error":"none"}"#)
        }
    }

    @Test("a kept reply is that of the request as the backend sees it: by what was renamed, set, and by the host")
    func kept() async throws {
        let compositions = [
            #"{"endpoint": "GET /r", "proxy": {"backend": "shop", "path": "/a", "requestHeaders": {"rename": {"X-User": "X-Reader"}}}, "response": {"cache": "origin"}}"#,
            #"{"endpoint": "GET /s", "proxy": {"backend": "shop", "path": "/b", "requestHeaders": {"set": {"X-Reader": "{request.headers.\"x-user\"}"}}}, "response": {"cache": "origin"}}"#,
            #"{"endpoint": "GET /h", "proxy": {"backend": "shop", "path": "/h", "host": "client"}, "response": {"cache": "origin"}}"#,
        ]
        var fixtures: [String: String] = [:]
        for user in ["ada", "grace"] {
            fixtures["shop/a-\(user)"] = #"""
                {"request": {"path": "/a", "headers": {"x-reader": "\#(user)"}}, "response": {"body": "\#(user)",
                 "headers": {"Cache-Control": "max-age=60", "Vary": "X-Reader"}}}
                """#
            fixtures["shop/b-\(user)"] = #"""
                {"request": {"path": "/b", "headers": {"x-reader": "\#(user)"}}, "response": {"body": "\#(user)",
                 "headers": {"Cache-Control": "max-age=60"}}}
                """#
            fixtures["shop/h-\(user)"] = #"""
                {"request": {"path": "/h", "headers": {"host": "\#(user).example"}}, "response": {"body": "\#(user)",
                 "headers": {"Cache-Control": "max-age=60"}}}
                """#
        }
        try await serve(compositions, fixtures) { client, _, replay in
            for _ in 0..<2 {
                for user in ["ada", "grace"] {
                    for path in ["/r", "/s", "/h"] {
                        let reply = try await client.exchange(
                            "GET \(path) HTTP/1.1\r\nHost: \(user).example\r\nX-User: \(user)\r\n\r\n"
                        )
                        #expect(reply.body == "\"\(user)\"", "\(path)")
                    }
                }
            }
            #expect(replay.counts(of: "shop")?.totalRequests == 6)
        }
    }

    @Test("the client's address is there for keys, fields and replies, and makes a kept reply a private one")
    func address() async throws {
        let compositions = [
            #"{"endpoint": "GET /s", "proxy": {"split": {"v1": 1, "v2": 1}, "path": "/a", "sticky": "{request.address}"}}"#,
            #"{"endpoint": "GET /c", "calls": {"u": {"backend": "v1", "path": "/a"}}, "response": {"body": ["{request.address}", "{u}"], "cache": "60s"}}"#,
        ]
        try await serve(compositions, Self.versions) { client, _, _ in
            var sides: Set<String> = []
            for _ in 0..<16 {
                sides.insert(try await client.exchange("GET /s HTTP/1.1\r\nHost: a\r\n\r\n").body)
            }
            #expect(sides.count == 1)
            let reply = try await client.exchange(
                "GET /c HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n"
            )
            #expect(reply.body == #"["127.0.0.1","one"]"#)
            #expect(reply.header("Cache-Control")?.contains("private") == true, "\(reply.head)")
        }
    }

    @Test("what the endpoint makes of a client's text and cannot send is the client's mistake")
    func unsendable() async throws {
        let proxy =
            #"{"endpoint": "GET /t/{rest...}", "proxy": {"backend": "v1", "path": "/a", "requestHeaders": {"set": {"X-Rest": "{rest}"}}}}"#
        try await serve([proxy], Self.versions) { client, _, replay in
            let reply = try await client.exchange("GET /t/a%0d%0aX-Evil:%201 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(reply.status == 400, "\(reply)")
            #expect(replay.counts(of: "v1")?.totalRequests == 0)
        }
    }
}
