import Diagnostics
import JMESPath
import JSONSlices

extension EndpointCheck {
    /// A `select` that makes null of every recorded answer, although the names in it are right.
    func selectsOfNothing() -> [Diagnostic] {
        guard let examples else { return [] }
        return plan.calls.indices.compactMap { index in
            guard let select = plan.calls[index].select, select.expression.slots.isEmpty else { return nil }
            let bodies = examples.bodies[index]
            guard !bodies.isEmpty, bodies.allSatisfy({ isNull(select, on: $0) }) else { return nil }
            let use = ExpressionUse(expression: select, part: .select, call: index)
            guard examples.reading(use, in: plan).unknownMembers.isEmpty else { return nil }
            let count = bodies.count == 1 ? "the recorded answer" : "each of the \(bodies.count) recorded answers"
            return warning(
                "'select' makes null of \(count) that the call could get",
                at: select.wholePlace,
                help: "try it: medley eval EXPRESSION FILE, with the answer's body in the file"
            )
        }
    }

    private func isNull(_ select: PlacedExpression, on body: JSONValue) -> Bool {
        var budget = EvaluationBudget()
        return (try? select.expression.evaluate(root: body, budget: &budget))?.isNull ?? false
    }
}
