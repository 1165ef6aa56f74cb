import Diagnostics
import JMESPath

extension EndpointCheck {
    /// Members that expressions read and that no recorded answer has.
    func unknownMembers() -> [Diagnostic] {
        guard let examples else { return [] }
        return plan.expressionUses.flatMap { use in
            examples.reading(use, in: plan).unknownMembers.compactMap { finding(of: $0, in: use) }
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
