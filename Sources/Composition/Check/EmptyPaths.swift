import Diagnostics
import JMESPath
import JSONSlices

extension EndpointCheck {
    /// Expressions in a call's path that may be null or empty: the call fails before anything is sent.
    func emptyPaths() -> [Diagnostic] {
        plan.expressionUses.filter { $0.part == .path }.compactMap { use in
            if let cause = nullCause(of: use) {
                return warning(
                    "a path cannot hold null, and '\(use.expression.expression.source)' is null when \(cause)",
                    at: use.expression.wholePlace,
                    help: help(for: use)
                )
            }
            guard let parameter = parameter(of: use), parameter.canBeEmpty else { return nil }
            return warning(
                "a path cannot hold an empty text, and a client may send '\(parameter.wireName)' empty",
                at: use.expression.wholePlace,
                help: "give the parameter \"minLength\": 1, or a \"pattern\""
            )
        }
    }

    /// When the expression is null, but for calls that were skipped: they skip the one that mentions them, too.
    private func nullCause(of use: ExpressionUse) -> String? {
        let expression = use.expression.expression
        let base = expression.analysis { typeUnlessSkipped(of: $0, in: use) }
        if let cause = base.type.nullCause { return cause }
        return use.callsWithConstantFallback(in: plan).first { call in
            let found = expression.analysis { slot in
                plan.slotSources[slot] == .call(call) ? fallbackType(of: call) : typeUnlessSkipped(of: slot, in: use)
            }
            return found.type.types == .null || found.type.nullCause != nil
        }.map { "'\(plan.calls[$0].name)' has failed: its fallback has no such value" }
    }

    private func typeUnlessSkipped(of slot: Int, in use: ExpressionUse) -> StaticType {
        guard case .call(let call) = plan.slotSources[slot], !use.isGuarded(slot, in: plan) else {
            return type(of: slot, in: use)
        }
        return types.unskippedValues[call]
    }

    private func parameter(of use: ExpressionUse) -> Parameter? {
        let expression = use.expression.expression
        guard let slot = expression.slots.first, case .parameter(let index) = plan.slotSources[slot],
            plan.parameters[index].name == expression.source, !use.isGuarded(slot, in: plan)
        else { return nil }
        return plan.parameters[index]
    }

    private func help(for use: ExpressionUse) -> String {
        let source = use.expression.expression.source
        if let parameter = parameter(of: use) {
            return "give the parameter a \"default\", or say \"required\": true; or skip the call: "
                + "\"when\": \"\(parameter.name)\""
        }
        let condition = source.replacing("\"", with: "\\\"")
        return "skip the call where it is null, \"when\": \"\(condition)\", or write what stands for it: "
            + "{\(source) || '…'}"
    }
}

extension Parameter {
    /// Whether the empty text is a value that a client may send.
    fileprivate var canBeEmpty: Bool {
        guard location != .path, let value = try? value(from: [""]) else { return false }
        return value.string?.isEmpty == true
    }
}
