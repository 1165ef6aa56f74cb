import CurlTransport
import JSONSlices
import ResponseCache

/// The state of one request: the values that are known, what is under way, and what comes next. No I/O: the driver
/// sends what `takeRequests` gives it and reports each end.
///
/// Owned by the task that drives the composition.
struct CompositionRun {
    /// What may be started.
    enum Phase {
        /// Whatever is ready.
        case running
        /// Nothing: a required call has failed, or nobody reads the reply.
        case stopped
        /// Calls that make good what a failed one left behind.
        case compensating
    }

    let plan: Plan
    /// By call, and by side of its split.
    let backends: [[BoundBackend]]
    /// What is drawn for the request, for splits that go by chance; nil: nothing is.
    var chance: UInt64?
    /// Sent along with every request.
    let forwarded: [HeaderField]

    var scope: RenderScope
    /// By call; nil for one that has not begun.
    var works: [CallWork?]
    /// The calls whose fallbacks stand in for their values, or for some of their items'.
    var fallbacks: Set<Int> = []
    /// The required call that failed first.
    var failedCall: Int?
    /// Whether the client has gone, or the gateway stops: nobody reads the reply.
    var isCancelled = false
    var phase = Phase.running
    /// When the endpoint's time is over.
    var deadline: ContinuousClock.Instant

    var progress: Progress
    /// What `progress` says is to be done.
    var pending: [Progress.Step] = []
    var exchanges: [Exchange] = []
    /// The exchanges whose answers an equal request may have.
    var exchangesByKey: [Exchange.Key: Int] = [:]
    /// The bytes of the bodies that are kept for equal requests to come.
    var keptBytes = 0
    /// More than this is not kept: equal requests that come later are sent again.
    static let maximumKeptBytes = 16 << 20
    /// Whether there is a cache to go through.
    var usesCache = false
    /// What the rules of calls add to their keys, by call.
    var varied: [Int: [(name: String, values: [String])]] = [:]
    /// Of calls that go through the cache: how many of their requests were answered, and how many of those by what was kept.
    var cached: [Int: (answered: Int, kept: Int)] = [:]
    /// Requests to backends, those not counted that were answered by what was kept.
    var requestsSent = 0
    /// How long the reply may be kept; nil where nobody asks.
    var freshness: ComposedFreshness?
    /// No request was sent before.
    let startedAt = WallTime.now()
    /// The exchanges to be started by the driver.
    private var outbox: [Int] = []

    init(
        plan: Plan,
        backends: [[BoundBackend]],
        forwarded: [HeaderField],
        slots: [JSONValue],
        start: ContinuousClock.Instant
    ) {
        self.plan = plan
        self.backends = backends
        self.forwarded = forwarded
        self.scope = RenderScope(slots: slots)
        self.works = Array(repeating: nil, count: plan.calls.count)
        self.progress = Progress(plan: plan)
        self.deadline = start + plan.timeout
    }

    /// Begins to answer a request.
    ///
    /// - Throws: `RequestFailure` for what does not fit; the client is told.
    init(
        answering request: EndpointRequest,
        plan: Plan,
        backends: [[BoundBackend]],
        start: ContinuousClock.Instant,
        usesCache: Bool = false
    ) throws(RequestFailure) {
        let slots = try RequestInput(request: request, plan: plan).slots()
        self.init(plan: plan, backends: backends, forwarded: request.forwarded, slots: slots, start: start)
        chance = request.chance
        freshness = plan.response.cache.map { ComposedFreshness(policy: $0.policy) }
        if usesCache, plan.isCached {
            self.usesCache = true
            for (index, call) in plan.calls.enumerated() {
                guard let rule = call.cache, rule.varies else { continue }
                varied[index] = try rule.inputs(of: request)
            }
        }
        begin(at: start)
    }

    /// Whom a call asks.
    func backend(for call: Int) throws(RenderFailure) -> BoundBackend {
        guard let split = plan.calls[call].split else { return backends[call][0] }
        return backends[call][try split.side(chance: chance, in: scope)]
    }

