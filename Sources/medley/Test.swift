import ArgumentParser
import Cases
import CurlTransport
import Diagnostics
import Foundation
import Gateway

struct Test: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs the cases beside the compositions on recorded backends.",
        discussion: """
            Without options it runs compositions/**/*.cases.json on the recorded backends in fixtures/. Each case is a \
            request to a gateway that serves the compositions, and what must come of it: the reply, and what the backends \
            are asked. See docs/testing.md.

            The exit code is 1 when a case fails or something cannot be loaded.
            """
    )

    @OptionGroup var options: WorkspaceOptions

    @Option(
        name: .long,
        help: ArgumentHelp("Only the cases whose name or file contains this text.", valueName: "text")
    )
    var filter: String?

    @Option(name: .long, help: ArgumentHelp("Write the results to this file as JUnit's XML.", valueName: "file"))
    var junit: String?

    @Flag(name: .long, help: "Write into the files what was replied where a case expects something else.")
    var update = false

    @Option(name: .long, help: ArgumentHelp("Cases that run at once.", valueName: "number"))
    var concurrency = 16

    func validate() throws {
        guard (1...256).contains(concurrency) else { throw ValidationError("--concurrency must be 1 to 256") }
    }

    func run() async throws {
        let diagnostics = DiagnosticList()
        let loaded = load(diagnostics)
        Terminal.report(diagnostics)
        guard let (files, world) = loaded, !diagnostics.hasErrors else { throw ExitCode(1) }
        if let junit { try attempt(junit) { () throws(Files.WriteFailure) in try Files.checkWritable(junit) } }
        OpenFiles.raiseLimit()
        let report = CaseReport(isColoured: Terminal.hasColour(STDOUT_FILENO))
        let clock = ContinuousClock()
        let start = clock.now
        let results = try await run(files, in: world, report)
        let duration = clock.now - start
        let updates = update ? try write(results) : []
        Terminal.printLine("")
        Terminal.printLine(report.summary(of: results, took: duration, updates: updates))
        if let junit { try save(Array(JUnitReport.text(of: results, took: duration).utf8), to: junit) }
        if results.contains(where: { !$0.hasPassed }) { throw ExitCode(1) }
    }

    private func run(
        _ files: [CaseFile],
        in world: ReplayedGateway.Configuration,
        _ report: CaseReport
    ) async throws -> [CaseResult] {
        var path: String?
        do {
            return try await CaseRunner(world: world, concurrency: concurrency).run(files) { result in
                if path != result.file.path { Terminal.printLine(report.heading(of: result.file)) }
                path = result.file.path
                for line in report.lines(of: result) { Terminal.printLine(line) }
            }
        } catch {
            Terminal.printError("error: the cases cannot be run: \(error)")
            throw ExitCode(1)
        }
    }

    /// Everything that the cases need; nil, and why in the diagnostics, when it is not there.
    private func load(_ diagnostics: DiagnosticList) -> ([CaseFile], ReplayedGateway.Configuration)? {
        guard
            let workspace = Workspace.load(
                options,
                findsSettings: false,
                readsCases: true,
                diagnostics: diagnostics
            )
        else { return nil }
        guard let fixtures = workspace.fixtures else {
            if workspace.fixturesPath == nil {
                let help = "say where they are: --replay fixtures"
                diagnostics.error("cases run on recorded backends, and there are none", help: help)
            }
            return nil
        }
        let files = filtered(workspace.cases)
        if files.isEmpty, !diagnostics.hasErrors { diagnostics.add(nothingToRun(in: workspace)) }
        let world = ReplayedGateway.Configuration(
            settings: workspace.settings,
            compositions: workspace.compositions,
            fixtures: fixtures
        )
        return (files, world)
    }

    private func filtered(_ files: [CaseFile]) -> [CaseFile] {
        guard let filter else { return files }
        return files.compactMap { $0.path.contains(filter) ? $0 : $0.filtered { $0.name.contains(filter) } }
    }

    private func nothingToRun(in workspace: Workspace) -> Diagnostic {
        if let filter, !workspace.cases.isEmpty {
            return Diagnostic(.error, "no case's name or file contains '\(filter)'", at: nil)
        }
        return CaseRunner.noCases(in: workspace.compositionsPath)
    }

    // MARK: Files

    /// Writes expectations anew.
    private func write(_ results: [CaseResult]) throws -> [CaseUpdate] {
        var updates: [CaseUpdate] = []
        for (path, results) in Dictionary(grouping: results, by: \.file.path).sorted(by: { $0.key < $1.key }) {
            guard let file = results.first?.file else { continue }
            let update = CaseUpdate(file, results)
            if let bytes = update.bytes { try save(bytes, to: path) }
            updates.append(update)
        }
        return updates
    }

    private func save(_ bytes: [UInt8], to path: String) throws {
        try attempt(path) { () throws(Files.WriteFailure) in try Files.replace(bytes, at: path) }
    }

    private func attempt(_ path: String, _ body: () throws(Files.WriteFailure) -> Void) throws {
        do {
            try body()
        } catch {
            Terminal.printError("error: '\(path)' cannot be written: \(error)")
            throw ExitCode(1)
        }
    }
}
