import Composition
import CurlTransport
import Diagnostics
import Foundation
import Replay
import ResponseCache
import TestSupport
import Testing

@testable import Gateway

/// Two gateways and a real Redis.
@Suite("A cache that gateways share", .enabled(if: RedisProcess.isInstalled, "redis-server is not installed"))
struct SharedCacheTests {
    private static let compositions = [
        #"{"endpoint": "GET /call/{id}", "calls": {"u": {"backend": "users", "path": "/u/{id}", "cache": {"maxAge": "60s", "tags": ["u{id}"]}}}}"#,
        #"{"endpoint": "GET /reply/{id}", "calls": {"u": {"backend": "users", "path": "/u/{id}"}}, "response": {"body": ["{u}"], "cache": {"maxAge": "60s", "tags": ["u{id}"]}}}"#,
    ]

    @Test("an entry that one gateway has filled is served by the other, and a purge on one is seen by the other")
    func fillAndPurge() async throws {
        try await withPair { pair in
            for path in ["/call/1", "/reply/1"] {
                let before = pair.replay.counts(of: "users")?.totalRequests ?? 0
                let first = try await pair.get(path, from: 0)
                #expect(first.status == 200)
                try await pair.checkShared(path, from: 1, before: before + 1)
                #expect(try await pair.get(path, from: 1).body == first.body)
            }
            // Within a second, says the promise; the message takes a millisecond. A busy machine may miss it once or twice.
            var isSeen = false
            for _ in 0..<3 where !isSeen {
                _ = try await pair.get("/call/1", from: 1)
                let sent = pair.replay.counts(of: "users")?.totalRequests ?? 0
                let purged = try await pair.purge(#"{"tag": "u1"}"#, at: 0)
                #expect(purged.status == 200 && purged.body.contains(#""nodes":"all""#))
                let end = ContinuousClock.now + .seconds(1)
                while pair.replay.counts(of: "users")?.totalRequests == sent, ContinuousClock.now < end {
                    _ = try await pair.get("/call/1", from: 1)
                }
                isSeen = (pair.replay.counts(of: "users")?.totalRequests ?? 0) > sent
            }
            #expect(isSeen)
        }
    }

    @Test("a Redis that dies, stops or comes back empty fails no request", arguments: [SIGKILL, SIGSTOP])
    func redisGone(signal: Int32) async throws {
        try await withPair { pair in
            #expect(try await pair.get("/call/1", from: 0).status == 200)
            pair.redis.send(signal)
            for number in 2..<40 {
                // Three entries that nobody has: a busy machine may keep one or two of them waiting, and Redis none.
                var fastest = Duration.seconds(60)
                for (path, index) in [("call", number % 2), ("reply", number % 2), ("reply", 1 - number % 2)]
                where fastest >= .seconds(2) {
                    let begin = ContinuousClock.now
                    #expect(try await pair.get("/\(path)/\(number)", from: index).status == 200)
                    fastest = min(fastest, ContinuousClock.now - begin)
                }
                #expect(fastest < .seconds(2))
            }
            // A purge that the others do not hear of is no success.
            let purged = try await pair.purge(#"{"all": true}"#, at: 0)
            #expect(purged.status == 503)
        }
    }

    private func withPair(_ body: (Pair) async throws -> Void) async throws {
        let redis = try RedisProcess()
        defer { redis.end() }
        let diagnostics = DiagnosticList()
        let fixtures = Dictionary(
            uniqueKeysWithValues: (1..<40).map {
                ("users/u\($0)", #"{"request": {"path": "/u/\#($0)"}, "response": {"body": {"n": \#($0)}}}"#)
            }
        )
        let loaded = try await withFiles(fixtures) { FixtureSet.load(directory: $0, diagnostics: diagnostics) }
        let set = try #require(loaded)
        let files = Self.compositions.enumerated().map {
            SourceFile(path: "\($0.offset).json", bytes: Array($0.element.utf8))
        }
        let plans = CompositionSet.compile(files, backends: nil, diagnostics: diagnostics)
        try #require(!diagnostics.hasErrors, "\(diagnostics.sorted().map { $0.rendered() })")
        let replay = try await ReplayServers.start(set: set)
        var gateways: [Gateway] = []
        for _ in 0..<2 {
            var settings = GatewaySettings()
            settings.listen.port = 0
            settings.loops = 1
            settings.log.level = .error
            settings.shutdownGrace = .seconds(2)
            settings.admin = .init(host: "127.0.0.1", port: 0)
            settings.redis = RedisSettings(address: try RedisAddress("unix://\(redis.socket)"))
            gateways.append(
                try await Gateway.start(
                    settings: settings,
                    compositions: plans,
                    backends: replay.urls.map { BackendSettings(name: $0.key, url: $0.value) }
                )
            )
        }
        let pair = Pair(gateways: gateways, replay: replay, redis: redis)
        do {
            try await pair.waitForRedis()
            try await body(pair)
        } catch {
            for gateway in gateways { _ = await gateway.stop() }
            await replay.shutdown()
            throw error
        }
        for gateway in gateways { _ = await gateway.stop() }
        await replay.shutdown()
    }

    private struct Pair {
        let gateways: [Gateway]
        let replay: ReplayServers
        let redis: RedisProcess

        func get(_ path: String, from index: Int) async throws -> FrontTestClient.Reply {
            try await ask("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n", at: gateways[index].address)
        }

        func purge(_ body: String, at index: Int) async throws -> FrontTestClient.Reply {
            let address = try #require(gateways[index].adminAddress)
            return try await ask(
                "POST /purge HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)",
                at: address
            )
        }

        /// Until both are connected: a purge is told to all.
        func waitForRedis() async throws {
            let end = ContinuousClock.now + .seconds(10)
            for index in gateways.indices {
                while try await purge(#"{"tag": "none"}"#, at: index).status != 200 {
                    try #require(ContinuousClock.now < end, "Redis is not reached")
                }
            }
        }

        /// Asks the other gateway once Redis has the entry: a purge of nothing goes the same way behind it.
        func checkShared(_ path: String, from index: Int, before: Int) async throws {
            _ = try await purge(#"{"tag": "none"}"#, at: 1 - index)
            _ = try await get(path, from: index)
            #expect((replay.counts(of: "users")?.totalRequests ?? 0) <= before)
        }

        private func ask(_ text: String, at address: String) async throws -> FrontTestClient.Reply {
            let port = try #require(Int(address.split(separator: ":").last ?? ""))
            let client = try FrontTestClient(port: port)
            defer { client.disconnect() }
            return try await client.exchange(text)
        }
    }
}

/// A `redis-server` of its own, on a socket in a folder of its own.
final class RedisProcess: @unchecked Sendable {
    // Used by one test.
    static let path = ["/usr/bin/redis-server", "/usr/local/bin/redis-server"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }
    static var isInstalled: Bool { path != nil }

    let socket: String
    private let folder: String
    private let process = Process()

    init() throws {
        let folder = NSTemporaryDirectory() + "medley-redis-\(UInt32.random(in: 0 ... .max))"
        self.folder = folder
        socket = folder + "/s"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        process.executableURL = URL(filePath: try #require(Self.path))
        process.arguments = [
            "--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--dir", folder,
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    func end() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }
}
