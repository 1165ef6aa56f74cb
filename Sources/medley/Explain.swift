import ArgumentParser
import Composition
import Diagnostics

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints the plan of an endpoint: what is called, in which order, and for how long.",
        discussion: """
            For instance: medley explain "GET /home/{userId}". Calls of one stage run at the same time. Without an \
            endpoint all of them are explained.
            """
    )

    @OptionGroup var options: WorkspaceOptions

    @Argument(help: "The endpoint as its file states it, or its path alone.")
    var endpoint: String?

    func run() throws {
        let diagnostics = DiagnosticList()
        let workspace = Workspace.load(options, findsSettings: true, diagnostics: diagnostics)
        Terminal.report(diagnostics)
        guard let workspace, !diagnostics.hasErrors else { throw ExitCode(1) }
        let plans = workspace.compositions.plans
        guard let endpoint else {
            for plan in plans { Terminal.printLine(plan.explanation()) }
            return
        }
        let found = plans.filter { $0.pattern.description == endpoint || $0.pattern.path == endpoint }
        guard !found.isEmpty else {
            let names = plans.map(\.pattern.description)
            Terminal.printError("error: no endpoint is '\(endpoint)'")
            if let hint = suggestion(for: endpoint, among: names) { Terminal.printError("  help: \(hint)") }
            throw ExitCode(1)
        }
        for plan in found { Terminal.printLine(plan.explanation()) }
    }
}
