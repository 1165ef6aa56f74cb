import Composition
import CurlTransport
import Foundation
import Gateway
import Replay
import Testing

/// A real gateway on recorded backends, and a client for it.
struct ServedFiles: Sendable {
    private let port: Int
    private let client: CurlTransport
    private let target: Backend

    struct Request: Sendable {
        var method = "GET"
        /// Path and query.
        var target: String
        var headers: [(name: String, value: String)] = []
        var body: [UInt8]?
    }

    func reply(to request: Request) async throws -> TransportResponse {
        var headers = request.headers.map { HeaderField(name: $0.name, value: $0.value) }
        if request.body != nil, !headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            headers.append(HeaderField(name: "Content-Type", value: "application/json"))
        }
        let request = TransportRequest(
            backend: target,
            method: request.method,
            url: "http://127.0.0.1:\(port)\(request.target)",
            headers: headers,
            body: request.body,
            timeout: .seconds(20)
        )
        let loop = client.nextLoop()
        return try await Task(executorPreference: loop) { try await loop.perform(request) }.value
    }

    /// Serves compositions on the recorded backends of a directory for the time of `body`.
    static func with(
        compositions: CompositionSet,
        fixtures: FixtureSet,
        _ body: (ServedFiles) async throws -> Void
    ) async throws {
        let replay = try await ReplayServers.start(set: fixtures)
        var settings = GatewaySettings()
        settings.listen.port = 0
        settings.loops = 1
        settings.log.level = .error
        settings.shutdownGrace = .seconds(5)
        let gateway = try await Gateway.start(
            settings: settings,
            compositions: compositions,
            backends: replay.urls.map { BackendSettings(name: $0.key, url: $0.value) }
        )
        let client = try CurlTransport(backends: [BackendOptions(name: "gateway")], loops: 1)
        var thrown: (any Error)?
        do {
            let port = try #require(gateway.address.split(separator: ":").last.flatMap { Int($0) })
            let target = try #require(client.backend(named: "gateway"))
            try await body(ServedFiles(port: port, client: client, target: target))
        } catch {
            thrown = error
        }
        await client.shutdown()
        _ = await gateway.stop()
        await replay.shutdown()
        if let thrown { throw thrown }
    }
}
