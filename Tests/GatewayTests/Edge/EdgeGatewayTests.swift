import Composition
import Diagnostics
import Replay
import TestSupport
import Testing

@testable import Gateway

/// The edge over real sockets: addresses, preflights, and what replies of every kind carry.
@Suite("Edge: a gateway", .timeLimit(.minutes(2)))
struct EdgeGatewayTests {
    private static let user =
        #"{"endpoint": "GET /a/{id}", "calls": {"u": {"backend": "users", "path": "/u/{id}"}}}"#
    private static let kept =
        #"{"endpoint": "GET /kept/{id}", "calls": {"u": {"backend": "users", "path": "/u/{id}"}}, "#
        + #""response": {"body": {"u": "{u}"}, "cache": {"maxAge": "60s", "override": true}}}"#
    private static let created =
        #"{"endpoint": "POST /a/{id}", "calls": {"u": {"backend": "users", "path": "/u/{id}"}}}"#
    private static let passed = #"{"endpoint": "ANY /p/{rest...}", "proxy": {"backend": "users", "path": "/{rest}"}}"#

    private static let fixtures = [
        "users/u": #"{"request": {"path": "/u/1"}, "response": {"status": 200, "headers": "#
            + #"{"Access-Control-Allow-Origin": "https://backend.example", "X-Powered-By": "PHP"}, "body": {"text": ""#
            + String(repeating: "abc ", count: 500) + #""}}}"#
    ]

    private func withEdge(
        _ json: String,
        _ body: (Int, Gateway, ReplayServers) async throws -> Void
    ) async throws {
        let diagnostics = DiagnosticList()
        let read = GatewaySettings.read(
            file: SourceFile(path: "gateway.json", bytes: Array(json.utf8)),
            environment: [:],
            diagnostics: diagnostics
        )
        let settings = try #require(read, "\(diagnostics.sorted().map { $0.rendered() })")
        try await withGateway(
            [Self.user, Self.kept, Self.created, Self.passed],
            fixtures: Self.fixtures,
            edge: settings.edge,
            limits: settings.limits
        ) { port, gateway, replay in
            try await body(port, gateway, replay)
            _ = await gateway.stop()
        }
    }

    private func ask(_ port: Int, _ line: String, _ fields: String...) async throws -> FrontTestClient.Reply {
        let client = try FrontTestClient(port: port)
        defer { client.disconnect() }
        let isHead = line.hasPrefix("HEAD")
        try await client.send("\(line) HTTP/1.1\r\nHost: h\r\n\(fields.map { $0 + "\r\n" }.joined())\r\n")
        return try await client.reply(toHead: isHead || line.hasPrefix("OPTIONS"))
    }

    // MARK: Addresses

    @Test("a client's address is the one that a trusted proxy tells, and is let in or not by it")
    func addresses() async throws {
        let settings = """
            {"trustedProxies": ["127.0.0.1"],
             "addresses": {"allow": ["203.0.113.0/24", "127.0.0.1"], "deny": ["203.0.113.66"]}}
            """
        try await withEdge(settings) { port, _, _ in
            #expect(try await ask(port, "GET /a/1").status == 200)
            #expect(try await ask(port, "GET /a/1", "X-Forwarded-For: 203.0.113.7").status == 200)
            for address in ["203.0.113.66", "198.51.100.1", "::1", "203.0.113.7, 198.51.100.1"] {
                let reply = try await ask(port, "GET /a/1", "X-Forwarded-For: \(address)")
                #expect(reply.status == 403)
                #expect(reply.header("content-type") == "application/problem+json")
                #expect(reply.body.contains("urn:problem-type:medley:address-refused"))
            }
            // The rules hold wherever the path leads.
            for line in ["GET /none", "GET /_medley/ready", "DELETE /a/1", "GET /p/u/1"] {
                #expect(try await ask(port, line, "X-Forwarded-For: 198.51.100.1").status == 403)
            }
        }
    }

    @Test("a peer that is denied is not spoken to, one that is not allowed gets a 403")
    func peers() async throws {
        try await withEdge(#"{"addresses": {"deny": ["127.0.0.0/8"]}}"#) { port, _, _ in
            await #expect(throws: FrontTestClient.Failure.self) { try await ask(port, "GET /a/1") }
        }
        try await withEdge(#"{"addresses": {"allow": ["10.0.0.0/8"]}}"#) { port, _, _ in
            let direct = try await ask(port, "GET /a/1")
            #expect(direct.status == 403)
            // Nobody is trusted: the field is not read.
            let claimed = try await ask(port, "GET /a/1", "X-Forwarded-For: 10.0.0.1")
            #expect(claimed.status == 403)
        }
    }

