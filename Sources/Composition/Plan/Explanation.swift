import Diagnostics
import JMESPath
import JSONSlices

extension Plan {
    /// The plan as text: stages, what runs in parallel, what happens when a call fails, and how long it may take.
    public func explanation() -> String {
        let graph = DependencyGraph(needs: calls.map(\.needs), fallbackNeeds: calls.map(\.fallbackNeeds))
        let stages = graph.stages(of: initialCalls)
        let spare = calls.indices.filter { !initialCalls.contains($0) }
        var lines = [pattern.description]
        if let summary { lines.append("  " + summary) }
        let requests = calls.count == 1 ? "1 backend request" : "\(calls.count) backend requests at most"
        lines.append(
            "  within \(timeout.spelled) · \(stages.count) stage\(stages.count == 1 ? "" : "s") · \(requests)"
        )
        let rows = calls.map(row)
        let widths = (0..<3).map { column in rows.map { $0[column].count }.max() ?? 0 }
        func line(_ call: Int) -> String {
            let row = rows[call]
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            return "    " + (cells + row.dropFirst(3)).joined(separator: "  ")
        }
        for (number, stage) in stages.enumerated() {
            lines.append("")
            lines.append("  stage \(number + 1)" + (stage.count > 1 ? ", \(stage.count) calls at the same time" : ""))
            lines += stage.map(line)
        }
        if !spare.isEmpty {
            lines.append("")
            lines.append("  only when a fallback needs them")
            lines += spare.map(line)
        }
        if let chain = longestChain(graph), chain.count > 1 {
            lines.append("")
            lines.append("  longest chain: " + chain.map { calls[$0].name }.joined(separator: " → "))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Name, backend, request, and what is to be known about it.
    private func row(_ call: Call) -> [String] {
        var notes: [String] = []
        if !call.needs.isEmpty { notes.append("after " + call.needs.map { calls[$0].name }.joined(separator: ", ")) }
        if let timeout = call.timeout { notes.append("within \(timeout.spelled)") }
        if let fallback = call.fallback {
            notes.append("else \(fallback.sketch)")
        } else {
            notes.append("required")
        }
        return [call.name, call.backend, "\(call.method) \(call.path.source)", notes.joined(separator: ", ")]
    }

    private func longestChain(_ graph: DependencyGraph) -> [Int]? {
        var chains: [Int: [Int]] = [:]
        func chain(to call: Int) -> [Int] {
            if let known = chains[call] { return known }
            let before = graph.needs[call].map(chain).max { $0.count < $1.count } ?? []
            chains[call] = before + [call]
            return before + [call]
        }
        return initialCalls.map(chain).max { $0.count < $1.count }
    }
}

extension JSONTemplate {
    /// The template in a few characters.
    fileprivate var sketch: String {
        switch self {
        case .constant(let slice):
            let text = slice.withUTF8 { String(decoding: $0, as: UTF8.self) }
            return text.count <= 24 ? text : (slice.kind == .object ? "{…}" : slice.kind == .array ? "[…]" : "a value")
        case .text(let text, _): return text.single.map { "{\($0.expression.source)}" } ?? "a text"
        case .array: return "[…]"
        case .object, .merged: return "{…}"
        }
    }
}
