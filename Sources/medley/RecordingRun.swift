import ArgumentParser
import Cases
import Composition
import CurlTransport
import Diagnostics
import Foundation
import Gateway
import Recording
import Replay
import Synchronization
import UnixSignals

/// Serving with a recorder between the gateway and its backends.
struct RecordingRun {
    let settings: String
    let compositions: String?
    /// The directory of the fixtures.
    let fixtures: String
    /// Whether fixtures answer where they can.
    let isMissingOnly: Bool
    var recordsFaults = false
    var rules = RecordingRules()
    var keep = FixtureStore.Keep.last

    /// - Throws: the exit code, when the gateway could not start or something could not be written.
    func run() async throws {
        let diagnostics = DiagnosticList()
        let workspace = try load(diagnostics)
        let existing =
            Files.isDirectory(fixtures) ? FixtureSet.load(directory: fixtures, diagnostics: diagnostics) : nil
        let names = workspace?.settings.backends.map(\.name) ?? []
        for problem in names.compactMap(FixtureStore.problem) { diagnostics.error(problem) }
        Terminal.report(diagnostics)
        guard let workspace, !diagnostics.hasErrors else { throw ExitCode(1) }
        CurlTransport.tuneAllocator()
        OpenFiles.raiseLimit()
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        let set = existing ?? FixtureSet(backends: [:])
        let store = FixtureStore(directory: fixtures, existing: set, rules: rules, keep: keep)
        let report = RecordingReport(secrets: rules.secrets)
        if let problem = store.prepare(names) { report.fail(problem) }
        var replay: ReplayServers?
        let servers: RecordingServers
        do {
            if isMissingOnly { replay = try await ReplayServers.start(set: set) }
            var options = RecordingServers.Options()
            options.recordsFaults = recordsFaults
            servers = try await RecordingServers.start(
                backends(workspace.settings, set, replay),
                store: store,
                options: options,
                onEvent: report.tell
            )
        } catch {
            await replay?.shutdown()
            Terminal.printError("error: the recorder cannot be started: \(error)")
            throw ExitCode(1)
        }
        let cut = await withTaskGroup { group in
            group.addTask { await servers.run() }
            let cut = await serve(workspace, by: servers, signals)
            // Every reply was sent: what is recorded to the end now is all there is.
            group.cancelAll()
            return cut
        }
        await replay?.shutdown()
        guard let cut else { throw ExitCode(1) }
        if cut > 0 { Terminal.printError("\(cut) connection\(cut == 1 ? " was" : "s were") cut after the grace time") }
        report.summarize(store, replayed: servers.replayedCount)
        let words = ["--settings", settings, "--replay", fixtures].map(ImportCommand.quoted)
        Terminal.printLine("Replay it:  medley serve \(words.joined(separator: " "))")
        if report.hasFailures { throw ExitCode(1) }
    }

    private func load(_ diagnostics: DiagnosticList) throws -> Workspace? {
        let arguments = ["--settings", settings] + (compositions.map { ["--compositions", $0] } ?? [])
        let options = try WorkspaceOptions.parse(arguments)
        return Workspace.load(options, findsSettings: false, diagnostics: diagnostics)
    }

    /// The connections cut at the end; nil when the gateway could not start.
    private func serve(
        _ workspace: Workspace,
        by servers: RecordingServers,
        _ signals: UnixSignalsSequence
    ) async -> Int? {
        let diagnostics = DiagnosticList()
        let access = await workspace.loadAccess(diagnostics)
        let tls = workspace.loadTLS(diagnostics)
        Terminal.report(diagnostics)
        guard !diagnostics.hasErrors else { return nil }
        let gateway: Gateway
        do throws(StartFailure) {
            gateway = try await Gateway.start(
                settings: workspace.settings,
                compositions: workspace.compositions,
                backends: Self.redirected(workspace.settings.backends, to: servers.urls),
                access: access,
                tls: tls
            )
        } catch {
            Terminal.printError("error: \(error)")
            return nil
        }
        let endpoints = workspace.compositions.endpoints
        Terminal.printLine(
            "Serving \(endpoints.count) endpoint\(endpoints.count == 1 ? "" : "s") on \(gateway.isEncrypted ? "https" : "http")://\(gateway.address)"
        )
        let names = workspace.settings.backends.map(\.name).joined(separator: ", ")
        let what = isMissingOnly ? "what \(fixtures)/ does not answer" : "every exchange"
        Terminal.printLine("with the backends \(names), from \(settings); \(what) is written to \(fixtures)/")
        for await signal in signals {
            guard signal == .sighup else { break }
            Terminal.printError("SIGHUP: recording loads nothing anew; stop it and start it again")
        }
        return await Serve.stop(gateway)
    }

