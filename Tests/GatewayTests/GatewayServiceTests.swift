import NIOCore
import Replay
import Testing

@testable import Gateway

/// The whole gateway on fixture backends, over sockets.
@Suite("Gateway")
struct GatewayServiceTests {
    private let slow =
        #"{"endpoint": "GET /slow", "timeout": "60s", "calls": {"u": {"backend": "users", "path": "/slow"}}}"#
    private let slowFixture = #"{"request": {"path": "/slow"}, "response": {"body": 1, "fault": "timeout"}}"#

    @Test("a client that goes away cancels the transfers of its composition")
    func clientGone() async throws {
        try await withGateway([slow], fixtures: ["users/slow": slowFixture]) { port, gateway, replay in
            let client = try FrontTestClient(port: port)
            try await client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            try await replay.waitUntil("users") { $0.totalRequests == 1 }
            client.disconnect()
            // Returns only when the gateway has closed its connection to the backend.
            try await replay.waitUntil("users") { $0.openConnections == 0 }
            #expect(await gateway.stop() == 0)
        }
    }

    @Test("draining lets a request in flight finish, and is over when it has")
    func draining() async throws {
        try await withGateway(
            [#"{"endpoint": "GET /a/{id}", "calls": {"u": {"backend": "users", "path": "/u/{id}"}}}"#],
            fixtures: [
                "users/u": #"{"request": {"path": "/u/1"}, "response": {"body": {"ok": true}, "delay": "150ms"}}"#
            ]
        ) { port, gateway, replay in
            let client = try FrontTestClient(port: port)
            try await client.send("GET /a/1 HTTP/1.1\r\nHost: a\r\n\r\n")
            try await replay.waitUntil("users") { $0.totalRequests == 1 }
            async let cut = gateway.stop()
            let reply = try await client.reply()
            #expect(reply.status == 200)
            #expect(reply.body == #"{"ok":true}"#)
            #expect(await cut == 0)
        }
    }

    @Test(
        "what no endpoint answers is a problem",
        arguments: [
            ("GET /none", 404, "No endpoint matches the request's path."),
            ("POST /slow", 405, "The path is known, but not with this method."),
            ("GET /%zz", 400, "The path cannot be read: its escapes or dot segments are invalid."),
            ("GET /a/../slow", 400, "The path cannot be read: its escapes or dot segments are invalid."),
            ("OPTIONS *", 204, ""),
            ("GET /_medley/nothing", 404, "No endpoint matches the request's path."),
        ]
    )
    func noEndpoint(line: String, status: Int, detail: String) async throws {
        try await withGateway([slow], fixtures: ["users/slow": slowFixture]) { port, gateway, _ in
            let client = try FrontTestClient(port: port)
            try await client.send("\(line) HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
            let reply = try await client.reply()
            #expect(reply.status == status)
            #expect(detail.isEmpty ? reply.body.isEmpty : reply.body.contains(detail))
            #expect(reply.header("Content-Type") == (status == 204 ? nil : "application/problem+json"))
            if status == 405 { #expect(reply.header("Allow") == "GET, HEAD") }
            client.disconnect()
            _ = await gateway.stop()
        }
    }

    @Test("a body that nothing would read is refused before it is sent", arguments: [("/none", 404), ("/slow", 405)])
    func unwantedBody(path: String, status: Int) async throws {
        try await withGateway([slow], fixtures: ["users/slow": slowFixture]) { port, gateway, _ in
            let client = try FrontTestClient(port: port)
            try await client.send(
                "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\nExpect: 100-continue\r\n\r\n"
            )
            let reply = try await client.reply()
            #expect(reply.status == status)
            #expect(reply.header("Connection") == "close")
            client.disconnect()
            _ = await gateway.stop()
        }
    }

    @Test("a load balancer learns that the gateway lives and is ready", arguments: ["live", "ready"])
    func health(name: String) async throws {
        try await withGateway([slow], fixtures: ["users/slow": slowFixture]) { port, gateway, _ in
            let client = try FrontTestClient(port: port)
            try await client.send("GET /_medley/\(name) HTTP/1.1\r\nHost: a\r\n\r\n")
            let reply = try await client.reply()
            #expect(reply.status == 200)
            #expect(reply.body == #"{"status":"ok"}"#)
            client.disconnect()
            _ = await gateway.stop()
        }
    }

    @Test("HEAD has the GET's fields and no body")
    func head() async throws {
        try await withGateway(
            [#"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/u"}}}"#],
            fixtures: ["users/u": #"{"request": {"path": "/u"}, "response": {"body": {"ok": true}}}"#]
        ) { port, gateway, _ in
            let client = try FrontTestClient(port: port)
            try await client.send("HEAD /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let text = try await client.readToEnd()
            #expect(text.contains("Content-Length: 11\r\n"))
            #expect(text.hasSuffix("\r\n\r\n"))
            _ = await gateway.stop()
        }
    }
}
