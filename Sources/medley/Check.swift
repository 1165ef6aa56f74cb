import ArgumentParser
import Composition
import Diagnostics

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Finds everything that can be known to be wrong before traffic.",
        discussion: """
            Without options it looks at compositions/ with gateway.json, or with fixtures/ where there is none. Errors \
            go to standard error, each with file:line:column; the exit code is 1 when there is one.
            """
    )

    @OptionGroup var options: WorkspaceOptions

    func run() throws {
        let diagnostics = DiagnosticList()
        let workspace = Workspace.load(options, findsSettings: true, diagnostics: diagnostics)
        Terminal.report(diagnostics)
        guard let workspace, !diagnostics.hasErrors else { throw ExitCode(1) }
        let count = workspace.compositions.plans.count
        let against = workspace.settingsPath ?? workspace.fixturesPath.map { "\($0)/" } ?? ""
        Terminal.printLine(
            "\(count) endpoint\(count == 1 ? "" : "s") in \(workspace.compositionsPath)/ checked with \(against): no errors"
        )
    }
}
