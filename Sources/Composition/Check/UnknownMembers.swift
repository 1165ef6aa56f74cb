import Diagnostics
import JMESPath

extension EndpointCheck {
    /// Members that expressions read and that no recorded answer has.
    func unknownMembers() -> [Diagnostic] {
        guard let examples else { return [] }
        return plan.expressionUses.flatMap { use -> [Diagnostic] in
            guard let root = root(of: use, examples) else { return [] }
            let reading = examples.reading(use.expression, root: root, call: use.call, in: plan)
            return reading.unknownMembers.compactMap { finding(of: $0, in: use) }
        }
    }

    /// Examples of what the expression is evaluated on; nil where its answers are not those that were recorded.
    private func root(of use: ExpressionUse, _ examples: ExampleValues) -> ExampleShape? {
        guard let call = use.call else { return .open }
        switch use.part {
        case .select: return examples.bodies[call].isEmpty ? .open : ExampleShape(of: examples.bodies[call])
        case .batchKey: return examples.values[call].element
        // Judges failures, too, and of those there need not be a recorded one.
        case .success: return nil
        default: return .open
        }
    }

    /// Where the expression provides for the absence, only a name that looks misspelt is worth a word.
    private func finding(of member: UnknownMember, in use: ExpressionUse) -> Diagnostic? {
        let nearest = nearestName(to: member.name, in: member.known)
        guard nearest != nil || !(member.isGuarded || use.isOptional) else { return nil }
        return warning(
            "no recorded answer has '\(member.name)' here",
            at: use.expression.origin.place(of: member.range),
            help: nearest.map { "did you mean '\($0)'?" } ?? "take it away, or record an answer that has it"
        )
    }
}
