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
        let place = use.expression.origin.place(of: member.range)
        if let call = callOmitting(member.name, readBy: use) {
            return warning(
                "'\(member.name)' is not there: 'omit' of '\(call.name)' leaves it out",
                at: place,
                help: "take it out of \"omit\", or do not read it"
            )
        }
        let nearest = nearestName(to: member.name, in: member.known)
        guard nearest != nil || !(member.isGuarded || use.isOptional) else { return nil }
        return warning(
            "\(whatIsKnown) '\(member.name)' here",
            at: place,
            help: nearest.map { "did you mean '\($0)'?" } ?? "take it away, or record an answer that has it"
        )
    }

    /// The beginning of a sentence that says that something is not there.
    private var whatIsKnown: String {
        if descriptions.isEmpty { return "no recorded answer has" }
        return hasAnswers ? "neither a recorded answer nor a backend's document has" : "no document of a backend has"
    }

    /// A call whose value the expression reads, and whose `omit` names such a member.
    private func callOmitting(_ name: String, readBy use: ExpressionUse) -> Call? {
        use.expression.expression.slots.lazy
            .compactMap { slot in
                if case .call(let index) = plan.slotSources[slot] { plan.calls[index] } else { nil }
            }
            .first { call in call.omit?.paths.contains { $0.last == .member(name) } ?? false }
    }
}
