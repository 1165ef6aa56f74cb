import Diagnostics

extension EndpointCheck {
    /// Timeouts that leave no time for what comes after them. Only those that the file states count: what a backend's
    /// default allows is no promise.
    func timeoutsThatCannotBeMet() -> [Diagnostic] {
        var found: [Diagnostic] = []
        var reported: Set<Int> = []
        for index in plan.order {
            // What follows from a finding is none of its own.
            let follows = plan.calls[index].needs.contains { reported.contains($0) }
            let finding = follows ? nil : longerThanEndpoint(index) ?? noTimeLeft(index)
            if follows || finding != nil { reported.insert(index) }
            if let finding { found.append(finding) }
        }
        return found
    }

    private func longerThanEndpoint(_ index: Int) -> Diagnostic? {
        let call = plan.calls[index]
        guard let timeout = call.timeout, timeout > plan.timeout else { return nil }
        return warning(
            "the call '\(call.name)' may take \(timeout.spelled), and the whole endpoint has \(endpointTime)",
            at: call.places.value("timeout") ?? call.namePlace,
            help: "shorten it, or give the endpoint more \"timeout\""
        )
    }

    /// A required call that its predecessors may leave less time than it is given, or any call that they may leave none.
    private func noTimeLeft(_ index: Int) -> Diagnostic? {
        let call = plan.calls[index]
        let chain = plan.criticalPath(to: index, timeout: \.timeout)
        let before = chain.time - (call.timeout ?? .zero)
        let isTooLong = call.isRequired && call.timeout != nil ? chain.time > plan.timeout : before >= plan.timeout
        guard isTooLong else { return nil }
        let steps = chain.calls.compactMap { other in
            plan.calls[other].timeout.map { "\(plan.calls[other].name) (\($0.spelled))" }
        }
        let place = call.places.value("timeout") ?? call.namePlace
        let help = "shorten them, or give the endpoint more \"timeout\""
        let sum = "\(steps.joined(separator: " → ")) may take \(chain.time.spelled)"
        guard call.timeout == nil else {
            return warning("\(sum) one after the other, and the endpoint has \(endpointTime)", at: place, help: help)
        }
        return warning(
            "\(sum), which leaves '\(call.name)' none of the endpoint's \(endpointTime)",
            at: place,
            help: help
        )
    }

    private var endpointTime: String {
        plan.places.value("timeout") == nil ? "\(plan.timeout.spelled), the default" : plan.timeout.spelled
    }
}
