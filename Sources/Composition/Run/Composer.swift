public import CurlTransport
import JSONSlices
public import ResponseCache

/// A plan joined to its backends: answers requests.
public struct Composer: Sendable {
    public let plan: Plan
    /// By call, and by side of its split.
    let backends: [[BoundBackend]]
    /// Of a plan whose replies are kept.
    let replyKeyStart: KeyWriter

    /// - Returns: nil when `backends` lacks one that the plan names; `check` reports that before.
    public init?(plan: Plan, backends: [String: BoundBackend]) {
        let bound = plan.calls.map { call in call.backends.compactMap { backends[$0] } }
        guard zip(bound, plan.calls).allSatisfy({ $0.count == $1.backends.count }) else { return nil }
        self.plan = plan
        self.backends = bound
        replyKeyStart = Self.replyKeyStart(of: plan, backends: bound)
    }

    /// Runs the composition. Must be called on `loop`, and stays there with all its requests.
    ///
    /// Cancelling the task aborts the transfers, except unsafe ones that have been sent, which are awaited, and those
    /// that make good what an unsafe one has done, which are still sent.
    ///
    /// - Parameter cache: what calls with a `cache` go through; nil: each is sent.
    public func run(
        _ request: EndpointRequest,
        on loop: CurlLoop,
        cache: ResponseCache? = nil
    ) async -> EndpointReply {
        var run: CompositionRun
        do throws(RequestFailure) {
            run = try CompositionRun(
                answering: request,
                plan: plan,
                backends: backends,
                start: .now,
                usesCache: cache != nil
            )
        } catch {
            return error.reply
        }
        let recorder = request.recorder
        var isLarge = await drive(&run, on: loop, cache, recorder)
        if run.beginCompensation(at: .now) { isLarge = await drive(&run, on: loop, cache, recorder) || isLarge }
        let builder = ReplyBuilder(plan: plan)
        func reply() -> EndpointReply {
            var reply = builder.reply(of: run)
            reply.requests = run.requestsSent
            return reply
        }
        guard isLarge else { return reply() }
        return await withTaskExecutorPreference(loop.bulk) {
            let reply = reply()
            // Megabytes are given back to the system here, too.
            run.release()
            return reply
        }
    }

    /// Sends what the run wants sent until nothing is under way.
    ///
    /// The run is this task's own, so that it can be worked on elsewhere while the loop does something else.
    ///
    /// - Returns: whether a body was large.
    private func drive(
        _ run: inout CompositionRun,
        on loop: CurlLoop,
        _ cache: ResponseCache?,
        _ recorder: CallRecorder?
    ) async -> Bool {
        var isLarge = false
        let answers = CachedAnswers()
        await loop.withTransfers { transfers in
            while true {
                for (exchange, request, caching) in run.takeRequests() {
                    var (request, caching) = (request, caching)
                    if let recorder, let call = run.callName(ofExchange: exchange) {
                        recorder.begin(exchange, call, &request, at: MonotonicClock.now())
                        caching?.request = request
                    }
                    if let cache, let caching {
                        answers.ask(cache, caching, number: exchange, transfers, on: loop)
                    } else {
                        transfers.start(request, number: exchange)
                    }
                }
                guard let end = await transfers.next() else { break }
                // Before anything is started for a client that has gone.
                if Task.isCancelled { run.cancel() }
                var answer: CachedAnswer?
                if let cache, case .success(let response) = end.outcome {
                    answer = answers.take(end.number)
                    run.heed(response, answer, of: end.number, cache)
                }
                recorder?.end(end.number, end.outcome, answer?.recorded, at: MonotonicClock.now())
                let ended = ExchangeEnd(exchange: end.number, result: end.outcome.map(Answer.init))
                if ended.isLarge {
                    isLarge = true
                    await withTaskExecutorPreference(loop.bulk) { run.ended(ended, at: .now) }
                } else {
                    run.ended(ended, at: .now)
                }
                if run.phase == .stopped { transfers.cancelAll() }
            }
        }
        return isLarge
    }
}