    mutating func begin(at now: ContinuousClock.Instant) {
        pending.append(progress.begin())
        carryOut(at: now)
    }

    /// The requests to send now, each given out once; none when the run has stopped since they were made.
    mutating func takeRequests() -> [(exchange: Int, request: TransportRequest, caching: CachedExchange?)] {
        guard !outbox.isEmpty else { return [] }
        defer { outbox.removeAll(keepingCapacity: true) }
        guard phase != .stopped else {
            for exchange in outbox {
                exchanges[exchange].state = .failed(.cancelled)
                for taker in exchanges[exchange].takers { works[taker.call]?.abandonUnit() }
                exchanges[exchange].takers = []
            }
            return []
        }
        requestsSent += outbox.count
        return outbox.map { ($0, exchanges[$0].request, exchanges[$0].caching) }
    }

    /// Gives a taker the answer of an equal request, or sends one.
    mutating func submit(_ request: TransportRequest, _ caching: CachedExchange?, for taker: Exchange.Taker) {
        let key = plan.mayRepeatRequests ? Exchange.Key(request) : nil
        // A call without a cache does not want what is kept, nor one with another rule.
        if let key, let shared = exchangesByKey[key], exchanges[shared].caching?.key == caching?.key,
            exchanges[shared].canServe(neededUntil: taker.deadline)
        {
            if case .running = exchanges[shared].state {
                exchanges[shared].takers.append(taker)
            } else {
                take(shared, taker)
            }
            return
        }
        exchanges.append(
            Exchange(request: request, caching: caching, deadline: taker.deadline, takers: [taker])
        )
        outbox.append(exchanges.count - 1)
        if let key { exchangesByKey[key] = exchanges.count - 1 }
    }

    /// Takes note of an end.
    mutating func ended(_ end: ExchangeEnd, at now: ContinuousClock.Instant) {
        guard exchanges.indices.contains(end.exchange) else { return }
        let takers = exchanges[end.exchange].takers
        exchanges[end.exchange].takers = []
        switch end.result {
        case .success(let answer):
            exchanges[end.exchange].state = .answered(answer)
        case .failure(let error):
            exchanges[end.exchange].state = .failed(error)
            if error == .cancelled, phase == .running { cancel() }
        }
        for taker in takers { take(end.exchange, taker) }
        keepOrRelease(end.exchange)
        // Reading a large body takes time, which the calls that come next do not have.
        let now = end.isLarge ? .now : now
        for taker in takers { advance(taker.call, at: now) }
        carryOut(at: now)
    }

    /// Keeps an answer only as long as an equal request may want it.
    private mutating func keepOrRelease(_ exchange: Int) {
        // What was read before something was changed may be wrong now.
        if exchanges[exchange].mayHaveEffects { exchangesByKey.removeAll() }
        guard case .answered(let answer) = exchanges[exchange].state else { return }
        let isKept = plan.mayRepeatRequests && exchanges[exchange].request.method == "GET"
        if isKept, keptBytes + answer.size <= Self.maximumKeptBytes {
            keptBytes += answer.size
        } else {
            exchanges[exchange].state = .released
        }
    }

    /// Lets go of everything that the run has read, when its reply is made.
    mutating func release() {
        scope.slots = []
        works = []
        exchanges = []
    }

    /// Nobody reads the reply any more.
    mutating func cancel() {
        isCancelled = true
        if phase == .running { phase = .stopped }
    }

    /// Does what the run's progress asks for, until nothing more can be done without an answer.
    mutating func carryOut(at now: ContinuousClock.Instant) {
        var next = 0
        while next < pending.count {
            let step = pending[next]
            next += 1
            for call in step.fallbacks where phase != .stopped { useFallback(call) }
            for call in step.starts where phase != .stopped { start(call, at: now) }
        }
        pending.removeAll(keepingCapacity: true)
    }
}
