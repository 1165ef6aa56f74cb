import CurlTransport

/// One request to a backend, and the calls that wait for its answer.
struct Exchange {
    /// Who wants the answer: a call, and which of its units.
    struct Taker: Hashable {
        let call: Int
        let unit: Int
        /// When it no longer does.
        let deadline: ContinuousClock.Instant
    }

    enum State {
        case running
        case answered(Answer)
        case failed(TransportError)
        /// Its takers have it, and no other will come: the answer's bytes live as long as the values made of them.
        case released
    }

    let request: TransportRequest
    /// When the transport gives up.
    let deadline: ContinuousClock.Instant
    var takers: [Taker]
    var state = State.running

    /// Whether its answer is as good as one of the other request's own: everything that would be sent is equal, it may be
    /// sent once for both, and it is not given up before.
    func serves(_ other: TransportRequest, until deadline: ContinuousClock.Instant) -> Bool {
        if case .running = state, deadline < self.deadline { return false }
        switch state {
        case .failed(.timeout), .released: return false
        case .running, .answered, .failed: break
        }
        return request.method == "GET" && other.method == "GET"
            && request.backend.options.name == other.backend.options.name
            && request.url == other.url && request.headers == other.headers
    }
}

/// How a request ended; what child tasks bring back.
struct ExchangeEnd: Sendable {
    /// Its place among the run's exchanges.
    let exchange: Int
    let result: Result<TransportResponse, TransportError>
}
