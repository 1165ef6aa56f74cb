import Diagnostics
import JMESPath
import JSONSlices

extension EndpointCheck {
    /// What the types of the values say of the expressions: functions that fail, or that null makes fail, and parts that
    /// are always null.
    func expressionFindings() -> [Diagnostic] {
        plan.expressionUses.flatMap { use -> [Diagnostic] in
            let found = use.expression.expression.analysis(
                slots: { type(of: $0, in: use) },
                root: types.rootType(of: use)
            ).findings
            // What the expression's own text gives away has been told.
            let told = use.expression.expression.warnings.map(\.range)
            let new = found.filter { finding in !told.contains { $0.overlaps(finding.range) } }
            var diagnostics = new.map { diagnostic(of: $0, in: use.expression) }
            for call in use.callsWithConstantFallback(in: plan) {
                let others = use.expression.expression.analysis(
                    slots: { plan.slotSources[$0] == .call(call) ? fallbackType(of: call) : type(of: $0, in: use) },
                    root: types.rootType(of: use)
                )
                diagnostics += others.findings
                    .filter { other in other.kind != .pointless && !found.contains { $0.range.overlaps(other.range) } }
                    .map { finding(of: $0, withFallbackOf: call, in: use.expression) }
            }
            return diagnostics
        }
    }

    /// The type of a slot where the use reads it: what the call's `when` mentions is taken to be there.
    func type(of slot: Int, in use: ExpressionUse) -> StaticType {
        let type = types.type(of: slot, in: use)
        if use.isGuarded(slot, in: plan) { return type.withoutNull }
        return plan.slotSources[slot] == .requestQuery ? use.queryType : type
    }

    /// The type of a call's value when its fallback stands in for it.
    func fallbackType(of call: Int) -> StaticType {
        let type = types.fallbackType(of: call) ?? .unknown
        return plan.calls[call].forEach == nil ? type : .list(of: type)
    }

    private func diagnostic(of finding: ExpressionFinding, in expression: PlacedExpression) -> Diagnostic {
        let place = expression.origin.place(of: finding.range)
        guard case .failure(let kind) = finding.kind else {
            return warning(finding.message, at: place, help: finding.fix)
        }
        return Diagnostic(.error, "\(kind.rawValue): \(finding.message)", at: place, help: finding.fix)
    }

    private func finding(
        of finding: ExpressionFinding,
        withFallbackOf call: Int,
        in expression: PlacedExpression
    ) -> Diagnostic {
        warning(
            "with the fallback of '\(plan.calls[call].name)': \(finding.message)",
            at: expression.origin.place(of: finding.range),
            help: finding.fix ?? "write a fallback of the same form as the value"
        )
    }
}

extension ExpressionUse {
    /// The slots that the call's condition mentions, where it has been met.
    fileprivate func guards(in plan: Plan) -> [Int] {
        guard let call, ![.when, .otherwise, .forEach, .fallback].contains(part) else { return [] }
        return plan.calls[call].when?.expression.slots ?? []
    }

    /// The client's query, of which each field that is read may be missing; one that is repeated is a list.
    fileprivate var queryType: StaticType {
        let members = queryNames.map { name in
            (name, StaticType([.string, .array]).orNull(when: "the request's query has no '\(name)'"))
        }
        return .object(Dictionary(members, uniquingKeysWith: { first, _ in first }), isClosed: false)
    }

    /// The fields of the client's query that the expression names.
    var queryNames: [String] {
        let words = expression.expression.source.split(separator: "request.query.", omittingEmptySubsequences: false)
        let names = words.dropFirst().map { word in
            String(decoding: word.utf8.prefix { Names.isLetter($0) || Names.isDigit($0) }, as: UTF8.self)
        }
        return names.filter(Names.isName)
    }

    func isGuarded(_ slot: Int, in plan: Plan) -> Bool { guards(in: plan).contains(slot) }

    /// The calls that the expression reads and for which a value other than null, known now, may stand in.
    func callsWithConstantFallback(in plan: Plan) -> [Int] {
        expression.expression.slots.compactMap { slot in
            guard case .call(let call) = plan.slotSources[slot],
                case .constant(let fallback)? = plan.calls[call].fallback, fallback.kind != .null
            else { return nil }
            return call
        }
    }
}
