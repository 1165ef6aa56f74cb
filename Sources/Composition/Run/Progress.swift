/// Which calls of a plan may start, and when the composition is over: the decisions of a run, without its I/O.
///
/// The driver reports each end and carries out what it is told. A call is *settled* when its value is known: its own,
/// or its fallback's. A fallback that reads calls which have not run makes them run.
struct Progress {
    private enum State {
        /// Not wanted by anything yet.
        case dormant
        /// Wanted, and waiting for others.
        case waiting
        case running
        /// Failed, and its fallback waits for other calls.
        case awaitingFallback
        case settled
    }

    /// What the driver has to do next, in this order.
    struct Step: Equatable {
        /// Calls whose fallbacks can be rendered now; the driver reports each with `settled`.
        var fallbacks: [Int] = []
        /// Calls to start.
        var starts: [Int] = []
    }

    private let plan: Plan
    private var states: [State]

    init(plan: Plan) {
        self.plan = plan
        self.states = Array(repeating: .dormant, count: plan.calls.count)
    }

    mutating func begin() -> Step {
        want(plan.initialCalls)
        return step()
    }

    /// A call's value is known.
    mutating func settled(_ call: Int) -> Step {
        states[call] = .settled
        return step()
    }

    /// A call has failed and has a fallback.
    mutating func failed(_ call: Int) -> Step {
        states[call] = .awaitingFallback
        want(plan.calls[call].fallbackNeeds)
        return step()
    }

    /// Whether something has asked for the call.
    func isWanted(_ call: Int) -> Bool { states[call] != .dormant }

    /// Only these calls are to run yet; all others count as settled, whatever became of them.
    mutating func compensate(_ calls: Set<Int>) -> Step {
        for call in states.indices { states[call] = calls.contains(call) ? .waiting : .settled }
        return step()
    }

    private mutating func want(_ calls: [Int]) {
        var calls = calls
        while let call = calls.popLast() {
            guard states[call] == .dormant else { continue }
            states[call] = .waiting
            calls += plan.calls[call].needs
        }
    }

    private mutating func step() -> Step {
        var step = Step()
        for call in states.indices {
            switch states[call] {
            case .waiting where areSettled(plan.calls[call].needs):
                states[call] = .running
                step.starts.append(call)
            case .awaitingFallback where areSettled(plan.calls[call].fallbackNeeds):
                states[call] = .running
                step.fallbacks.append(call)
            default:
                continue
            }
        }
        return step
    }

    private func areSettled(_ calls: [Int]) -> Bool {
        calls.allSatisfy { states[$0] == .settled }
    }
}
