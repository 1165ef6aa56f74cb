import Cases
import Diagnostics

/// Starts a gateway inside a test, of Swift Testing or XCTest alike.
public enum MedleyTest {
    /// Serves a directory of compositions on recorded backends for the time of `body`, on loopback ports of its own:
    /// tests may run at once.
    ///
    /// - Parameters:
    ///   - compositions: the directory of the endpoints; relative ones from the working directory, which is the
    ///     package's own under `swift test`.
    ///   - fixtures: the directory of the recorded backends.
    ///   - scenario: the scenario, `fixtures/_scenarios/NAME.json`, that changes what backends answer; nil for none.
    /// - Returns: what `body` returns.
    /// - Throws: ``LoadFailure`` when a file has errors, and what `body` throws.
    public static func serving<Result>(
        compositions: String = "compositions",
        fixtures: String = "fixtures",
        scenario: String? = nil,
        _ body: (MedleyGateway) async throws -> Result
    ) async throws -> Result {
        let diagnostics = DiagnosticList()
        let configuration = ReplayedGateway.Configuration.load(
            compositions: compositions,
            fixtures: fixtures,
            scenario: scenario,
            diagnostics: diagnostics
        )
        guard let configuration else { throw LoadFailure(diagnostics) }
        return try await ReplayedGateway.serving(configuration) { try await body(MedleyGateway(gateway: $0)) }
    }

    /// Runs the cases beside the compositions, as `medley test` does.
    ///
    /// - Returns: for each case that failed, what is different, as `medley test` prints it; empty when none did.
    /// - Throws: ``LoadFailure`` when a file has errors, or there are no cases.
    public static func failedCases(
        compositions: String = "compositions",
        fixtures: String = "fixtures"
    ) async throws -> [String] {
        let diagnostics = DiagnosticList()
        let project = CaseRunner.Project.load(
            compositions: compositions,
            fixtures: fixtures,
            diagnostics: diagnostics
        )
        guard let project else { throw LoadFailure(diagnostics) }
        guard !project.files.isEmpty else {
            diagnostics.add(CaseRunner.noCases(in: compositions))
            throw LoadFailure(diagnostics)
        }
        let results = try await CaseRunner(world: project.world).run(project.files)
        let report = CaseReport(isColoured: false)
        return results.filter { !$0.hasPassed }.map { result in
            ([result.file.path] + report.lines(of: result)).joined(separator: "\n")
        }
    }

    /// What is wrong with compositions, fixtures or cases, as `medley check` prints it.
    public struct LoadFailure: Error, CustomStringConvertible {
        public let description: String

        init(_ diagnostics: DiagnosticList) {
            let errors = diagnostics.sorted().filter { $0.severity == .error }
            description = errors.map { $0.rendered() }.joined(separator: "\n")
        }
    }
}
