package import CurlTransport
import JSONSlices

/// The steps of one request without its transfers, each to be taken by itself: what the micro-benchmarks measure.
///
/// ``Composer`` is what serves. This drives the same parts with answers that are there beforehand, and nothing else
/// uses it.
package struct MeasuredRun {
    private let composer: Composer
    /// By call.
    private let answers: [TransportResponse]

    /// - Parameters:
    ///   - backends: by name; every one that the plan names.
    ///   - answers: the bodies of the calls' answers, by call; `null` for a call that has none.
    package init?(plan: Plan, backends: [String: BoundBackend], answers: [String: [UInt8]]) {
        guard let composer = Composer(plan: plan, backends: backends) else { return nil }
        self.composer = composer
        self.answers = plan.calls.map { call in
            TransportResponse(
                status: 200,
                section: HeaderSection(),
                body: answers[call.name] ?? Array("null".utf8),
                timings: TransferTimings(queue: 0, connect: 0, firstByte: 0, total: 0)
            )
        }
    }

    /// The whole of a request: its parameters, its calls one after the other, its reply.
    package func reply(to request: EndpointRequest) -> EndpointReply? {
        finished(request).map { ReplyBuilder(plan: composer.plan).reply(of: $0.run) }
    }

    /// A request up to where its reply is made. nil when its parameters do not fit.
    package func finished(_ request: EndpointRequest) -> Finished? {
        let (plan, backends) = (composer.plan, composer.backends)
        guard var run = try? CompositionRun(answering: request, plan: plan, backends: backends, start: .now) else {
            return nil
        }
        var requests = run.takeRequests()
        while !requests.isEmpty {
            for (exchange, _, _) in requests {
                guard let call = run.exchanges[exchange].takers.first?.call else { continue }
                run.ended(ExchangeEnd(exchange: exchange, result: .success(Answer(answers[call]))), at: .now)
            }
            requests = run.takeRequests()
        }
        return Finished(run: run)
    }

    /// A request whose calls have all ended.
    package struct Finished {
        let run: CompositionRun

        /// The response's body from the calls' values.
        package func body() -> [UInt8]? {
            var writer = JSONWriter(capacity: 4096)
            guard (try? run.plan.response.body.write(to: &writer, in: run.scope)) != nil else { return nil }
            return writer.finish()
        }

        /// What a call sends: URL, headers, body. nil when the request cannot be made.
        package func request(ofCall call: Int) -> TransportRequest? {
            try? run.plan.calls[call].request(
                to: run.backends[call][0],
                forwarded: run.forwarded,
                timeout: .seconds(1),
                in: run.scope
            )
        }
    }
}
