import CurlTransport
import Diagnostics
import JSONSlices
import Replay
import TestSupport
import Testing

@testable import Composition

/// A plan, real fixture backends for it, and a loop to run it on.
struct Bench {
    let composer: Composer
    let transport: CurlTransport
    let replay: ReplayServers

    /// Runs one request through the composition.
    func run(
        _ path: [String] = [],
        method: String = "GET",
        query: String? = nil,
        body: String = "",
        headers: [String: String] = [:]
    ) async -> EndpointReply {
        let request = EndpointRequest(
            method: method,
            path: "/",
            pathParameters: path,
            query: query,
            body: Array(body.utf8),
            header: { name in headers[name].map { [$0] } ?? [] },
            forwarded: [],
            id: "request-1",
            time: { "2026-11-24T07:30:00.250Z" }
        )
        let loop = transport.nextLoop()
        let composer = composer
        let task = Task(executorPreference: loop) { await composer.run(request, on: loop) }
        // As the front does when its client goes away.
        return await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
    }
}

/// Serves `fixtures` (by `backend/name`) and compiles `composition` over them for the time of `body`.
func withBench(
    _ composition: String,
    fragments: [String: String] = [:],
    fixtures: [String: String],
    _ body: (Bench) async throws -> Void
) async throws {
    let diagnostics = DiagnosticList()
    let loaded = try await withFiles(fixtures) { FixtureSet.load(directory: $0, diagnostics: diagnostics) }
    let set = try #require(loaded)
    let file = SourceFile(path: "c.json", bytes: Array(composition.utf8))
    let plans = CompositionSet.compile(
        [file],
        fragments: Fragments(
            directory: "",
            files: fragments.map { SourceFile(path: $0.key, bytes: Array($0.value.utf8)) }
        ),
        backends: set.backends.keys.sorted(),
        diagnostics: diagnostics
    ).plans
    try #require(!diagnostics.hasErrors, "\(diagnostics.sorted().map { $0.rendered() })")
    let replay = try await ReplayServers.start(set: set)
    let transport = try CurlTransport(backends: set.backends.keys.sorted().map { BackendOptions(name: $0) }, loops: 1)
    var bound: [String: BoundBackend] = [:]
    for (name, url) in replay.urls {
        let backend = try #require(transport.backend(named: name))
        bound[name] = BoundBackend(backend: backend, base: url)
    }
    let plan = try #require(plans.first)
    let composer = try #require(Composer(plan: plan, backends: bound))
    do {
        try await body(Bench(composer: composer, transport: transport, replay: replay))
    } catch {
        await transport.shutdown()
        await replay.shutdown()
        throw error
    }
    await transport.shutdown()
    await replay.shutdown()
}

extension EndpointReply {
    var text: String {
        if case .body(let text) = content { String(decoding: text.bytes, as: UTF8.self) } else { "no body" }
    }

    var problem: EndpointProblem? {
        if case .problem(let problem) = content { problem } else { nil }
    }

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}
