import ArgumentParser
import Composition
import Diagnostics
import Foundation
import Gateway
import OpenAPI
import Replay

/// Which files a command works on.
struct WorkspaceOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The settings file.", valueName: "file"))
    var settings: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Answer from the recorded exchanges in this directory instead of calling the backends.",
            valueName: "directory"
        )
    )
    var replay: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The directory of the endpoints (default: compositions).", valueName: "directory")
    )
    var compositions: String?
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
    /// What the backends' documents say, where they were read.
    var descriptions: BackendDescriptions

    /// Loads and checks everything. What is wrong goes to `diagnostics`; nil when there is nothing to go on with.
    ///
    /// - Parameter findsSettings: whether `gateway.json` is used when no settings file is named, as `check` does, and
    ///   whether the documents of backends are read, which give nothing but warnings.
    static func load(
        _ options: WorkspaceOptions,
        findsSettings: Bool,
        diagnostics: DiagnosticList
    ) -> Workspace? {
        var settingsPath = options.settings
        if settingsPath == nil, findsSettings, options.replay == nil, Files.exists("gateway.json") {
            settingsPath = "gateway.json"
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
        let fixturesPath = options.replay ?? (settingsPath == nil ? "fixtures" : nil)
        var fixtures: FixtureSet?
        if let fixturesPath {
            guard Files.isDirectory(fixturesPath) else {
                diagnostics.error(
                    "there is no directory '\(fixturesPath)'",
                    help: "name a settings file with --settings, or recorded exchanges with --replay"
                )
                return nil
            }
            fixtures = FixtureSet.load(directory: fixturesPath, diagnostics: diagnostics)
        }
        let directory = options.compositions ?? settings?.compositions ?? "compositions"
        guard let files = Files.compositions(in: directory, diagnostics) else { return nil }
        let fragments = Files.fragments(in: directory, diagnostics)
        // Where the settings are broken, the endpoints are checked all the same: all mistakes at once.
        let known = fixturesPath.map(Files.folders) ?? settings?.backends.map(\.name)
        let set = CompositionSet.compile(files, fragments: fragments, backends: known, diagnostics: diagnostics)
        let descriptions =
            findsSettings ? descriptions(of: settings, at: settingsPath, diagnostics) : BackendDescriptions()
        for finding in set.findings(
            answers: fixtures.map { RecordedAnswers($0) },
            descriptions: descriptions,
            maxBackendRequests: settings?.maxBackendRequests ?? GatewaySettings().maxBackendRequests
        ) {
            diagnostics.add(finding)
        }
        guard let settings else { return nil }
        return Workspace(
            settings: settings,
            settingsPath: settingsPath,
            fixtures: fixtures,
            fixturesPath: fixturesPath,
            compositionsPath: directory,
            compositions: set,
            descriptions: descriptions
        )
    }
}

extension Workspace {
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
}

/// Reading the operator's files.
enum Files {
    /// A file of settings, a composition or a fixture is text that a person writes: more than this is a mistake.
    static let maximumSize = 16 << 20

    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    static func isDirectory(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
    }

    static func read(_ path: String, _ diagnostics: DiagnosticList) -> SourceFile? {
        guard exists(path) else {
            diagnostics.error("there is no file '\(path)'")
            return nil
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            diagnostics.error("'\(path)' cannot be read", help: "look at its permissions")
            return nil
        }
        guard data.count <= maximumSize else {
            diagnostics.error("'\(path)' has \(data.count) bytes; \(maximumSize) are the most")
            return nil
        }
        return SourceFile(path: path, bytes: Array(data))
    }

    /// The names of the folders in a directory, sorted, without hidden and reserved ones: those of the recorded backends,
    /// whether or not their fixtures can be read.
    static func folders(in directory: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.filter { !$0.hasPrefix(".") && !$0.hasPrefix("_") && isDirectory("\(directory)/\($0)") }.sorted()
    }

    /// The endpoints of a directory: its `.json` files and those below it, by name, without fragments.
    static func compositions(in directory: String, _ diagnostics: DiagnosticList) -> [SourceFile]? {
        guard let names = jsonFiles(in: directory) else {
            diagnostics.error(
                "there is no directory '\(directory)'",
                help: "endpoints are JSON files in compositions/; name another directory with --compositions"
            )
            return nil
        }
        let endpoints = names.filter { !Fragments.isFragment($0) }
        guard !endpoints.isEmpty else {
            diagnostics.error(
                "'\(directory)' has no .json file" + (names.isEmpty ? "" : " that is an endpoint"),
                help: "write an endpoint, for instance home.json; what begins with '_' is a fragment"
            )
            return nil
        }
        return endpoints.compactMap { read("\(directory)/\($0)", diagnostics) }
    }

    /// The files of a directory that endpoints share parts of.
    static func fragments(in directory: String, _ diagnostics: DiagnosticList) -> Fragments {
        let names = (jsonFiles(in: directory) ?? []).filter(Fragments.isFragment)
        return Fragments(
            directory: directory,
            files: names.compactMap { read("\(directory)/\($0)", diagnostics) }
        )
    }

    /// The `.json` files of a directory and those below it, sorted, as paths relative to it; nil when there is no such
    /// directory.
    ///
    /// Cases of tests (`*.cases.json`) are none, and what begins with a dot is passed over: editors leave such files
    /// behind, and a mounted volume keeps its versions under such names.
    private static func jsonFiles(in directory: String) -> [String]? {
        let resolved = URL(filePath: directory).resolvingSymlinksInPath().path
        guard isDirectory(directory), let names = try? FileManager.default.subpathsOfDirectory(atPath: resolved) else {
            return nil
        }
        return names.filter { name in
            name.hasSuffix(".json") && !name.hasSuffix(".cases.json")
                && !name.split(separator: "/").contains { $0.hasPrefix(".") }
        }.sorted()
    }
}
