import ArgumentParser
import Cases
import Composition
import CoreMetrics
import CurlTransport
import Diagnostics
import Gateway
import Instrumentation
import Replay
import UnixSignals

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serves the endpoints of a directory.",
        discussion: """
            Without options it serves compositions/ on the recorded backends in fixtures/, each a real HTTP server on a \
            loopback port. With --settings it calls the backends that the file names; with --replay as well, the \
            recorded ones in their place; with --record-missing besides, the real ones for what is not recorded yet.

            Every setting can be given in the environment: MEDLEY_LISTEN=127.0.0.1:0 takes a free port. SIGTERM and \
            SIGINT end it: requests in flight are finished, a second signal cuts them off.

            SIGHUP, POST /reload at the admin address, and with --watch a changed file have everything loaded anew: \
            requests in flight end as they began, connections stay open, and a file with errors changes nothing.
            """
    )

    @OptionGroup var options: WorkspaceOptions

    @Flag(name: .long, help: "Load the files anew whenever one of them changes.")
    var watch = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Change the recorded exchanges as _scenarios/<name>.json beside them says.",
            valueName: "name"
        )
    )
    var scenario: String?

    @Flag(
        name: .long,
        help: "With --replay: ask the real backends for what no fixture answers, and record it there."
    )
    var recordMissing = false

    func validate() throws {
        guard recordMissing else { return }
        if options.settings == nil || options.replay == nil {
            throw ValidationError("--record-missing needs --settings, which names the real backends, and --replay")
        }
        if watch || scenario != nil {
            throw ValidationError("--record-missing goes without --watch and --scenario: it loads nothing anew")
        }
    }

    func run() async throws {
        if recordMissing, let settings = options.settings, let fixtures = options.replay {
            return try await RecordingRun(
                settings: settings,
                compositions: options.compositions,
                fixtures: fixtures,
                isMissingOnly: true
            ).run()
        }
        let diagnostics = DiagnosticList()
        if scenario != nil, options.settings != nil, options.replay == nil {
            throw ValidationError("--scenario changes recorded backends: name them with --replay")
        }
        // Before the files are read: what changes meanwhile is then a change.
        let fixtureStamps = Reloader.fixtureStamps(options)
        let paths = WatchedPaths(
            [options.compositions ?? "compositions"]
                + [options.servedFixtures, options.settings].compactMap { $0 }
        )
        let stamps = watch ? paths.stamps : nil
        let loaded = Workspace.load(options, findsSettings: false, scenario: scenario, diagnostics: diagnostics)
        let access = await loaded?.loadAccess(diagnostics) ?? AccessPolicies()
        let tls = loaded?.loadTLS(diagnostics)
        Terminal.report(diagnostics)
        guard let workspace = loaded, !diagnostics.hasErrors else { throw ExitCode(1) }
        if options.settings == nil, options.replay == nil, Files.exists("gateway.json") {
            Terminal.printError(
                "note: gateway.json is there, but not used: say --settings gateway.json to call real backends"
            )
        }
        CurlTransport.tuneAllocator()
        OpenFiles.raiseLimit()
        // Trapped before the address is printed: who reads that line may end the process at once.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        var replay: ReplayServers?
        var backends = workspace.settings.backends
        if let fixtures = workspace.fixtures {
            do {
                let servers = try await ReplayServers.start(set: fixtures) { Terminal.printError("no fixture: \($0)") }
                backends = ReplayedGateway.replayed(backends, by: servers)
                replay = servers
            } catch {
                Terminal.printError("error: the recorded backends cannot be served: \(error)")
                throw ExitCode(1)
            }
        }
        let metrics = LibraryMetrics()
        MetricsSystem.bootstrap(metrics)
        let reloads = Reloads()
        let gateway: Gateway
        do throws(StartFailure) {
            gateway = try await Gateway.start(
                settings: workspace.settings,
                compositions: workspace.compositions,
                backends: backends,
                access: access,
                tls: tls,
                metrics: metrics,
                reload: { await reloads.ask() }
            )
        } catch {
            await replay?.shutdown()
            Terminal.printError("error: \(error)")
            throw ExitCode(1)
        }
        // For whatever library within the process traces.
        if let tracer = gateway.tracer { InstrumentationSystem.bootstrap(tracer) }
        announce(workspace, at: "\(gateway.isEncrypted ? "https" : "http")://\(gateway.address)", replay: replay)
        if watch { Terminal.printLine("Changed files are loaded while it serves.") }
        paths.set(workspace.paths + access.paths + (tls?.paths ?? []))
        var reloader = Reloader(
            options,
            scenario: scenario,
            gateway,
            serving: workspace,
            access: access,
            replay: replay,
            fixtureStamps: fixtureStamps,
            watched: paths
        )
        let cut = await withDiscardingTaskGroup { group in
            group.addTask { await Self.waitForEnd(signals, reloads) }
            if let stamps { group.addTask { await Self.watch(paths, stamps, reloads) } }
            for await asked in reloads.stream {
                let outcome = await reloader.reload { retired, servers in
                    group.addTask {
                        // For as long as their requests take; the stop ends the wait.
                        for endpoints in retired { await endpoints.wait(within: .seconds(86_400)) }
                        await servers?.shutdown()
                    }
                }
                gateway.count(reload: outcome.isLoaded)
                asked(outcome)
            }
            let cut = await Self.stop(gateway)
            group.cancelAll()
            return cut
        }
        await reloader.shutdown()
        if cut > 0 { Terminal.printError("\(cut) connection\(cut == 1 ? " was" : "s were") cut after the grace time") }
    }

    /// Returns at a signal to stop; SIGHUP before that has the files loaded anew.
    private static func waitForEnd(_ signals: UnixSignalsSequence, _ reloads: Reloads) async {
        for await signal in signals {
            guard signal == .sighup else { break }
            reloads.askLater()
        }
        reloads.finish()
    }

    /// Looks at the files four times a second, and has them loaded once they have stayed the same for a moment: an editor
    /// writes a file in several steps.
    private static func watch(_ paths: WatchedPaths, _ first: FileStamps, _ reloads: Reloads) async {
        var loaded = first
        var last = first
        while (try? await Task.sleep(for: .milliseconds(250))) != nil {
            let now = paths.stamps
            if now == last, now != loaded {
                loaded = now
                reloads.askLater()
            }
            last = now
        }
    }

    /// Waits for the requests in flight; a second signal ends the process at once.
    static func stop(_ gateway: Gateway) async -> Int {
        gateway.tell("stopping: requests in flight are finished first")
        return await withTaskGroup(of: Int?.self) { group in
            group.addTask { await gateway.stop() }
            group.addTask {
                // A sequence of signals has one iterator, and the first one's is used up.
                for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) {
                    Terminal.printError("stopping at once: requests in flight are cut off")
                    Self.exit(withError: ExitCode(130))
                }
                return nil
            }
            var cut = 0
            for await result in group {
                guard let result else { continue }
                cut = result
                group.cancelAll()
            }
            return cut
        }
    }

    private func announce(_ workspace: Workspace, at base: String, replay: ReplayServers?) {
        let endpoints = workspace.compositions.endpoints
        let names = replay.map { $0.urls.keys.sorted() } ?? workspace.settings.backends.map(\.name)
        let source =
            workspace.fixtures != nil
            ? "recorded in \(workspace.fixturesPath ?? "")/" + (scenario.map { ", scenario \($0)" } ?? "")
            : "from \(workspace.settingsPath ?? "")"
        Terminal.printLine(
            "Medley serves \(endpoints.count == 1 ? "1 endpoint" : "\(endpoints.count) endpoints") of \(workspace.compositionsPath)/ on \(base)"
        )
        for line in Self.list(of: endpoints, in: workspace.compositionsPath) { Terminal.printLine("  \(line)") }
        Terminal.printLine("with the backends \(names.joined(separator: ", ")), \(source)")
        if let path = example(workspace.compositions.plans, workspace.fixtures) {
            Terminal.printLine("Try it:  curl -i \(base)\(path)")
        }
    }

    /// The endpoints, a line each; where that would be more than a screen shows, those of folders in a line per folder.
    static func list(of endpoints: [CompositionSet.Endpoint], in directory: String) -> [String] {
        let folders = endpoints.map { endpoint in
            endpoint.place.file.path.dropFirst(directory.count).split(separator: "/").dropLast().joined(separator: "/")
        }
        guard endpoints.count > 12 else { return endpoints.map(\.name) }
        var lines: [String] = []
        for (endpoint, folder) in zip(endpoints, folders) where folder.isEmpty {
            lines.append(endpoint.name)
        }
        for folder in Set(folders).subtracting([""]).sorted() {
            let count = folders.count { $0 == folder }
            lines.append("and \(count) in \(directory)/\(folder)/")
        }
        return lines
    }

    /// A path that works, of the endpoint with the most calls.
    private func example(_ plans: [Plan], _ fixtures: FixtureSet?) -> String? {
        let paths = (fixtures?.backends ?? [:]).mapValues { fixtures in
            fixtures.filter { (200..<300).contains($0.response.status) && $0.response.fault == nil }
                .sorted { $0.request.pattern.names.count < $1.request.pattern.names.count }
                .map(\.request.pattern.example)
        }
        return plans.sorted { $0.callCount > $1.callCount }.lazy.compactMap { $0.examplePath(from: paths) }.first
    }
}
