import Composition
import Diagnostics
import Replay
import Testing

@testable import Gateway

@Suite("Loading anew")
struct ReloadTests {
    private static let slow =
        #"{"endpoint": "POST /a", "calls": {"u": {"backend": "users", "method": "POST", "path": "/a"}}}"#
    private static let other = #"{"endpoint": "GET /b", "calls": {"u": {"backend": "users", "path": "/b"}}}"#

    private static func compile(_ texts: [String]) -> CompositionSet {
        let files = texts.enumerated().map { SourceFile(path: "\($0.offset).json", bytes: Array($0.element.utf8)) }
        return CompositionSet.compile(files, backends: nil, diagnostics: DiagnosticList())
    }

    @Test("the new endpoints are served at once, the connection stays, and what was asked before ends as it began")
    func swap() async throws {
        let fixtures = [
            "users/a": #"{"request": {"method": "POST", "path": "/a"}, "response": {"body": 1, "delay": "500ms"}}"#,
            "users/b": #"{"request": {"path": "/b"}, "response": {"body": 2}}"#,
        ]
        try await withGateway([Self.slow], fixtures: fixtures) { port, gateway, replay in
            let client = try FrontTestClient(port: port)
            #expect(try await client.exchange("GET /b HTTP/1.1\r\nHost: a\r\n\r\n").status == 404)
            let asking = try FrontTestClient(port: port)
            try await asking.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
            try await replay.waitUntil("users") { $0.totalRequests == 1 }
            let backends = replay.urls.map { BackendSettings(name: $0.key, url: $0.value) }
            let retired = try await gateway.reload(compositions: Self.compile([Self.other]), backends: backends)
            #expect(!retired.hasEnded)
            #expect(try await client.exchange("GET /b HTTP/1.1\r\nHost: a\r\n\r\n").body == "2")
            #expect(try await client.exchange("GET /a HTTP/1.1\r\nHost: a\r\n\r\n").status == 404)
            #expect(try await asking.reply().body == "1")
            // As many may wait as want to know.
            await withTaskGroup { group in
                for _ in 0..<4 { group.addTask { await retired.wait(within: .seconds(60)) } }
            }
            #expect(retired.hasEnded)
            client.disconnect()
            asking.disconnect()
            _ = await gateway.stop()
        }
    }

    @Test("a backend that is not named, or endpoints that conflict, change nothing")
    func refused() async throws {
        let fixtures = ["users/b": #"{"request": {"path": "/b"}, "response": {"body": 2}}"#]
        try await withGateway([Self.other], fixtures: fixtures) { port, gateway, replay in
            await #expect(throws: StartFailure.self) {
                _ = try await gateway.reload(compositions: Self.compile([Self.slow]), backends: [])
            }
            let client = try FrontTestClient(port: port)
            #expect(try await client.exchange("GET /b HTTP/1.1\r\nHost: a\r\n\r\n").body == "2")
            client.disconnect()
            _ = await gateway.stop()
        }
    }

    @Test("a stop after a reload waits for an unsafe request whose client has gone")
    func abandoned() async throws {
        let fixtures = [
            "users/a": #"{"request": {"method": "POST", "path": "/a"}, "response": {"body": 1, "delay": "1500ms"}}"#
        ]
        try await withGateway([Self.slow], fixtures: fixtures) { port, gateway, replay in
            let client = try FrontTestClient(port: port)
            try await client.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
            try await replay.waitUntil("users") { $0.totalRequests == 1 }
            let asked = ContinuousClock.now
            client.disconnect()
            let backends = replay.urls.map { BackendSettings(name: $0.key, url: $0.value) }
            let retired = try await gateway.reload(compositions: Self.compile([Self.other]), backends: backends)
            async let waited: Void = retired.wait(within: .seconds(60))
            _ = await gateway.stop()
            // The backend has had its time: nothing was broken off.
            #expect(ContinuousClock.now - asked >= .milliseconds(1_400))
            await waited
        }
    }
}
