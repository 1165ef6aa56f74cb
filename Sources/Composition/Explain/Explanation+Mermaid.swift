import JMESPath

extension Explanation {
    /// The plan as a flowchart in Mermaid's language (mermaid.js.org/syntax/flowchart.html): a box per call, an arrow per
    /// reference, dashed for what only a failure needs.
    public var mermaid: String {
        var lines = ["flowchart LR", "  request([\"\(Self.escaped(plan.name))\"])"]
        for (number, stage) in stages.enumerated() {
            lines.append("  subgraph stage\(number + 1) [\"stage \(number + 1)\"]")
            lines += stage.map { "    " + box($0) }
            lines.append("  end")
        }
        let occasional = plan.calls.indices.filter { spare.contains($0) || !compensates[$0].isEmpty }
        lines += occasional.map { "  " + box($0) }
        lines.append("  reply([\"reply\"])")
        lines += plan.calls.indices.flatMap { arrows(to: $0) } + arrowsToReply
        if !occasional.isEmpty {
            lines.append("  classDef occasional stroke-dasharray: 4 4")
            lines.append("  class \(occasional.map { "call\($0)" }.joined(separator: ",")) occasional")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A call with its request; doubled sides where it goes through a list.
    private func box(_ index: Int) -> String {
        let call = plan.calls[index]
        let notes = CallNotes(explanation: self, index: index)
        var label = [call.name, "\(call.askedSketch): \(notes.request)"]
        if let when = notes.when { label.append(when) }
        if let forEach = call.forEach {
            label.append("for each of \(forEach.list.expression.source), at most \(forEach.maxRequests) requests")
        }
        let text = label.map(Self.escaped).joined(separator: "<br/>")
        return call.forEach == nil ? "call\(index)[\"\(text)\"]" : "call\(index)[[\"\(text)\"]]"
    }

    private func arrows(to index: Int) -> [String] {
        let call = plan.calls[index]
        let failures = compensates[index]
        var arrows = call.needs.map { need in
            failures.contains(need) ? "  call\(need) -.->|failed| call\(index)" : "  call\(need) --> call\(index)"
        }
        if call.needs.isEmpty {
            arrows.append(spare.contains(index) ? "  request -.-> call\(index)" : "  request --> call\(index)")
        }
        return arrows + call.fallbackNeeds.map { "  call\($0) -.->|fallback| call\(index)" }
    }

    /// From the calls that the reply is made of, and from those that are wanted for what they do.
    private var arrowsToReply: [String] {
        let read = Set(plan.response.slots.compactMap { plan.slotSources[$0].call })
        let mentioned = read.union(plan.calls.flatMap { $0.needs + $0.fallbackNeeds })
        return plan.calls.indices.filter { read.contains($0) || !mentioned.contains($0) }.map { index in
            compensates[index].isEmpty ? "  call\(index) --> reply" : "  call\(index) -.-> reply"
        }
    }

    /// Text for between double quotes: what Mermaid or HTML reads as more than text becomes an entity of Mermaid.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "#", "&", "<", ">", "`", ";", "\\", "\n", "\r", "\t": escaped += "#\(scalar.value);"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
