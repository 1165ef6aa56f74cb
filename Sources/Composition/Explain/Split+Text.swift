import JMESPath
import JSONSlices

extension Split {
    /// `v1 90 %, v2 10 %`
    var sketch: String {
        sides.map { "\($0.backend) \(percent(of: $0))" }.joined(separator: ", ")
    }

    /// A side's share, to a tenth of a percent.
    private func percent(of side: Side) -> String {
        let tenths = (side.weight * 1_000 + total / 2) / max(total, 1)
        return tenths % 10 == 0 ? "\(tenths / 10) %" : "\(tenths / 10).\(tenths % 10) %"
    }

    /// `{"sides": {name: weight}, "sticky"}`; `sticky` is null where chance decides.
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("sides")
            writer.object { writer in
                for side in sides { writer.member(side.backend, side.weight) }
            }
            writer.member("sticky", sticky?.source)
        }
    }
}

extension TextTemplate {
    /// As it stands in the file, but for escapes.
    var source: String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .expression(let expression): "{\(expression.expression.source)}"
            }
        }.joined()
    }
}

extension Call {
    /// Whom it asks: `v1 90 %, v2 10 %`, or the one backend.
    var askedSketch: String { split?.sketch ?? backend }
}
