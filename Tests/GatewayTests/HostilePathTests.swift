import Composition
import Diagnostics
import Replay
import TestSupport
import Testing

@testable import Gateway

/// Paths that mean one thing to the gateway and another to a backend, around an access policy.
@Suite("Hostile paths")
struct HostilePathTests {
    private static let endpoints = [
        #"{"endpoint": "GET /admin/{x}", "access": "staff", "proxy": {"backend": "shop"}}"#,
        #"{"endpoint": "ANY /{rest...}", "access": "anonymous", "proxy": {"backend": "shop"}}"#,
    ]

    /// Serves a protected `/admin/{x}` beside a proxy for everybody, on a backend that answers everything.
    private func serve(_ body: (FrontTestClient, ReplayServers) async throws -> Void) async throws {
        let diagnostics = DiagnosticList()
        let files = Self.endpoints.enumerated().map {
            SourceFile(path: "\($0.offset).json", bytes: Array($0.element.utf8))
        }
        let set = CompositionSet.compile(files, backends: nil, diagnostics: diagnostics)
        try #require(!diagnostics.hasErrors, "\(diagnostics.sorted().map { $0.rendered() })")
        let fixture = #"{"request": {"path": "/public"}, "response": {"body": 1}}"#
        let loaded = try await withFiles(["shop/any": fixture]) {
            FixtureSet.load(directory: $0, diagnostics: diagnostics)
        }
        let replay = try await ReplayServers.start(set: try #require(loaded), keepsJournal: true)
        var settings = GatewaySettings()
        settings.listen.port = 0
        settings.loops = 1
        settings.log.level = .error
        settings.shutdownGrace = .seconds(5)
        let gateway = try await Gateway.start(
            settings: settings,
            compositions: set,
            backends: replay.urls.map { BackendSettings(name: $0.key, url: $0.value) },
            access: .asserted(by: "x-claims", for: set)
        )
        do {
            let port = try #require(Int(gateway.address.split(separator: ":").last ?? ""))
            let client = try FrontTestClient(port: port)
            try await body(client, replay)
            client.disconnect()
        } catch {
            _ = await gateway.stop()
            await replay.shutdown()
            throw error
        }
        _ = await gateway.stop()
        await replay.shutdown()
    }

    @Test(
        "no spelling of a protected path reaches the backend without a credential",
        arguments: [
            "/admin/x", "/%61dmin/x", "/adm%69n/x", "//admin/x", "/admin//x", "///admin///x", "/admin/x/", "/admin/x//",
            "/admin%2fx", "/admin%2Fx", "/%2fadmin/x", "/admin%5cx", "/admin\\x", "\\admin/x", "/\\admin\\x",
            "/admin;/x", "/admin;a=1/x", "/;/admin/x", "/admin/x;/", "/admin%3b/x", "/admin%3Ba=1/x",
            "/admin%252fx", "/%2561dmin/x", "/admin%255cx", "/admin%253b/x", "/%252fadmin/x",
            "/admin%c0%afx", "/%c1%a1dmin/x", "/admin%e0%80%afx", "/admin%25c0%25afx",
            "/public/../admin/x", "/public/%2e%2e/admin/x", "/public/%2E./admin/x", "/public/.%2e/admin/x",
            "/public/..;/admin/x", "/public/..%2fadmin/x", "/public%2f..%2fadmin/x", "/public/..\\admin\\x",
            "/public/%252e%252e/admin/x", "/public/%c0%ae%c0%ae/admin/x", "/public/%25c0%25ae%25c0%25ae/admin/x",
            "/./admin/x", "/%2e/admin/x", "/.;/admin/x", "/%252e/admin/x", "/admin/./x", "/admin/x/.", "/admin/x/y/..",
            "/admin%00/x", "/admin/x%00", "/admin%2500/x", "/admin//x%2fy", "//admin/x%2fy", "/admin;a/x%2fy",
            "http://h/admin/x", "http://h//admin/x", "/admin%2f%2fx", "/admin%5c%2e%5cx",
        ]
    )
    func around(path: String) async throws {
        try await serve { client, replay in
            let reply = try await client.exchange("GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(reply.status == 400 || reply.status == 401, "\(reply.head)")
            #expect(!reply.body.contains("shop"))
            #expect(replay.allExchanges().isEmpty, "\(replay.allExchanges().map(\.target))")
        }
    }

    @Test(
        "paths that no reading makes a protected one are passed on as they came",
        arguments: [
            "/public", "/public/", "/public//x", "/public;v=1", "/public%2fx", "/a%20b", "/groups%2Fproject/files",
            "/administration/x", "/admin", "/admin/", "/admin/x/y", "/a%25b",
        ]
    )
    func passedOn(path: String) async throws {
        try await serve { client, replay in
            _ = try await client.exchange("GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(replay.allExchanges().map(\.target) == [path])
        }
    }

    @Test("with a credential the protected path is served, and a doubtful one is still refused")
    func withCredential() async throws {
        try await serve { client, replay in
            _ = try await client.exchange("GET /admin/x HTTP/1.1\r\nHost: h\r\nx-claims: {\"sub\": \"1\"}\r\n\r\n")
            #expect(replay.allExchanges().map(\.target) == ["/admin/x"])
            let reply = try await client.exchange(
                "GET //admin/x HTTP/1.1\r\nHost: h\r\nx-claims: {\"sub\": \"1\"}\r\n\r\n"
            )
            #expect(reply.status == 400)
        }
    }
}
