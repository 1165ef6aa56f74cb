import JMESPath

/// What an endpoint does for one request, told before there is one: which calls run when, how long they may take, how
/// many requests they may cost, and what happens when one fails.
public struct Explanation: Sendable {
    let plan: Plan
    /// The calls that run without a failure, by the stage at which their needs can be there.
    let stages: [[Int]]
    /// Calls that run only when a fallback needs them.
    let spare: [Int]
    /// By call: the required calls whose failure it makes good, before the reply is sent.
    let compensates: [[Int]]
    /// The chain of calls that may take longest; nil for an endpoint without calls.
    let criticalPath: CriticalPath?
    let worstCase: WorstCase
    private let backendTimeouts: [String: Duration]

    /// - Parameter backendTimeouts: of backends, for calls that set none of their own.
    public init(_ plan: Plan, backendTimeouts: [String: Duration] = [:]) {
        self.plan = plan
        self.backendTimeouts = backendTimeouts
        let graph = DependencyGraph(needs: plan.calls.map(\.needs), fallbackNeeds: plan.calls.map(\.fallbackNeeds))
        let compensates = plan.calls.indices.map(plan.compensated)
        // What waits for the failure of a required call has no part in a run that goes well.
        let regular = plan.initialCalls.filter { compensates[$0].isEmpty }
        stages = graph.stages(of: regular).filter { !$0.isEmpty }
        spare = plan.calls.indices.filter { !plan.initialCalls.contains($0) && compensates[$0].isEmpty }
        self.compensates = compensates
        worstCase = plan.worstCaseRequests
        criticalPath = plan.criticalPath(among: regular) { call in
            Self.time(of: call, backendTimeouts, in: plan)
        }
    }

    /// The timeout of one request of a call: its own, or its backend's; nil where only the endpoint's ends it.
    func timeout(of call: Call) -> Duration? { call.timeout ?? Self.timeout(of: call.backends, backendTimeouts) }

    /// The most time that the call's timeouts allow, all its rounds through a list together, never beyond the endpoint's.
    private static func time(of call: Call, _ backendTimeouts: [String: Duration], in plan: Plan) -> Duration {
        guard let timeout = call.timeout ?? Self.timeout(of: call.backends, backendTimeouts) else {
            return plan.timeout
        }
        return min(timeout * call.rounds, plan.timeout)
    }

    /// The longest of the backends'; nil where one of them has none.
    static func timeout(of backends: [String], _ timeouts: [String: Duration]) -> Duration? {
        let known = backends.compactMap { timeouts[$0] }
        return known.count == backends.count ? known.max() : nil
    }

    /// The time of the critical path, at most the endpoint's.
    var criticalTime: Duration { min(criticalPath?.time ?? .zero, plan.timeout) }

    /// Whether only the endpoint's own timeout ends the critical path.
    var isBoundByEndpoint: Bool { (criticalPath?.time ?? .zero) >= plan.timeout }

    func name(_ call: Int) -> String { plan.calls[call].name }

    func names(_ calls: [Int]) -> [String] { calls.map(name) }
}

extension Call {
    /// How often requests follow one another in the longest list.
    var rounds: Int {
        guard let forEach else { return 1 }
        return (forEach.maxRequests + forEach.maxConcurrency - 1) / forEach.maxConcurrency
    }
}
