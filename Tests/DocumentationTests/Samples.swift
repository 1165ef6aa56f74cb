import Cases
import Composition
import Diagnostics
import Replay
import Testing

/// The repository's own endpoints on its recorded backends.
enum Samples {
    private static let fixtures = "\(Repository.root)/fixtures"

    /// What `medley serve` serves, in which nothing can be found wrong.
    static func configuration() throws -> ReplayedGateway.Configuration {
        let diagnostics = DiagnosticList()
        let configuration = ReplayedGateway.Configuration.load(
            compositions: "\(Repository.root)/compositions",
            fixtures: fixtures,
            diagnostics: diagnostics
        )
        #expect(diagnostics.sorted().map { $0.rendered() } == [])
        return try #require(configuration)
    }

    /// What cases on them may name.
    static let names = CaseNames(
        backends: Files.folders(in: fixtures),
        scenarios: FixtureSet.scenarioNames(directory: fixtures)
    )

    /// The cases beside them, and what these run on.
    static func cases() throws -> CaseRunner.Project {
        let diagnostics = DiagnosticList()
        let project = CaseRunner.Project.load(
            compositions: "\(Repository.root)/compositions",
            fixtures: fixtures,
            diagnostics: diagnostics
        )
        #expect(diagnostics.sorted().map { $0.rendered() } == [])
        return try #require(project)
    }
}

@Suite("The samples")
struct SampleTests {
    private let endpoints = Repository.files(in: "compositions", suffix: ".json").filter { name in
        !name.hasSuffix(".cases.json") && !Fragments.isFragment(name)
    }

    @Test("every endpoint has cases")
    func endpointsWithCases() throws {
        let missing = endpoints.filter { !Files.exists("\(Repository.root)/\($0.dropLast(5)).cases.json") }
        #expect(missing == [])
    }

    @Test("every case gets what it states")
    func cases() async throws {
        let project = try Samples.cases()
        let results = try await CaseRunner(world: project.world).run(project.files)
        let report = CaseReport(isColoured: false)
        #expect(results.filter { !$0.hasPassed }.flatMap { report.lines(of: $0) } == [])
    }
}
