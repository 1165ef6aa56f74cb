import Cases
import Composition
import Diagnostics
import Foundation
import Gateway
import Replay
import Synchronization

/// Loads the files of a gateway anew while it serves, one load after the other.
///
/// A file with errors changes nothing. Not to be used from two tasks at once.
struct Reloader {
    private let options: WorkspaceOptions
    private let scenario: String?
    private let gateway: Gateway
    private var served: Workspace
    private var access: AccessPolicies
    private var replay: ReplayServers?
    private var fixtureStamps: FileStamps
    /// Those that are served no more and may still use the recorded backends that are in use.
    private var retired: [RetiredEndpoints] = []
    private let watched: WatchedPaths

    init(
        _ options: WorkspaceOptions,
        scenario: String?,
        _ gateway: Gateway,
        serving workspace: Workspace,
        access: AccessPolicies,
        replay: ReplayServers?,
        fixtureStamps: FileStamps,
        watched: WatchedPaths
    ) {
        self.options = options
        self.scenario = scenario
        self.gateway = gateway
        self.served = workspace
        self.access = access
        self.replay = replay
        self.fixtureStamps = fixtureStamps
        self.watched = watched
    }

    /// Of the recorded exchanges. To be taken before they are read: what changes meanwhile is then loaded the next time.
    static func fixtureStamps(_ options: WorkspaceOptions) -> FileStamps {
        FileStamps([options.servedFixtures].compactMap { $0 })
    }

    /// - Parameter retire: is given endpoints that are served no more, and the recorded backends that are to end with the last
    ///   of them.
    mutating func reload(retire: ([RetiredEndpoints], ReplayServers?) -> Void) async -> ReloadOutcome {
        let begin = ContinuousClock.now
        let diagnostics = DiagnosticList()
        let stamps = Self.fixtureStamps(options)
        let loaded = Workspace.load(
            options,
            findsSettings: false,
            scenario: scenario,
            diagnostics: diagnostics
        )
        let access = await loaded?.loadAccess(diagnostics, previous: access) ?? AccessPolicies()
        if gateway.logsJSON {
            for finding in diagnostics.sorted() { gateway.tell(finding.rendered()) }
        } else {
            Terminal.report(diagnostics)
        }
        guard let workspace = loaded, !diagnostics.hasErrors else {
            return refuse(diagnostics.sorted().filter { $0.severity == .error }.map { $0.rendered() })
        }
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
            let old = try await gateway.reload(
                compositions: workspace.compositions,
                backends: backends,
                access: access,
                limits: LimitPolicies(workspace.settings.rateLimits)
            )
            retired.removeAll { $0.hasEnded }
            retired.append(old)
            if servers === replay {
                retire([old], nil)
            } else {
                // The ones before have used the same recorded backends.
                retire(retired, replay)
                retired = []
            }
        } catch {
            if servers !== replay { await servers?.shutdown() }
            return refuse([error.description])
        }
        let changes = workspace.compositions.changes(since: served.compositions)
        let ignored = served.settings.fixedKeys(changedIn: workspace.settings)
        replay = servers
        self.access = access
        fixtureStamps = stamps
        watched.set(workspace.paths + access.paths)
        let count = workspace.compositions.endpoints.count
        gateway.tell(Self.summary(count, changes, took: ContinuousClock.now - begin))
        if !ignored.isEmpty {
            let keys = ignored.map { "'\($0)'" }.joined(separator: ", ")
            gateway.tell("warning: what has changed in \(keys) of the settings needs a restart")
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

/// The files and directories that a gateway's endpoints come from; they change with the settings. Safe from any thread.
final class WatchedPaths: Sendable {
    private let paths: Mutex<[String]>

    init(_ paths: [String]) {
        self.paths = Mutex(paths)
    }

    func set(_ new: [String]) {
        paths.withLock { $0 = new }
    }

    /// How they look now.
    var stamps: FileStamps { FileStamps(paths.withLock { $0 }) }
}

extension Workspace {
    var paths: [String] { [compositionsPath] + [fixturesPath, settingsPath].compactMap { $0 } }
}
