import ArgumentParser
import Cases
import Composition
import Diagnostics
import Foundation
import Gateway
import OpenAPI
import Replay

/// Which files a command works on.
struct WorkspaceOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("The settings file.", valueName: "file"),
        completion: .file(extensions: ["json"])
    )
    var settings: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Answer from the recorded exchanges in this directory instead of calling the backends.",
            valueName: "directory"
        ),
        completion: .directory
    )
    var replay: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The directory of the endpoints (default: compositions).", valueName: "directory"),
        completion: .directory
    )
    var compositions: String?

    /// The recorded exchanges that are served: those in `fixtures` where nothing is said.
    var servedFixtures: String? { replay ?? (settings == nil ? "fixtures" : nil) }
}

/// Everything that is known before traffic: settings, fixtures and compiled endpoints.
struct Workspace {
    var settings: GatewaySettings
    /// The file that the settings came from.
    var settingsPath: String?
    /// The recorded exchanges that stand in for the backends; nil when the real ones are called.
    var fixtures: FixtureSet?
    var fixturesPath: String?
    var compositionsPath: String
    var compositions: CompositionSet
    /// Those beside the compositions, where they were asked for.
    var cases: [CaseFile] = []
    /// What the backends' documents say, where they were read.
    var descriptions: BackendDescriptions

    /// Loads and checks everything. What is wrong goes to `diagnostics`; nil when there is nothing to go on with.
    ///
    /// - Parameters:
    ///   - findsSettings: whether `gateway.json` is used when no settings file is named, as `check` does, and whether the
    ///     documents of backends are read, which give nothing but warnings.
    ///   - scenario: the name of what changes the recorded exchanges.
    ///   - readsCases: whether the cases beside the compositions are loaded, too.
    static func load(
        _ options: WorkspaceOptions,
        findsSettings: Bool,
        scenario: String? = nil,
        readsCases: Bool = false,
        diagnostics: DiagnosticList
    ) -> Workspace? {
        var settingsPath = options.settings
        // Where nothing is said, what is there is looked at, all of it.
        var fixturesPath = options.replay
        if settingsPath == nil, fixturesPath == nil {
            if findsSettings, Files.exists("gateway.json") { settingsPath = "gateway.json" }
            if settingsPath == nil || Files.isDirectory("fixtures") { fixturesPath = "fixtures" }
        }
        var file: SourceFile?
        if let settingsPath {
            guard let read = Files.read(settingsPath, diagnostics) else { return nil }
            file = read
        }
        let settings = GatewaySettings.read(
            file: file,
            environment: ProcessInfo.processInfo.environment,
            diagnostics: diagnostics
        )
        var fixtures: FixtureSet?
        if let fixturesPath {
            guard Files.isDirectory(fixturesPath) else {
                diagnostics.error(
                    "there is no directory '\(fixturesPath)'",
                    help:
                        "name a settings file with --settings, or recorded exchanges with --replay; or begin with medley init"
                )
                return nil
            }
            fixtures = FixtureSet.load(directory: fixturesPath, diagnostics: diagnostics)
            if let scenario, let recorded = fixtures, recorded.inScenario(scenario) == nil {
                diagnostics.error(
                    "there is no scenario '\(scenario)' in \(fixturesPath)/_scenarios/",
                    help: suggestion(for: scenario, among: recorded.scenarioNames)
                )
            }
        }
        let directory = options.compositions ?? settings?.compositions ?? "compositions"
        guard let files = Files.compositions(in: directory, diagnostics) else { return nil }
        let fragments = Files.fragments(in: directory, diagnostics)
        // Where the settings are broken, the endpoints are checked all the same: all mistakes at once.
        let known = settingsPath == nil || options.replay != nil ? fixturesPath.map(Files.folders) : nil
        let backends = known ?? settings?.backends.map(\.name)
        let set = CompositionSet.compile(files, fragments: fragments, backends: backends, diagnostics: diagnostics)
        let descriptions =
            findsSettings ? descriptions(of: settings, at: settingsPath, diagnostics) : BackendDescriptions()
        if let settings {
            AccessPolicies.check(set, names: settings.access.map(\.name), diagnostics: diagnostics)
            LimitPolicies(settings.rateLimits).check(set, diagnostics: diagnostics)
        }
        for finding in set.findings(
            answers: fixtures.map { RecordedAnswers($0) },
            descriptions: descriptions,
            maxBackendRequests: settings?.maxBackendRequests ?? GatewaySettings().maxBackendRequests
        ) {
            diagnostics.add(finding)
        }
        let cases = readsCases ? self.cases(in: directory, set, backends, fixturesPath, diagnostics) : []
        guard let settings else { return nil }
        return Workspace(
            settings: settings,
            settingsPath: settingsPath,
            fixtures: scenario.flatMap { fixtures?.inScenario($0) } ?? fixtures,
            fixturesPath: fixturesPath,
            compositionsPath: directory,
            compositions: set,
            cases: cases,
            descriptions: descriptions
        )
    }
}

extension Workspace {
    /// Reads the files of the access policies. What is wrong goes to `diagnostics`.
    func loadAccess(_ diagnostics: DiagnosticList, previous: AccessPolicies? = nil) async -> AccessPolicies {
        let folder = settingsPath.flatMap { path in path.lastIndex(of: "/").map { String(path[...$0]) } } ?? ""
        return await AccessPolicies.load(settings.access, folder: folder, previous: previous, diagnostics: diagnostics)
    }

    /// What the backends' documents say, where the settings name any.
    private static func descriptions(
        of settings: GatewaySettings?,
        at settingsPath: String?,
        _ diagnostics: DiagnosticList
    ) -> BackendDescriptions {
        var documents: [String: BackendDocument] = [:]
        let folder = (settingsPath ?? "").split(separator: "/", omittingEmptySubsequences: false).dropLast()
        for backend in settings?.backends ?? [] {
            guard let document = backend.document else { continue }
            let path =
                document.path.hasPrefix("/") ? document.path : (folder + [document.path[...]]).joined(separator: "/")
            guard Files.exists(path) else {
                diagnostics.add(
                    Diagnostic(
                        .error,
                        "there is no file '\(path)'",
                        at: document.place,
                        help: "the path is relative to the settings file"
                    )
                )
                continue
            }
            documents[backend.name] = Files.read(path, diagnostics).flatMap {
                BackendDocument.read($0, diagnostics: diagnostics)
            }
        }
        return BackendDescriptions(documents)
    }

    private static func cases(
        in directory: String,
        _ compositions: CompositionSet,
        _ backends: [String]?,
        _ fixtures: String?,
        _ diagnostics: DiagnosticList
    ) -> [CaseFile] {
        let names = CaseNames(
            // An endpoint whose file has errors is not among them.
            compositions: diagnostics.hasErrors ? nil : compositions,
            backends: backends,
            scenarios: fixtures.map { FixtureSet.scenarioNames(directory: $0) }
        )
        return Files.cases(in: directory, diagnostics).compactMap {
            CaseFile.read($0, names: names, diagnostics: diagnostics)
        }
    }
}
