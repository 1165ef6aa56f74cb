import JMESPath
import JSONSlices
import Testing

/// One expression of a `jmespath` block.
///
///     on {"items": [{"id": 7}]}
///
///     items[0].id
///     → 7
///
/// `on` gives the document, for all expressions after it. A line `→` is the result, `✗` the error, `⚠` a warning; below
/// the last two a line `  help: ` says the fix.
struct ExpressionExample: Sendable {
    let place: String
    let document: String
    let expression: String
    let outcome: [String]

    static func all(in block: FencedBlock) -> [ExpressionExample] {
        var examples: [ExpressionExample] = []
        var document = "null"
        var source: [Substring] = []
        var outcome: [String] = []
        var start = block.line
        func end() {
            guard !source.isEmpty else { return }
            let text = source.joined(separator: "\n")
            examples.append(
                .init(place: "\(block.page):\(start)", document: document, expression: text, outcome: outcome)
            )
            (source, outcome) = ([], [])
        }
        for (index, line) in block.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if ["→", "✗", "⚠", "  help: "].contains(where: line.hasPrefix) {
                outcome.append(String(line))
                continue
            }
            if !outcome.isEmpty { end() }
            if line.hasPrefix("on ") {
                document = String(line.dropFirst(3))
            } else if line.hasPrefix("   "), source.isEmpty {
                document += line
            } else if !line.isEmpty {
                if source.isEmpty { start = block.line + index + 1 }
                source.append(line)
            }
        }
        end()
        return examples
    }

    /// What happens, in the words of an outcome.
    func run() throws -> [String] {
        var found: [String] = []
        func help(_ fix: String?) -> [String] { fix.map { ["  help: \($0)"] } ?? [] }
        do throws(ExpressionError) {
            let parsed = try JMESPath.Expression.parse(expression)
            found += parsed.warnings.flatMap { ["⚠ \($0.message)"] + help($0.fix) }
            var budget = EvaluationBudget()
            let root: JSONValue
            do { root = .slice(try JSONDocument(parsing: Array(document.utf8)).root) } catch { return ["\(error)"] }
            let value = try parsed.evaluate(root: root, budget: &budget)
            found.append("→ \((try? JSONText.compact(value)) ?? "no JSON")")
        } catch {
            found += ["✗ \(error.kind.rawValue): \(error.message)"] + help(error.fix)
        }
        return found
    }

    /// The outcome with its result written as compactly as that of a run.
    func expected() throws -> [String] {
        try outcome.map { line in
            line.hasPrefix("→ ") ? "→ \(try JSONText.compact(String(line.dropFirst(2))))" : line
        }
    }
}
