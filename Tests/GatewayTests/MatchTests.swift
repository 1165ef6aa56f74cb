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
        let names = ["plain", "wild", "exact", "longer", "two", "three", "beta", "preview", "a", "b", "c"]
        let fixtures = Dictionary(
            uniqueKeysWithValues: names.map { name in
                ("shop/\(name)", #"{"request": {"path": "/\#(name)"}, "response": {"body": "\#(name)"}}"#)
            }
        )
        try await withGateway(compositions, fixtures: fixtures) { port, gateway, _ in
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
            let got1 = try await ask(client).body
            #expect(got1 == #""plain""#)
            let got2 = try await ask(client, host: "shop.example.com:8080").body
            #expect(got2 == #""wild""#)
            let got3 = try await ask(client, host: "example.com").body
            #expect(got3 == #""plain""#)
            let got4 = try await ask(client, host: "notexample.com").body
            #expect(got4 == #""plain""#)
            let got5 = try await ask(client, host: "Api.Example.COM.").body
            #expect(got5 == #""exact""#)
            let got6 = try await ask(client, host: "[::1]:80").body
            #expect(got6 == #""exact""#)
            let got7 = try await ask(client, host: "a.b.eu.example.com").body
            #expect(got7 == #""longer""#)
            let got8 = try await ask(client, host: "other", "X-Version: 2").body
            #expect(got8 == #""two""#)
            let got9 = try await ask(client, host: "other", "x-version: 2", "x-beta:").body
            #expect(got9 == #""beta""#)
            let got10 = try await ask(client, host: "other", "x-version: 3.1").body
            #expect(got10 == #""three""#)
            let got11 = try await ask(client, host: "other", "x-version: 2", "x-version: 2").body
            #expect(got11 == #""two""#)
            let got12 = try await ask(client, host: "other", "x-version: 2", "x-version: 4").body
            #expect(got12 == #""plain""#)
            let got13 = try await ask(client, host: "api.example.com", "x-version: 2").body
            #expect(got13 == #""exact""#)
            let got14 = try await ask(client, "/home?pre+view=1", host: "api.example.com").body
            #expect(got14 == #""preview""#)
            let got15 = try await ask(client, "/home?pre%20view=1&pre+view=2", host: "api.example.com").body
            #expect(got15 == #""exact""#)
            let got16 = try await ask(client, "http://api.example.com/home", host: "other").body
            #expect(got16 == #""exact""#)
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
            let got17 = try await ask(client, host: "a.test").body
            #expect(got17 == #""a""#)
            let got18 = try await ask(client, host: "c.test").body
            #expect(got18 == #""c""#)
            let got19 = try await ask(client, host: "d.test").status
            #expect(got19 == 404)
            let refused = try await ask(client, host: "b.test")
            #expect(refused.status == 405)
            #expect(refused.header("Allow") == "POST")
            let got20 = try await ask(client, host: "a.test", method: "DELETE").header("Allow")
            #expect(got20 == "GET, HEAD")
            let got21 = try await ask(client, host: "d.test", method: "DELETE").status
            #expect(got21 == 404)
        }
    }

    @Test("every reply names the header fields that decided, those of an endpoint that asks nothing included")
    func vary() async throws {
        try await serve(Self.all) { client in
            let got22 = try await ask(client).header("Vary")
            #expect(got22 == "x-version, x-beta")
            let got23 = try await ask(client, host: "other", "x-version: 2").header("Vary")
            #expect(got23 == "x-version, x-beta")
            let got24 = try await ask(client, host: "api.example.com").header("Vary")
            #expect(got24 == nil)
        }
        try await serve([Self.endpoint(match: #"{"headers": {"x-a": "1"}}"#, path: "/a")]) { client in
            let missing = try await ask(client)
            #expect(missing.status == 404)
            #expect(missing.header("Vary") == "x-a")
        }
    }
}
