import ArgumentParser
import Cases
import Diagnostics
import Foundation
import JMESPath
import JSONSlices

struct Eval: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints the result of an expression on a JSON document.",
        discussion: """
            For instance: medley eval 'items[?price > `10`].name' answer.json. Numbers keep their digits, and objects \
            the order of their members.

            The expression is read as in 'select': names are members of the document, which is also '@' and '$'. \
            Errors name their JMESPath class and point at the column; warnings say what is accepted but hardly meant. \
            Both go to standard error. The exit code is 1 when there is an error.
            """
    )

    @Flag(name: .long, help: "Print the result on one line, without spaces.")
    var compact = false

    @Argument(help: "The expression, in JMESPath Community Edition with Medley's own functions.")
    var expression: String

    @Argument(help: "The JSON document (default: standard input).")
    var file: String?

    func run() throws {
        let diagnostics = DiagnosticList()
        let result = result(diagnostics)
        let colour = Terminal.hasColour(STDERR_FILENO)
        for diagnostic in diagnostics.sorted() { Terminal.printError(diagnostic.rendered(colour: colour)) }
        guard let result else { throw ExitCode(1) }
        Terminal.printLine(JSONText.text(of: result, isIndented: !compact))
    }

    /// nil when there is none, which the diagnostics explain.
    private func result(_ diagnostics: DiagnosticList) -> JSONValue? {
        let source = SourceFile(path: "expression", bytes: Array(expression.utf8))
        do throws(ExpressionError) {
            let expression = try Expression.parse(expression)
            for warning in expression.warnings {
                let place = Diagnostic.Place(file: source, range: warning.range)
                diagnostics.add(Diagnostic(.warning, warning.message, at: place, help: warning.fix))
            }
            guard let file = document(diagnostics),
                let document = diagnostics.parse(file, maxDepth: JSONLimits().maxDepth)
            else { return nil }
            var budget = EvaluationBudget()
            return try expression.evaluate(root: .slice(document.root), budget: &budget)
        } catch {
            let message = "\(error.kind.rawValue): \(error.message)"
            diagnostics.error(message, in: source, at: error.range, help: error.fix)
            return nil
        }
    }

    private func document(_ diagnostics: DiagnosticList) -> SourceFile? {
        if let file { return Files.read(file, diagnostics) }
        let limit = Files.maximumSize
        guard let data = try? FileHandle.standardInput.read(upToCount: limit + 1) ?? Data() else {
            diagnostics.error("standard input cannot be read")
            return nil
        }
        guard data.count <= limit else {
            diagnostics.error("standard input has more than \(limit) bytes")
            return nil
        }
        return SourceFile(path: "standard input", bytes: Array(data))
    }
}