    private func backends(_ settings: GatewaySettings, _ set: FixtureSet, _ replay: ReplayServers?) -> [RecordedBackend]
    {
        settings.backends.map { backend in
            var options = backend.options
            // The gateway's limits count per loop, and the recorder has one.
            let loops = max(1, settings.loops ?? ProcessInfo.processInfo.activeProcessorCount)
            options.maxConnections = min(4096, options.maxConnections * min(loops, 4096))
            options.maxInFlight = min(4096, options.maxInFlight * min(loops, 4096))
            let replayed = replay?.urls[backend.name].map { url in
                RecordedBackend.Replayed(url: url, matcher: FixtureMatcher(set.backends[backend.name] ?? []))
            }
            return RecordedBackend(url: backend.url, options: options, timeout: backend.timeout, replay: replayed)
        }
    }

    /// The backends as the gateway sees them: everything but the way to them is as the settings say.
    private static func redirected(_ backends: [BackendSettings], to urls: [String: String]) -> [BackendSettings] {
        backends.map { backend in
            var settings = backend
            settings.url = urls[backend.name] ?? backend.url
            settings.options.proxy = nil
            return settings
        }
    }
}

/// What a person is told while exchanges are recorded, and at the end. Safe from any thread.
final class RecordingReport: Sendable {
    private let secrets: SecretRules
    /// What could not be done, each said once.
    private let failures = Mutex<Set<String>>([])

    init(secrets: SecretRules) {
        self.secrets = secrets
    }

    var hasFailures: Bool { failures.withLock { !$0.isEmpty } }

    func fail(_ message: String) {
        if failures.withLock({ $0.insert(message).inserted }) { Terminal.printError("error: \(message)") }
    }

    func tell(_ event: RecordingServers.Event) {
        switch event.outcome {
        case .recorded(let recorded): tell(recorded)
        case .failed(let error):
            let target = secrets.redacted(event.target) ?? event.target
            Terminal.printError("no answer from '\(event.backend)' to \(event.method) \(target): \(error)")
        }
    }

    func tell(_ event: FixtureStore.Event) {
        switch event {
        case .added(let path, let leftOut):
            Terminal.printLine("written  \(path)")
            for what in leftOut { Terminal.printError("note: \(path) does not ask for \(what)") }
        case .changed(let path): Terminal.printLine("changed  \(path)")
        case .unchanged, .omitted: break
        case .refused(let reason): Terminal.printError("not recorded: \(reason)")
        case .failed(let reason): fail(reason)
        }
    }

    /// Prints what became of all exchanges.
    func summarize(_ store: FixtureStore, replayed: Int = 0) {
        let summary = store.summary
        var parts = [(summary.added, "written"), (summary.changed, "changed"), (summary.unchanged, "unchanged")]
        parts += [(summary.refused, "that no fixture can say"), (summary.failed, "not written")]
        let counts = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        let exchanges = "\(summary.exchanges) exchange\(summary.exchanges == 1 ? "" : "s")"
        Terminal.printLine(exchanges + (counts.isEmpty ? "" : ": " + counts.joined(separator: ", ")))
        if replayed > 0 { Terminal.printLine("answered by fixtures: \(replayed)") }
        for (reason, count) in summary.omitted.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            Terminal.printLine("left out: \(count) \(reason.rawValue)")
        }
        let redacted = summary.redacted.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }
        if !redacted.isEmpty { Terminal.printLine("redacted: " + redacted.joined(separator: ", ")) }
    }
}