    @Test("an address has as many connections as it may have, and a place again when one is closed")
    func connectionsPerAddress() async throws {
        try await withEdge(#"{"limits": {"connectionsPerAddress": 2}}"#) { port, _, _ in
            let first = try FrontTestClient(port: port)
            let second = try FrontTestClient(port: port)
            #expect(try await first.exchange(get("/a/1")).status == 200)
            #expect(try await second.exchange(get("/a/1")).status == 200)
            await #expect(throws: FrontTestClient.Failure.self) { try await ask(port, "GET /a/1") }
            #expect(try await first.exchange(get("/a/1")).status == 200)
            first.disconnect()
            var status = 0
            for _ in 0..<2000 where status != 200 {
                status = (try? await ask(port, "GET /a/1").status) ?? 0
                if status != 200 { try await Task.sleep(for: .milliseconds(5)) }
            }
            #expect(status == 200)
            second.disconnect()
        }
    }

    @Test("a trusted proxy may have any number of connections")
    func connectionsOfProxies() async throws {
        let settings = #"{"limits": {"connectionsPerAddress": 1}, "trustedProxies": ["127.0.0.0/8"]}"#
        try await withEdge(settings) { port, _, _ in
            let clients = try (0..<5).map { _ in try FrontTestClient(port: port) }
            for client in clients { #expect(try await client.exchange(get("/a/1")).status == 200) }
            for client in clients { client.disconnect() }
        }
    }

    // MARK: CORS

    private static let cors = #"{"cors": {"origins": ["https://app.example.com"], "maxAge": "1m"}}"#
    private static let origin = "Origin: https://app.example.com"

    @Test("a preflight is answered for what there is, without a request to a backend")
    func preflight() async throws {
        try await withEdge(Self.cors) { port, _, replay in
            let reply = try await ask(port, "OPTIONS /a/1", Self.origin, "Access-Control-Request-Method: POST")
            #expect(reply.status == 204)
            #expect(reply.header("access-control-allow-origin") == "https://app.example.com")
            #expect(reply.header("access-control-allow-methods") == "POST")
            #expect(reply.header("access-control-allow-headers") == "Content-Type, Authorization")
            #expect(reply.header("access-control-max-age") == "60")
            #expect(reply.header("vary") == "Origin")
            // A route that passes everything on does not get it either.
            let passed = try await ask(port, "OPTIONS /p/u/1", Self.origin, "Access-Control-Request-Method: PUT")
            #expect(passed.status == 204)
            #expect(replay.counts(of: "users")?.totalRequests == 0)
            let method = try await ask(port, "OPTIONS /a/1", Self.origin, "Access-Control-Request-Method: DELETE")
            #expect(method.status == 405)
            let path = try await ask(port, "OPTIONS /none", Self.origin, "Access-Control-Request-Method: GET")
            #expect(path.status == 404)
            #expect(path.header("access-control-allow-origin") == "https://app.example.com")
            let other = try await ask(
                port,
                "OPTIONS /a/1",
                "Origin: https://evil.example",
                "Access-Control-Request-Method: GET"
            )
            #expect(other.status == 403)
            #expect(other.header("access-control-allow-origin") == nil)
            // No preflight: another OPTIONS.
            #expect(try await ask(port, "OPTIONS /a/1", Self.origin).status == 405)
        }
    }

    @Test("replies and refusals of every kind can be read by a script that may; a backend does not decide about it")
    func actual() async throws {
        try await withEdge(Self.cors) { port, _, _ in
            for (line, status) in [
                ("GET /a/1", 200), ("GET /a/2", 502), ("GET /p/u/1", 200), ("GET /none", 404), ("DELETE /a/1", 405),
                ("GET /a/%", 400), ("GET /kept/1", 200), ("GET /kept/1", 200), ("HEAD /kept/1", 200),
            ] {
                let reply = try await ask(port, line, Self.origin)
                #expect(reply.status == status || status == 502 && reply.status >= 400, "\(line)")
                #expect(reply.header("access-control-allow-origin") == "https://app.example.com", "\(line)")
                #expect(reply.header("vary") == "Origin", "\(line)")
                let other = try await ask(port, line, "Origin: https://evil.example")
                #expect(other.header("access-control-allow-origin") == nil, "\(line)")
                #expect(other.header("vary") == "Origin", "\(line)")
            }
            // What the front refuses by itself: a body that is too long, a path that nobody has, a field it cannot take.
            for field in ["Content-Length: 99999999", "Expect: tea", "Content-Length: 2"] {
                let reply = try await ask(port, "POST /none", Self.origin, field)
                #expect((400..<500).contains(reply.status))
                #expect(reply.header("access-control-allow-origin") == "https://app.example.com", "\(field)")
            }
        }
    }

    // MARK: Headers and compression

    @Test("headers are set on all replies, HSTS where a trusted proxy says that the client's connection is encrypted")
    func headers() async throws {
        let settings = """
            {"trustedProxies": ["127.0.0.1"], "securityHeaders": {"Referrer-Policy": false},
             "responseHeaders": {"set": {"X-Edge": "1"}, "remove": ["X-Powered-By"]}}
            """
        try await withEdge(settings) { port, _, _ in
            for line in ["GET /a/1", "GET /none", "GET /_medley/live", "GET /p/u/1", "GET /a/%", "TRACE /p/u/1"] {
                let reply = try await ask(port, line, "X-Forwarded-Proto: https")
                #expect(reply.header("x-edge") == "1", "\(line)")
                #expect(reply.header("x-powered-by") == nil, "\(line)")
                #expect(reply.header("x-content-type-options") == "nosniff", "\(line)")
                #expect(reply.header("referrer-policy") == nil, "\(line)")
                #expect(reply.header("strict-transport-security") == "max-age=31536000", "\(line)")
                let plain = try await ask(port, line, "X-Forwarded-Proto: http")
                #expect(plain.header("strict-transport-security") == nil, "\(line)")
            }
            let broken = try await ask(port, "GET a b c")
            #expect(broken.status == 400)
            #expect(broken.header("x-edge") == "1")
        }
    }

    @Test("what a client accepts is what it gets, from a composition, a cache and a backend alike")
    func compression() async throws {
        try await withEdge(#"{"compression": true}"#) { port, _, replay in
            for path in ["/a/1", "/kept/1", "/kept/1", "/p/u/1"] {
                let plain = try await ask(port, "GET \(path)")
                #expect(plain.header("content-encoding") == nil)
                #expect(plain.header("vary") == "Accept-Encoding")
                let client = try FrontTestClient(port: port)
                try await client.send(get(path, "Accept-Encoding: gzip"))
                let head = try await client.reply(toHead: true)
                #expect(head.header("content-encoding") == "gzip", "\(path)")
                let length = try #require(head.header("content-length").flatMap(Int.init))
                #expect(length < 300)
                let body = try await client.bytes(length)
                let decoded = try #require(Decoder.decode(body, .gzip, size: 10_000), "\(path)")
                #expect(String(decoding: decoded, as: UTF8.self) == plain.body, "\(path)")
                client.disconnect()
                for coding in ContentCoding.allCases {
                    let reply = try await ask(port, "HEAD \(path)", "Accept-Encoding: \(coding.rawValue)")
                    #expect(reply.header("content-encoding") == coding.rawValue, "\(path)")
                }
                // The tag is the same for all forms, but for what it promises.
                guard let tag = plain.header("etag") else { continue }
                #expect(head.header("etag") == "W/\(tag)", "\(path)")
                for held in [tag, "W/\(tag)"] {
                    let again = try await ask(port, "HEAD \(path)", "Accept-Encoding: gzip", "If-None-Match: \(held)")
                    #expect(again.status == 304)
                    #expect(again.header("etag") == held)
                    #expect(again.header("content-encoding") == nil)
                }
            }
        }
    }

    @Test("a reload brings other rules, for connections that are open, too")
    func reload() async throws {
        try await withEdge(#"{"responseHeaders": {"set": {"X-Edge": "1"}}}"#) { port, gateway, replay in
            let client = try FrontTestClient(port: port)
            #expect(try await client.exchange(get("/none")).header("x-edge") == "1")
            var edge = EdgeSettings()
            edge.addresses.deny = AddressList([try CIDR(parsing: "127.0.0.1")])
            let diagnostics = DiagnosticList()
            let files = [SourceFile(path: "a.json", bytes: Array(Self.user.utf8))]
            _ = try await gateway.reload(
                compositions: CompositionSet.compile(files, backends: nil, diagnostics: diagnostics),
                backends: replay.urls.map { BackendSettings(name: $0.key, url: $0.value) },
                edge: edge
            )
            let reply = try await client.exchange(get("/none"))
            #expect(reply.status == 403)
            #expect(reply.header("x-edge") == nil)
            await #expect(throws: FrontTestClient.Failure.self) { try await ask(port, "GET /a/1") }
            client.disconnect()
        }
    }
}
