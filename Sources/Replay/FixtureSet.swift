public import Diagnostics

/// All fixtures of a directory, read and checked.
public struct FixtureSet: Sendable {
    /// Every backend that has a folder, with its fixtures in the order of their names; a folder without fixtures gives
    /// a backend that misses every request.
    public internal(set) var backends: [String: [Fixture]]
    /// What the backends of a scenario answer to all that their fixtures do not, by the backend's name.
    public internal(set) var catchAlls: [String: CatchAll]

    private var scenarios: [String: Scenario] = [:]

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
        var set = FixtureSet(reading: files, diagnostics: diagnostics)
        for file in directory.scenarios(diagnostics) {
            let reader = ScenarioReader(file: file, backends: files.keys.sorted(), diagnostics: diagnostics)
            set.scenarios[file.name] = reader.read()
        }
        let names = directory.scenarioNames()
        if let scenario, !names.contains(scenario) {
            let missing = "there is no scenario '\(scenario)' in \(directory.scenariosPath)/"
            diagnostics.error(missing, help: suggestion(for: scenario, among: names))
        }
        guard diagnostics.errorCount == errors else { return nil }
        return scenario.map { set.inScenario($0) } ?? set
    }

    /// The names of the scenarios that the set was loaded with, sorted.
    public var scenarioNames: [String] { scenarios.keys.sorted() }

    /// The set as a scenario changes it; nil when there is none of that name.
    public func inScenario(_ name: String) -> FixtureSet? {
        scenarios[name].map { changed(by: $0) }
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
