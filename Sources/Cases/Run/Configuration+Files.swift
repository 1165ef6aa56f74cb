import Composition
public import Diagnostics
import Gateway
import Replay

extension ReplayedGateway.Configuration {
    /// Reads and checks a directory of compositions and one of fixtures, as `medley serve` does without settings.
    ///
    /// - Parameter scenario: the scenario that changes the fixtures; nil for none.
    /// - Returns: nil when something is wrong; all of it is then in `diagnostics`.
    public static func load(
        compositions directory: String,
        fixtures: String,
        scenario: String? = nil,
        diagnostics: DiagnosticList
    ) -> ReplayedGateway.Configuration? {
        let errors = diagnostics.errorCount
        let recorded = FixtureSet.load(directory: fixtures, scenario: scenario, diagnostics: diagnostics)
        guard let files = Files.compositions(in: directory, diagnostics) else { return nil }
        let set = CompositionSet.compile(
            files,
            fragments: Files.fragments(in: directory, diagnostics),
            backends: Files.folders(in: fixtures),
            diagnostics: diagnostics
        )
        for finding in set.findings(
            answers: recorded.map { RecordedAnswers($0) },
            maxBackendRequests: GatewaySettings().maxBackendRequests
        ) {
            diagnostics.add(finding)
        }
        guard let recorded, diagnostics.errorCount == errors else { return nil }
        return ReplayedGateway.Configuration(compositions: set, fixtures: recorded)
    }
}
