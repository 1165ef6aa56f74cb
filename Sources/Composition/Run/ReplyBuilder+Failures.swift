import CurlTransport
import JSONSlices

/// What is told of the calls that failed.
extension ReplyBuilder {
    /// The problem of a reply that cannot do without a call.
    func failed(_ index: Int, in run: CompositionRun) -> EndpointReply {
        let call = plan.calls[index]
        guard let work = run.works[index], let failure = work.failure else {
            return internalError("a failure was lost")
        }
        let status = failure.replyStatus(for: call, isSpare: plan.isSpare(index))
        var reply = problem(
            EndpointProblem(
                status: status,
                detail: "The call '\(call.name)' failed: \(failure.explanation(for: call, replyStatus: status)).",
                members: [("call", call.name), ("reason", failure.reason.word)]
            )
        )
        if failure.status == status, let end = work.firstFailed {
            for name in Self.headersOfStatus[status] ?? [] {
                reply.headers += end.headers.values(of: name).map { (name, $0) }
            }
        }
        return reply
    }

    /// What a client needs to go on after a status that passes to it: how to make itself known (RFC 9110, section 11.6.1),
    /// and when to come again (section 10.2.3).
    private static let headersOfStatus = [
        401: ["WWW-Authenticate"], 413: ["Retry-After"], 429: ["Retry-After"], 503: ["Retry-After"],
    ]

    /// The client's own mistake that a call failed for: a parameter that came to a path and cannot stand there.
    func refusal(of index: Int, in run: CompositionRun) -> RequestFailure? {
        guard case .render(let failure)? = run.works[index]?.failure else { return nil }
        let parameters = failure.unfitSlots.compactMap { slot -> Parameter? in
            if case .parameter(let index) = plan.slotSources[slot] { plan.parameters[index] } else { nil }
        }
        guard parameters.count == failure.unfitSlots.count, let first = parameters.first else { return nil }
        return .parameter(first.wireName, in: first.location, message: "cannot be part of a path")
    }

    func failures(of run: CompositionRun) -> [CallReport] {
        plan.calls.indices.compactMap { index in
            guard let work = run.works[index], let failure = work.failure else { return nil }
            let failed = work.failedPlaces.count
            return CallReport(
                call: plan.calls[index].name,
                backend: work.firstFailed?.backend ?? plan.calls[index].backend,
                request: work.firstFailed?.request,
                duration: work.duration,
                isUnsafe: plan.calls[index].isUnsafe,
                reason: failure.reason,
                detail: work.isList && failed > 0
                    ? "\(failure.detail) (\(failed) of \(work.ends.count) items failed)" : failure.detail,
                usedFallback: run.fallbacks.contains(index)
            )
        }
    }

    /// The unsafe calls that did what they were to do.
    func effects(of run: CompositionRun) -> [String] {
        plan.calls.indices.filter { index in
            plan.calls[index].isUnsafe && run.works[index]?.ends.contains { $0?.isSuccess == true } == true
        }.map { plan.calls[$0].name }
    }
}

extension ItemEnd {
    fileprivate var isSuccess: Bool { if case .value = result { true } else { false } }
}

extension CallFailure {
    /// The status that the backend gave, where it is why the call failed.
    fileprivate var status: Int? {
        switch self {
        case .status(let status), .unsuccessful(let status): status
        default: nil
        }
    }
}
