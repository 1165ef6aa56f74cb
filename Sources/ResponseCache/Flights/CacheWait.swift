import CurlTransport
import Synchronization

/// One request's wait for an answer that is being fetched, with a deadline of its own. On its loop alone but for the end
/// that another loop's fetch brings.
///
/// `@unchecked Sendable`: its state is touched on `loop` alone; ends from elsewhere are carried there.
public final class CacheWait: @unchecked Sendable {
    private let cache: ResponseCache
    private let exchange: CachedExchange
    private let stale: StoredResponse?
    private let reason: CacheStatus.Forwarded
    private let loop: CurlLoop
    private let deadline: ContinuousClock.Instant
    private var onEnd: (@Sendable (ResponseCache.Outcome) -> Void)?
    private var ticket: Flights<ResponseCache.Outcome>.Ticket?
    private var own: Task<Void, Never>?
    private var timer: LoopTimer?

    init(
        cache: ResponseCache,
        exchange: CachedExchange,
        stale: StoredResponse?,
        reason: CacheStatus.Forwarded,
        loop: CurlLoop,
        onEnd: @escaping @Sendable (ResponseCache.Outcome) -> Void
    ) {
        self.cache = cache
        self.exchange = exchange
        self.stale = stale
        self.reason = reason
        self.loop = loop
        self.onEnd = onEnd
        deadline = .now + exchange.request.timeout
    }

    /// - Parameter shared: whether one fetch is to serve all that ask at the same time.
    func begin(shared: Bool) {
        timer = loop.schedule(after: deadline - .now) {
            // The time is over here before it is over for libcurl.
            let fetch = OriginFetch(cache: self.cache, exchange: self.exchange, stale: self.stale, reason: self.reason)
            self.end(with: fetch.standIn(for: .timeout(.waiting)))
        }
        if shared { join() } else { fetchAlone() }
    }

    /// Waits no longer: nobody wants the answer here.
    public func leave() {
        onEnd = nil
        tidy()
    }

    private func join() {
        let (cache, exchange, stale, reason, loop) = (cache, exchange, stale, reason, loop)
        let ticket = cache.flights.join(exchange.key) { outcome in
            if loop.isCurrent { self.arrived(outcome) } else { loop.execute { self.arrived(outcome) } }
        } make: { end in
            cache.fetch(exchange, stale: stale, reason: reason, on: loop, end: end)
        }
        self.ticket = ticket
    }

    /// Asks the origin for this request alone.
    private func fetchAlone() {
        ticket = nil
        let loop = loop
        own = cache.fetch(remaining, stale: stale, reason: reason, on: loop) { outcome in
            if loop.isCurrent { self.end(with: outcome) } else { loop.execute { self.end(with: outcome) } }
        }
    }

    /// The exchange with what is left of its time.
    private var remaining: CachedExchange {
        var exchange = exchange
        exchange.request.timeout = max(.milliseconds(1), deadline - .now)
        return exchange
    }

    /// The shared fetch has ended.
    private func arrived(_ outcome: ResponseCache.Outcome) {
        guard onEnd != nil else { return }
        guard let ticket, !ticket.isFirst else { return end(with: outcome) }
        switch outcome {
        case .success(var answer):
            // What may be for the first alone is not for those who waited with it (RFC 9111, section 4).
            guard answer.isShareable, isWithinLimits(answer), isWanted(answer) else { return fetchAlone() }
            answer.status.isCollapsed = true
            answer.response = answer.response.withoutCookies
            end(with: .success(answer))
        case .failure(.timeout), .failure(.cancelled):
            // The first had less time than this one, or its loop is being shut down.
            fetchAlone()
        case .failure:
            end(with: outcome)
        }
    }

    /// Whether this request takes what came: one that was stored before has to be what its client asks for, and none may be
    /// older than an unsafe request for its URL.
    private func isWanted(_ answer: CachedAnswer) -> Bool {
        guard !cache.invalidations.covers(answer.response) else { return false }
        guard answer.status.outcome == .hit || answer.isStale else { return true }
        let (response, now) = (answer.response, WallTime.now())
        switch ReuseRules.decision(for: response, request: exchange.facts, policy: exchange.policy, now: now) {
        case .fresh, .stale, .staleWhileRevalidate: return true
        case .gatewayTimeout: return false
        case .revalidate:
            return answer.status.outcome != .hit
                && ReuseRules.mayStandIn(
                    for: .noResponse,
                    stored: response,
                    request: exchange.facts,
                    policy: exchange.policy,
                    now: now
                )
        }
    }

    /// Whether the `Vary` of what came allows it for this request too.
    private func isWithinLimits(_ answer: CachedAnswer) -> Bool {
        guard case .names(let names) = VaryRules.names(of: answer.response.headers) else { return true }
        guard let first = answer.variant else { return false }
        return first == VaryRules.key(for: names, request: exchange.facts.headers)
    }

    private func end(with outcome: ResponseCache.Outcome) {
        guard let onEnd else { return }
        self.onEnd = nil
        tidy()
        onEnd(outcome)
    }

    private func tidy() {
        if let timer { loop.cancel(timer) }
        timer = nil
        if let ticket { cache.flights.leave(ticket) }
        ticket = nil
        own?.cancel()
        own = nil
    }
}

extension StoredResponse {
    /// As others get it than the one that caused it to be fetched.
    fileprivate var withoutCookies: StoredResponse {
        let isCookie = { (field: HeaderField) in HeaderValidation.equal(field.name, "set-cookie") }
        return headers.contains(where: isCookie) ? with(headers: headers.filter { !isCookie($0) }) : self
    }
}
