import CurlTransport
import JSONSlices

/// The state of one request: the values that are known, the calls that have ended, and what comes next.
///
/// Owned by the task that drives the composition; calls get copies of `scope`.
struct CompositionRun {
    let plan: Plan
    private(set) var scope: RenderScope
    /// By call; nil for one that has not ended.
    private(set) var ends: [CallEnd?]
    /// The calls whose fallbacks stand in for their values.
    private(set) var fallbacks: Set<Int> = []
    /// The required call that failed first; no call is started after it.
    private(set) var failedCall: Int?
    /// Whether the client has gone, or the gateway stops: nobody reads the reply, and no call is started any more.
    private(set) var isCancelled = false
    private var progress: Progress

    init(plan: Plan, slots: [JSONValue]) {
        self.plan = plan
        self.scope = RenderScope(slots: slots)
        self.ends = Array(repeating: nil, count: plan.calls.count)
        self.progress = Progress(plan: plan)
    }

    /// - Returns: the calls to start.
    mutating func begin() -> [Int] {
        carryOut(progress.begin())
    }

    /// Takes note of an end.
    ///
    /// - Returns: the calls to start.
    mutating func ended(_ end: CallEnd) -> [Int] {
        ends[end.call] = end
        guard !isOver else { return [] }
        switch end.result {
        case .success(let value):
            settle(end.call, value: value)
            return carryOut(progress.settled(end.call))
        case .failure(.transport(.cancelled)):
            isCancelled = true
            return []
        case .failure:
            guard plan.calls[end.call].fallback != nil else {
                failedCall = end.call
                return []
            }
            return carryOut(progress.failed(end.call))
        }
    }

    /// Whether nothing is to be started any more.
    var isOver: Bool { failedCall != nil || isCancelled }

    /// Whether a value that the call mentions is a fallback's.
    func dependsOnFallback(_ call: Int) -> Bool {
        plan.calls[call].needs.contains { fallbacks.contains($0) }
    }

    private mutating func carryOut(_ step: Progress.Step) -> [Int] {
        var starts = step.starts
        for call in step.fallbacks {
            guard !isOver, let fallback = plan.calls[call].fallback else { return [] }
            do throws(RenderFailure) {
                let value = try fallback.value(in: scope)
                fallbacks.insert(call)
                settle(call, value: value)
                starts += carryOut(progress.settled(call))
            } catch {
                failedFallback(call, error)
                return []
            }
        }
        return isOver ? [] : starts
    }

    /// The fallback has failed too: what the client is told, while the log keeps the first cause.
    private mutating func failedFallback(_ call: Int, _ error: RenderFailure) {
        guard let end = ends[call] else { return }
        var failure = error
        if case .failure(let cause) = end.result { failure.detail += ", as the fallback for: \(cause.detail)" }
        ends[call] = CallEnd(
            call: call,
            result: .failure(.render(failure)),
            status: end.status,
            headers: end.headers,
            duration: end.duration
        )
        failedCall = call
    }

    private mutating func settle(_ call: Int, value: JSONValue) {
        guard let end = ends[call] else { return }
        for slot in plan.slotsOfCall[call] {
            scope.slots[slot] = end.value(of: plan.slotSources[slot], value: value)
        }
    }
}
