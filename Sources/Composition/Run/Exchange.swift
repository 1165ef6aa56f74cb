import CurlTransport
import ResponseCache

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
    /// How it goes through the cache; nil: it does not.
    let caching: CachedExchange?
    /// When the transport gives up.
    let deadline: ContinuousClock.Instant
    var takers: [Taker]
    var state = State.running

    /// Whether another equal request can have its answer instead of one of its own: not where that one has less time
    /// than this may take, and not where this one ran out of time that the other may have.
    func canServe(neededUntil otherDeadline: ContinuousClock.Instant) -> Bool {
        switch state {
        case .running: otherDeadline >= deadline
        case .answered: true
        case .failed(.timeout), .failed(.cancelled), .released: false
        case .failed: true
        }
    }

    /// Method and path, for the operator's log.
    var line: String {
        let url = request.url
        let path = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).dropFirst(3).first ?? ""
        return "\(request.method) /\(path.prefix { $0 != "?" })"
    }

    /// Whether it may have changed something: it is unsafe, and was sent.
    var mayHaveEffects: Bool {
        if case .failed(.cancelled) = state { return false }
        return Call.isUnsafe(method: request.method)
    }
}

extension Exchange {
    /// What makes two requests equal: everything that is sent. Only GETs are ever compared.
    struct Key: Hashable {
        let backend: String
        let url: String
        let headers: [HeaderField]

        init?(_ request: TransportRequest) {
            guard request.method == "GET" else { return nil }
            backend = request.backend.options.name
            url = request.url
            headers = request.headers
        }
    }
}

/// How a request ended.
struct ExchangeEnd {
    /// Its place among the run's exchanges.
    let exchange: Int
    let result: Result<Answer, TransportError>

    /// Whether there is a body that takes long to read.
    var isLarge: Bool { if case .success(let answer) = result { answer.size >= Answer.large } else { false } }
}
