import Composition
public import Diagnostics
import Gateway
import Replay

extension CaseRunner {
    /// What is wrong with a directory of compositions without cases, where they are to be run.
    public static func noCases(in directory: String) -> Diagnostic {
        Diagnostic(
            .error,
            "there are no cases in \(directory)/",
            at: nil,
            help: "write some beside an endpoint: home.cases.json beside home.json"
        )
    }

    /// The cases of a directory, and what they run on.
    public struct Project: Sendable {
        public let files: [CaseFile]
        public let world: ReplayedGateway.Configuration

        /// Reads and checks a directory of compositions with its cases, and one of fixtures with its scenarios.
        ///
        /// - Returns: nil when something is wrong; all of it is then in `diagnostics`.
        public static func load(
            compositions: String,
            fixtures: String,
            diagnostics: DiagnosticList
        ) -> Project? {
            let errors = diagnostics.errorCount
            let configuration = ReplayedGateway.Configuration.load(
                compositions: compositions,
                fixtures: fixtures,
                diagnostics: diagnostics
            )
            let names = CaseNames(
                compositions: configuration?.compositions,
                backends: Files.folders(in: fixtures),
                scenarios: FixtureSet.scenarioNames(directory: fixtures)
            )
            let files = Files.cases(in: compositions, diagnostics).compactMap {
                CaseFile.read($0, names: names, diagnostics: diagnostics)
            }
            guard let configuration else { return nil }
            guard diagnostics.errorCount == errors else { return nil }
            let world = ReplayedGateway.Configuration(
                compositions: configuration.compositions,
                fixtures: configuration.fixtures
            )
            return Project(files: files, world: world)
        }
    }
}
