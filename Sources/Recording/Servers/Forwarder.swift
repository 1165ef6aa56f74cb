import CurlTransport
import NIOHTTP1
import Replay

/// Passes the requests of one recording server on to its backend. Safe from any thread.
struct Forwarder: Sendable {
    let name: String
    let url: String
    let timeout: Duration
    let transport: CurlTransport
    /// The backend's places among the transport's.
    let backend: Backend
    /// The fixtures that answer in the backend's place, where there are any.
    let replay: (backend: Backend, with: RecordedBackend.Replayed)?

    struct Request: Sendable {
        let method: String
        /// Path and query as they were sent.
        let target: String
        let headers: [RecordedExchange.Field]
        var body: [UInt8]
    }

    struct Outcome: Sendable {
        let request: Request
        let answer: ForwardedAnswer
        /// Nil for what a fixture has answered, and for a request that was cut short by this program's own end.
        let exchange: RecordedExchange?
        /// Why there was no response.
        let failure: TransportError?
        let isReplayed: Bool
    }

    /// Asks, and waits for the whole answer.
    func forward(_ request: Request) async -> Outcome {
        if let replay, answersItself(request, replay.with.matcher) {
            let result = await perform(request, backend: replay.backend, url: replay.with.url)
            return Outcome(
                request: request,
                answer: answer(result, to: request),
                exchange: nil,
                failure: nil,
                isReplayed: true
            )
        }
        let result = await perform(request, backend: backend, url: url)
        let answer = answer(result, to: request)
        switch result {
        case .success(let response):
            let fields = response.headers.map { (name: $0.name, value: $0.value) }
            let kept = RecordedExchange.Answer.response(status: response.status, headers: fields, body: response.body)
            let time = Duration.microseconds(max(0, response.timings.total - response.timings.queue))
            return Outcome(
                request: request,
                answer: answer,
                exchange: exchange(request, kept, time),
                failure: nil,
                isReplayed: false
            )
        case .failure(let error):
            let failed = error.fault.map { self.exchange(request, .fault($0), nil) }
            return Outcome(request: request, answer: answer, exchange: failed, failure: error, isReplayed: false)
        }
    }

    private func answersItself(_ request: Request, _ matcher: FixtureMatcher) -> Bool {
        matcher.answers(method: request.method, target: request.target, headers: request.headers, body: request.body)
    }

    private func exchange(
        _ request: Request,
        _ answer: RecordedExchange.Answer,
        _ duration: Duration?
    ) -> RecordedExchange {
        RecordedExchange(
            method: request.method,
            target: request.target,
            headers: request.headers,
            body: request.body,
            answer: answer,
            duration: duration
        )
    }

    private func answer(_ result: Result<TransportResponse, TransportError>, to request: Request) -> ForwardedAnswer {
        switch result {
        case .success(let response): ForwardedAnswer(response, isHead: request.method == "HEAD")
        case .failure(let error): ForwardedAnswer(error)
        }
    }

    private func perform(
        _ request: Request,
        backend: Backend,
        url: String
    ) async -> Result<TransportResponse, TransportError> {
        // The connection to this server ends here; the host is the backend's own, and the codings are those that the
        // transport decodes.
        let fields = request.headers.filter { name, _ in
            !HeaderValidation.isReserved(name) && !["host", "accept-encoding"].contains(name.lowercased())
        }
        let forwarded = TransportRequest(
            backend: backend,
            method: request.method,
            url: url + request.target,
            headers: fields.map { HeaderField(name: $0.name, value: $0.value) },
            body: request.body.isEmpty ? nil : request.body,
            timeout: timeout
        )
        let loop = transport.nextLoop()
        return await withTaskExecutorPreference(loop) {
            do throws(TransportError) {
                return .success(try await loop.perform(forwarded))
            } catch {
                return .failure(error)
            }
        }
    }
}
