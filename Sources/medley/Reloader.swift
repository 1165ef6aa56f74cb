import Cases
import Composition
import Diagnostics
import Foundation
import Gateway
import Replay

/// Loads the files of a gateway anew while it serves, one load after the other.
///
/// A file with errors changes nothing. Not to be used from two tasks at once.
struct Reloader {
    private let options: WorkspaceOptions
    private let scenario: String?
    private let gateway: Gateway
    private var served: Workspace
    private var replay: ReplayServers?
    private var fixtureStamps: FileStamps

    init(
        _ options: WorkspaceOptions,
        scenario: String?,
        _ gateway: Gateway,
        serving workspace: Workspace,
        replay: ReplayServers?
    ) {
        self.options = options
        self.scenario = scenario
        self.gateway = gateway
        self.served = workspace
        self.replay = replay
        fixtureStamps = Self.fixtureStamps(of: workspace)
    }

    /// What is to be watched.
    static func stamps(of workspace: Workspace) -> FileStamps {
        FileStamps([workspace.compositionsPath] + [workspace.fixturesPath, workspace.settingsPath].compactMap { $0 })
    }

    private static func fixtureStamps(of workspace: Workspace) -> FileStamps {
        FileStamps([workspace.fixturesPath].compactMap { $0 })
    }

    /// - Parameter retire: is given what was served before, to be ended when its last request has.
    mutating func reload(retire: (RetiredEndpoints, ReplayServers?) -> Void) async -> ReloadOutcome {
        let begin = ContinuousClock.now
        let diagnostics = DiagnosticList()
        let loaded = Workspace.load(
            options,
            findsSettings: false,
            scenario: scenario,
            diagnostics: diagnostics
        )
        Terminal.report(diagnostics)
        guard let workspace = loaded, !diagnostics.hasErrors else {
            return refuse(diagnostics.sorted().filter { $0.severity == .error }.map { $0.rendered() })
        }
        let stamps = Self.fixtureStamps(of: workspace)
        var servers = replay
        if let fixtures = workspace.fixtures, stamps != fixtureStamps || replay == nil {
            do {
                servers = try await ReplayServers.start(set: fixtures) { Terminal.printError("no fixture: \($0)") }
            } catch {
                return refuse(["the recorded backends cannot be served: \(error)"])
            }
        }
        let backends =
            servers.map { ReplayedGateway.replayed(workspace.settings.backends, by: $0) } ?? workspace.settings.backends
        do throws(StartFailure) {
            let retired = try await gateway.reload(compositions: workspace.compositions, backends: backends)
            retire(retired, servers === replay ? nil : replay)
        } catch {
            if servers !== replay { await servers?.shutdown() }
            return refuse([error.description])
        }
        let changes = workspace.compositions.changes(since: served.compositions)
        let ignored = served.settings.fixedKeys(changedIn: workspace.settings)
        replay = servers
        fixtureStamps = stamps
        let count = workspace.compositions.endpoints.count
        gateway.tell(Self.summary(count, changes, took: ContinuousClock.now - begin))
        if !ignored.isEmpty {
            let keys = ignored.map { "'\($0)'" }.joined(separator: ", ")
            Terminal.printError("warning: what has changed in \(keys) of the settings needs a restart")
        }
        let settings = served.settings
        served = workspace
        // What was ignored is still to be told the next time.
        served.settings = ignored.isEmpty ? workspace.settings : settings
        return .loaded(endpoints: count, changes, ignored: ignored)
    }

    /// Ends the recorded backends that are in use.
    func shutdown() async {
        await replay?.shutdown()
    }

    private func refuse(_ errors: [String]) -> ReloadOutcome {
        if !errors.isEmpty { gateway.tell("not reloaded: what was served before goes on") }
        return .refused(errors)
    }

    private static func summary(_ count: Int, _ changes: CompositionSet.Changes, took time: Duration) -> String {
        let parts = [
            (changes.added, "added"), (changes.changed, "changed"), (changes.removed, "removed"),
        ].filter { !$0.0.isEmpty }.map { names, word in
            names.count <= 3 ? "\(names.joined(separator: ", ")) \(word)" : "\(names.count) \(word)"
        }
        let what = parts.isEmpty ? "" : ": " + parts.joined(separator: "; ")
        return "reloaded \(count) endpoint\(count == 1 ? "" : "s") in \(time.milliseconds) ms\(what)"
    }
}
