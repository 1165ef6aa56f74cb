import Diagnostics

extension EndpointCheck {
    /// An unsafe call that reads the error of a required call, and yet runs when all goes well, too.
    func unconditionalCompensations() -> [Diagnostic] {
        plan.calls.indices.compactMap { index in
            let call = plan.calls[index]
            guard call.isUnsafe, plan.initialCalls.contains(index), plan.compensated(by: index).isEmpty,
                let failing = call.errorsRead.first(where: { plan.calls[$0].isRequired })
            else { return nil }
            let name = plan.calls[failing].name
            return warning(
                "'\(call.name)' reads the error of '\(name)', and is made when '\(name)' has not failed, too",
                at: call.namePlace,
                help: "say \"when\": \"calls.\(name).error\""
            )
        }
    }
}
