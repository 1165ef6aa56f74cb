import JSONSlices

/// Making good what a failure left behind, before the reply is sent.
extension CompositionRun {
    /// Takes the run up again, for the calls that answer to what has failed; call it when nothing is under way any more.
    ///
    /// Such a call is unsafe and reads the `error` of a required call that has failed, or that could not end. Calls with
    /// the same interest that it needs run before it. What never ended is null to them. They have the endpoint's time once
    /// more: the reply is late, but what was half done is not left so.
    ///
    /// - Returns: whether there is any.
    mutating func beginCompensation(at now: ContinuousClock.Instant) -> Bool {
        // A client that went away before anything was changed has left nothing behind.
        guard phase == .stopped, failedCall != nil || exchanges.contains(where: \.mayHaveEffects) else { return false }
        let lost = Set(
            plan.calls.indices.filter { call in
                plan.calls[call].isRequired && progress.isWanted(call) && (works[call].map { !$0.hasSucceeded } ?? true)
            }
        )
        func answers(_ call: Int) -> Bool {
            works[call] == nil && plan.calls[call].errorsRead.contains { lost.contains($0) }
        }
        var wanted: Set<Int> = []
        var waiting = plan.calls.indices.filter { plan.calls[$0].isUnsafe && answers($0) }
        while let call = waiting.popLast() {
            guard wanted.insert(call).inserted else { continue }
            waiting += plan.calls[call].needs.filter(answers)
        }
        guard !wanted.isEmpty else { return false }
        for call in plan.calls.indices where !wanted.contains(call) { fillSlots(ofLost: call) }
        phase = .compensating
        deadline = now + plan.timeout
        exchangesByKey = [:]
        pending = [progress.compensate(wanted)]
        carryOut(at: now)
        return true
    }

    /// The values of a call that has not settled: what it came to, and why there is no more.
    private mutating func fillSlots(ofLost call: Int) {
        for slot in plan.slotsOfCall[call] {
            let source = plan.slotSources[slot]
            if let work = works[call] { scope.slots[slot] = work.value(of: source) }
            guard case .callError = source, scope.slots[slot].isNull, progress.isWanted(call),
                works[call]?.hasSucceeded != true
            else { continue }
            // It did not begin, or was broken off.
            scope.slots[slot] = .string(FailureReason.dependencyFailed.word)
        }
    }
}
