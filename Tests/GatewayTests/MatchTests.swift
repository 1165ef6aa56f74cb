import Composition
import Testing

@testable import Gateway

/// Endpoints that share method and path, over real sockets.
@Suite("Matching by host, header and query")
struct MatchTests {
    private static func endpoint(_ endpoint: String = "GET /home", match: String?, path: String) -> String {
        let match = match.map { #""match": \#($0), "# } ?? ""
        return """
            {"endpoint": "\(endpoint)", \(match)"calls": {"a": {"backend": "shop", "path": "\(path)"}}}
            """
    }

    private func serve(
        _ compositions: [String],
        _ body: (FrontTestClient) async throws -> Void
    ) async throws {
        let fixture = #"{"request": {"path": "/{name}"}, "response": {"body": "{{path.name}}"}}"#
        try await withGateway(compositions, fixtures: ["shop/any": fixture]) { port, gateway, _ in
            let client = try FrontTestClient(port: port)
            try await body(client)
            client.disconnect()
            _ = await gateway.stop()
        }
    }

    private func ask(
        _ client: FrontTestClient,
        _ target: String = "/home",
        host: String = "other",
        method: String = "GET",
        _ fields: String...
    ) async throws -> FrontTestClient.Reply {
        let lines = fields.map { $0 + "\r\n" }.joined()
        return try await client.exchange("\(method) \(target) HTTP/1.1\r\nHost: \(host)\r\n\(lines)\r\n")
    }

    private static let all = [
        endpoint(match: nil, path: "/plain"),
        endpoint(match: #"{"host": "*.example.com"}"#, path: "/wild"),
        endpoint(match: #"{"host": ["API.example.com", "[::1]"]}"#, path: "/exact"),
        endpoint(match: #"{"host": "*.eu.example.com"}"#, path: "/longer"),
        endpoint(match: #"{"headers": {"X-Version": "2"}}"#, path: "/two"),
        endpoint(match: #"{"headers": {"x-version": {"prefix": "3."}}}"#, path: "/three"),
        endpoint(match: #"{"headers": {"x-version": "2", "x-beta": {"present": true}}}"#, path: "/beta"),
        endpoint(match: #"{"host": "api.example.com", "query": {"pre view": "1"}}"#, path: "/preview"),
    ]

    @Test("the host decides first, an exact one before a wildcard before none, then the number of conditions")
    func precedence() async throws {
        try await serve(Self.all) { client in
            #expect(try await ask(client).body == #""plain""#)
            #expect(try await ask(client, host: "shop.example.com:8080").body == #""wild""#)
            #expect(try await ask(client, host: "example.com").body == #""plain""#)
            #expect(try await ask(client, host: "notexample.com").body == #""plain""#)
            #expect(try await ask(client, host: "Api.Example.COM.").body == #""exact""#)
            #expect(try await ask(client, host: "[::1]:80").body == #""exact""#)
            #expect(try await ask(client, host: "a.b.eu.example.com").body == #""longer""#)
            #expect(try await ask(client, host: "other", "X-Version: 2").body == #""two""#)
            #expect(try await ask(client, host: "other", "x-version: 2", "x-beta:").body == #""beta""#)
            #expect(try await ask(client, host: "other", "x-version: 3.1").body == #""three""#)
            #expect(try await ask(client, host: "other", "x-version: 2", "x-version: 2").body == #""two""#)
            #expect(try await ask(client, host: "other", "x-version: 2", "x-version: 4").body == #""plain""#)
            #expect(try await ask(client, host: "api.example.com", "x-version: 2").body == #""exact""#)
            #expect(try await ask(client, "/home?pre+view=1", host: "api.example.com").body == #""preview""#)
            #expect(try await ask(client, "/home?pre%20view=1&pre+view=2", host: "api.example.com").body == #""exact""#)
            #expect(try await ask(client, "http://api.example.com/home", host: "other").body == #""exact""#)
        }
    }

    @Test("where no condition holds the next path is tried, then it is a 404; a method that is not served is a 405")
    func fallThrough() async throws {
        let endpoints = [
            Self.endpoint(match: #"{"host": "a.test"}"#, path: "/a"),
            Self.endpoint("POST /home", match: #"{"host": "b.test"}"#, path: "/b"),
            Self.endpoint("GET /{page}", match: #"{"host": "c.test"}"#, path: "/c"),
        ]
        try await serve(endpoints) { client in
            #expect(try await ask(client, host: "a.test").body == #""a""#)
            #expect(try await ask(client, host: "c.test").body == #""c""#)
            #expect(try await ask(client, host: "d.test").status == 404)
            let refused = try await ask(client, host: "b.test")
            #expect(refused.status == 405)
            #expect(refused.header("Allow") == "POST")
            #expect(try await ask(client, host: "a.test", method: "DELETE").header("Allow") == "GET, HEAD")
            #expect(try await ask(client, host: "d.test", method: "DELETE").status == 404)
        }
    }

    @Test("every reply names the header fields that decided, those of an endpoint that asks nothing included")
    func vary() async throws {
        try await serve(Self.all) { client in
            #expect(try await ask(client).header("Vary") == "x-version, x-beta")
            #expect(try await ask(client, host: "other", "x-version: 2").header("Vary") == "x-version, x-beta")
            #expect(try await ask(client, host: "api.example.com").header("Vary") == nil)
        }
        try await serve([Self.endpoint(match: #"{"headers": {"x-a": "1"}}"#, path: "/a")]) { client in
            let missing = try await ask(client)
            #expect(missing.status == 404)
            #expect(missing.header("Vary") == "x-a")
        }
    }
}
