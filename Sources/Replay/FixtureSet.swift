public import Diagnostics

/// All fixtures of a directory, read and checked.
public struct FixtureSet: Sendable {
    /// Every backend that has a folder, with its fixtures in the order of their names; a folder without fixtures gives
    /// a backend that misses every request.
    public internal(set) var backends: [String: [Fixture]]
    /// What the backends of a scenario answer to all that their fixtures do not, by the backend's name.
    public internal(set) var catchAlls: [String: CatchAll]

    public init(backends: [String: [Fixture]], catchAlls: [String: CatchAll] = [:]) {
        self.backends = backends
        self.catchAlls = catchAlls
    }

    /// Reads `<directory>/<backend>/**/<name>.json`, one exchange a file, in the order of their paths, and checks every
    /// scenario in `<directory>/_scenarios/<name>.json`.
    ///
    /// Left out are names that begin with `.` or `_` and files that are not `.json`. Blocks while it reads.
    ///
    /// - Parameter scenario: the name of the scenario that changes the set; nil for the set as it is.
    /// - Returns: nil when the fixtures or a scenario have errors, or there is no such scenario; all that is wrong is then
    ///   in `diagnostics`.
    public static func load(
        directory: String,
        scenario: String? = nil,
        diagnostics: DiagnosticList
    ) -> FixtureSet? {
        let errors = diagnostics.errorCount
        let directory = FixtureDirectory(path: directory)
        guard let files = directory.read(diagnostics) else { return nil }
        let set = FixtureSet(reading: files, diagnostics: diagnostics)
        let scenarios = directory.scenarios(diagnostics).compactMap { file in
            ScenarioReader(file: file, backends: files.keys.sorted(), diagnostics: diagnostics).read()
        }
        guard let scenario else { return diagnostics.errorCount == errors ? set : nil }
        let names = directory.scenarioNames()
        guard names.contains(scenario) else {
            let missing = "there is no scenario '\(scenario)' in \(directory.scenariosPath)/"
            diagnostics.error(missing, help: suggestion(for: scenario, among: names))
            return nil
        }
        guard diagnostics.errorCount == errors else { return nil }
        return scenarios.first { $0.name == scenario }.map { set.changed(by: $0) }
    }

    /// The scenarios of a directory of fixtures, sorted; none when it has none.
    public static func scenarioNames(directory: String) -> [String] {
        FixtureDirectory(path: directory).scenarioNames()
    }

    /// Checks files that were read; what has errors is left out of the set.
    init(reading files: [String: [FixtureFile]], diagnostics: DiagnosticList) {
        var backends: [String: [Fixture]] = [:]
        for (backend, files) in files.sorted(by: { $0.key < $1.key }) {
            let fixtures = files.compactMap { file in
                FixtureReader(file: file, backend: backend, diagnostics: diagnostics).read()
            }
            backends[backend] = Self.distinct(fixtures, diagnostics)
        }
        self.init(backends: backends)
    }

    /// Reports each fixture whose request an earlier one answers, and leaves it out.
    static func distinct(_ fixtures: [Fixture], _ diagnostics: DiagnosticList) -> [Fixture] {
        var seen: [ExpectedRequest: Fixture] = [:]
        return fixtures.filter { fixture in
            guard let first = seen[fixture.request] else {
                seen[fixture.request] = fixture
                return true
            }
            let isSameFile = first.file == fixture.file
            diagnostics.add(
                Diagnostic(
                    .error,
                    "the same request is answered by \(isSameFile ? first.place?.start ?? first.file : first.file)",
                    at: fixture.place,
                    help: "keep one of the two, or tell them apart by 'query', 'headers' or 'body'"
                )
            )
            return false
        }
    }
}
