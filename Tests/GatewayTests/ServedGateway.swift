import Composition
import Diagnostics
import Replay
import TestSupport
import Testing

@testable import Gateway

/// Serves compositions on fixtures (by `backend/name`) for the time of `body`.
func withGateway(
    _ compositions: [String],
    fixtures: [String: String],
    edge: EdgeSettings = EdgeSettings(),
    limits: FrontLimits = .patient,
    http2: HTTP2Options = HTTP2Options(),
    _ body: (_ port: Int, Gateway, ReplayServers) async throws -> Void
) async throws {
    let diagnostics = DiagnosticList()
    let loaded = try await withFiles(fixtures) { FixtureSet.load(directory: $0, diagnostics: diagnostics) }
    let set = try #require(loaded, "\(diagnostics.sorted().map { $0.rendered() })")
    let files = compositions.enumerated().map {
        SourceFile(path: "\($0.offset).json", bytes: Array($0.element.utf8))
    }
    let plans = CompositionSet.compile(files, backends: nil, diagnostics: diagnostics)
    try #require(!diagnostics.hasErrors, "\(diagnostics.sorted().map { $0.rendered() })")
    let replay = try await ReplayServers.start(set: set, keepsJournal: true)
    var settings = GatewaySettings()
    settings.listen.port = 0
    settings.loops = 1
    settings.log.level = .error
    settings.shutdownGrace = .seconds(5)
    settings.edge = edge
    settings.limits = limits
    settings.http2 = http2
    let gateway = try await Gateway.start(
        settings: settings,
        compositions: plans,
        backends: replay.urls.map { BackendSettings(name: $0.key, url: $0.value) }
    )
    let port = try #require(Int(gateway.address.split(separator: ":").last ?? ""))
    do {
        try await body(port, gateway, replay)
    } catch {
        _ = await gateway.stop()
        await replay.shutdown()
        throw error
    }
    await replay.shutdown()
}
