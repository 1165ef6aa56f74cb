import ArgumentParser
import Composition
import Diagnostics

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Finds everything that can be known to be wrong before traffic.",
        discussion: """
            Without options it looks at compositions/, and the cases in it, with gateway.json and fixtures/, whichever are \
            there. Errors \
            are what cannot be served; warnings are what will most likely not do what was meant. Each comes with \
            file:line:column, and goes to standard error; --format json prints one document on standard output, \
            --format github prints annotations for a pull request.

            The exit code is 1 when there is an error; with --strict, also when there is a warning.
            """
    )

    @OptionGroup var options: WorkspaceOptions

    @Option(name: .long, help: ArgumentHelp("How findings are printed: text, json or github.", valueName: "format"))
    var format = ReportFormat.text

    @Flag(name: .long, help: "Exit with 1 when there are warnings, too.")
    var strict = false

    func run() async throws {
        let diagnostics = DiagnosticList()
        let workspace = Workspace.load(options, findsSettings: true, readsCases: true, diagnostics: diagnostics)
        _ = await workspace?.loadAccess(diagnostics)
        _ = workspace?.loadTLS(diagnostics)
        Terminal.report(diagnostics, as: format)
        guard let workspace, !diagnostics.hasErrors else { throw ExitCode(1) }
        if format == .text { Terminal.printLine(summary(of: workspace, diagnostics)) }
        if strict, diagnostics.warningCount > 0 { throw ExitCode(1) }
    }

    private func summary(of workspace: Workspace, _ diagnostics: DiagnosticList) -> String {
        let count = workspace.compositions.endpoints.count
        let against = [workspace.settingsPath, workspace.fixturesPath.map { "\($0)/" }].compactMap { $0 }
            .joined(separator: " and ")
        let found = diagnostics.warningCount == 0 ? "no errors" : "no errors, but warnings"
        return
            "\(count) endpoint\(count == 1 ? "" : "s") in \(workspace.compositionsPath)/ checked with \(against): \(found)"
    }
}
