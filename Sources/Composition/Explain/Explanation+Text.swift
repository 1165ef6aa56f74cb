import Diagnostics

extension Explanation {
    /// The plan for a person: stages and what runs at the same time, then time, number of requests and failures.
    public var text: String {
        var lines = [plan.name]
        if let summary = plan.summary { lines.append("  " + summary) }
        if let access = plan.access { lines.append("  for " + access.sketch) }
        if !plan.limits.isEmpty { lines.append("  within " + plan.limits.map(\.sketch).joined(separator: ", ")) }
        lines.append("  " + overview)
        let table = Table(calls: plan.calls.indices.map { CallNotes(explanation: self, index: $0) })
        for (number, stage) in stages.enumerated() {
            let together = stage.count > 1 ? ", \(stage.count) calls at the same time" : ""
            lines += ["", "  stage \(number + 1)\(together)"] + stage.map(table.line)
        }
        if !spare.isEmpty {
            lines += ["", "  only when a fallback needs them"] + spare.map(table.line)
        }
        let compensating = compensates.indices.filter { !compensates[$0].isEmpty }
        if !compensating.isEmpty {
            lines += ["", "  only after a failure, before the reply"] + compensating.map(table.line)
        }
        lines += [""] + timeLines + ["  worst case: " + worstCaseText] + failureLines
        if let cache = plan.response.cache { lines.append("  the reply is \(cache.sketch)") }
        return lines.joined(separator: "\n") + "\n"
    }

    private var overview: String {
        let count = stages.count == 1 ? "1 stage" : "\(stages.count) stages"
        let requests =
            worstCase.total == 1 ? "1 request to a backend" : "at most \(worstCase.total) requests to backends"
        return "within \(plan.timeout.spelled) · \(count) · \(requests)"
    }

    private var timeLines: [String] {
        guard let path = criticalPath else { return [] }
        let steps = path.calls.map { call in
            guard let timeout = timeout(of: plan.calls[call]) else { return name(call) }
            let rounds = plan.calls[call].rounds
            return "\(name(call)) (\(rounds == 1 ? "" : "\(rounds) × ")\(timeout.spelled))"
        }
        let bound = isBoundByEndpoint ? "\(plan.timeout.spelled), the endpoint's timeout" : criticalTime.spelled
        return ["  critical path: \(steps.joined(separator: " → ")), at most \(bound)"]
    }

    private var worstCaseText: String {
        let total = worstCase.total == 1 ? "1 request" : "\(worstCase.total) requests"
        guard !worstCase.lists.isEmpty else { return total }
        return "\(total): " + worstCase.description(in: plan)
    }

    /// Calls that fail alike share a line.
    private var failureLines: [String] {
        var groups: [(text: String, calls: [Int])] = []
        for index in plan.calls.indices {
            let text = CallNotes(explanation: self, index: index).onFailure
            if let known = groups.firstIndex(where: { $0.text == text }) {
                groups[known].calls.append(index)
            } else {
                groups.append((text, [index]))
            }
        }
        return groups.isEmpty
            ? []
            : ["  when one fails:"]
                + groups.map { group in
                    "    \(names(group.calls).joined(separator: ", ")): \(group.text)"
                }
    }
}

/// Name, backend and request of each call in columns, and what is to be known of it behind them.
private struct Table {
    private let rows: [[String]]
    private let widths: [Int]

    init(calls: [CallNotes]) {
        rows = calls.map { notes in
            let call = notes.explanation.plan.calls[notes.index]
            return [call.name, call.askedSketch, notes.request, notes.all.joined(separator: ", ")]
        }
        widths = (0..<3).map { [rows] column in rows.map { $0[column].count }.max() ?? 0 }
    }

    func line(_ call: Int) -> String {
        let cells = zip(rows[call], widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
        return "    " + (cells + rows[call].dropFirst(3)).joined(separator: "  ")
    }
}
