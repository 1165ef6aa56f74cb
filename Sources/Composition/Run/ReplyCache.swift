public import CurlTransport
import JSONSlices
public import ResponseCache

/// Answers requests to endpoints with a `response.cache` from whole replies that are kept; equal ones that come at the
/// same time are composed once.
public final class ReplyCache: Sendable {
    /// Where calls' answers are kept too.
    public let cache: ResponseCache
    private let flights = Flights<EndpointReply>()

    public init(cache: ResponseCache) {
        self.cache = cache
    }

    /// What is known of a request before anything is called.
    public enum LookUp: Sendable {
        /// The reply, to be sent as it is.
        case reply(EndpointReply)
        /// The reply is stale and may be sent; `refresh` is to be called for the next ones.
        case stale(EndpointReply, Miss)
        case miss(Miss)
    }

    /// What a composition is to be begun with.
    public struct Miss: Sendable {
        let key: CacheKey
        /// What may stand in for a failure.
        let stale: StoredResponse?
        let reason: CacheStatus.Forwarded
        let facts: CacheRequest
    }

    /// Looks for a reply in memory, on any thread.
    ///
    /// - Parameter headers: the client's fields that are about caching.
    public func lookUp(_ request: EndpointRequest, of composer: Composer, headers: [HeaderField]) -> LookUp {
        guard let rule = composer.plan.response.cache else { return .miss(Self.uncached) }
        let key: CacheKey
        do throws(RequestFailure) {
            key = try composer.replyKey(request, rule)
        } catch {
            return .reply(error.reply)
        }
        let now = WallTime.now()
        let facts = CacheRequest(method: "GET", headers: headers)
        guard case .response(let stored)? = cache.store.entry(for: key, now: now), !cache.isInvalidated(stored) else {
            guard ReuseRules.mayForward(facts) else { return .reply(.onlyIfCached) }
            return .miss(Miss(key: key, stale: nil, reason: .uriMiss, facts: facts))
        }
        func miss(_ reason: CacheStatus.Forwarded) -> Miss {
            Miss(key: key, stale: stored, reason: reason, facts: facts)
        }
        switch ReuseRules.decision(for: stored, request: facts, policy: rule.policy, now: now) {
        case .fresh, .stale: return .reply(stored.reply(.hit, at: now))
        case .staleWhileRevalidate: return .stale(stored.reply(.hit, at: now), miss(.stale))
        case .gatewayTimeout: return .reply(.onlyIfCached)
        case .revalidate(let why): return .miss(miss(why == .stale || why == .noCache ? .stale : .request))
        }
    }

    /// Composes a reply, or waits for the one that is being composed. On `loop`.
    public func reply(
        to request: EndpointRequest,
        of composer: Composer,
        _ miss: Miss,
        on loop: CurlLoop
    ) async -> EndpointReply {
        guard let rule = composer.plan.response.cache, !cache.isPassed(miss.key) else {
            return await compose(request, composer, miss, on: loop)
        }
        let wait = ReplyWait(flights: flights)
        let (reply, isFirst) = await wait.value(miss.key) { end in
            cache.start(on: loop) { end(await self.compose(request, composer, miss, on: loop)) }
        }
        guard var reply else {
            return ReplyBuilder(plan: composer.plan).problem(
                EndpointProblem(status: 503, detail: "The request was cancelled.", members: [])
            )
        }
        if isFirst { return reply }
        // A reply that may not be kept is the first one's alone; a failure is the same for all.
        guard reply.freshness > 0 || reply.isProblem || rule.policy.overridesOrigin else {
            return await compose(request, composer, miss, on: loop)
        }
        // Nor is one that was kept before for a client that asks for something newer.
        if reply.hasAge, miss.facts.asksForNewer { return await compose(request, composer, miss, on: loop) }
        reply.headers.removeAll { $0.name.isOfOneReply }
        reply.collapse()
        return reply
    }

    /// Composes anew what has just been sent stale, once.
    public func refresh(_ request: EndpointRequest, of composer: Composer, _ miss: Miss, on loop: CurlLoop) {
        let fresh = Miss(key: miss.key, stale: miss.stale, reason: .stale, facts: CacheRequest())
        flights.begin(miss.key) { end in
            cache.start(on: loop) { end(await self.compose(request, composer, fresh, on: loop)) }
        }
    }

    /// The reply that another node has kept, if it is fresh.
    private func sharedReply(_ composer: Composer, _ miss: Miss, on loop: CurlLoop) async -> EndpointReply? {
        guard cache.shared != nil, miss.stale == nil, let rule = composer.plan.response.cache,
            case .response(let found)? = await cache.fetchShared(miss.key, on: loop)
        else { return nil }
        let now = WallTime.now()
        switch ReuseRules.decision(for: found, request: miss.facts, policy: rule.policy, now: now) {
        case .fresh, .stale:
            var reply = found.reply(.hit, at: now)
            reply.freshness = max(1, found.lifetime.remaining(at: now))
            return reply
        default:
            return nil
        }
    }

    private static let uncached = Miss(key: CacheKey(bytes: []), stale: nil, reason: .bypass, facts: CacheRequest())

    /// Composes a reply and keeps it if it may be kept; where it fails, what is stale may stand in.
    private func compose(
        _ request: EndpointRequest,
        _ composer: Composer,
        _ miss: Miss,
        on loop: CurlLoop
    ) async -> EndpointReply {
        if let reply = await sharedReply(composer, miss, on: loop) { return reply }
        let generation = cache.store.purges.current
        let begun = WallTime.now()
        var reply = await composer.run(request, on: loop, cache: cache)
        guard let rule = composer.plan.response.cache else { return reply }
        let now = WallTime.now()
        guard case .body(let body) = reply.content else {
            guard let stale = miss.stale,
                ReuseRules.mayStandIn(
                    for: .status(reply.status),
                    stored: stale,
                    request: miss.facts,
                    policy: rule.policy,
                    now: now
                )
            else { return reply.with(CacheStatus(.forwarded(miss.reason))) }
            var standIn = stale.reply(.forwarded(.stale), at: now)
            standIn.failures = reply.failures
            standIn.standsInFor = reply.failedCall
            return standIn
        }
        let mayKeep = reply.freshness > 0 && body.count <= rule.policy.maxEntry && !miss.facts.directives.noStore
        if reply.freshness == 0 { cache.pass(miss.key, at: now) }
        var isStored = false
        if mayKeep {
            let stored = StoredResponse(
                status: reply.status,
                headers: reply.headers.filter { !$0.name.isOfOneReply }.map {
                    HeaderField(name: $0.name, value: $0.value)
                },
                body: body.bytes,
                lifetime: StoredLifetime(
                    requestTime: begun,
                    responseTime: now,
                    initialAge: 0,
                    freshness: reply.freshness,
                    staleWhileRevalidate: rule.policy.staleWhileRevalidate ?? 0,
                    staleIfError: rule.policy.staleIfError ?? 0
                ),
                url: request.query.map { "\(request.path)?\($0)" } ?? request.path,
                tags: reply.tags,
                generation: generation
            )
            isStored = cache.keep(stored, for: miss.key, on: loop)
        }
        reply.add(
            CacheStatus(
                .forwarded(miss.reason),
                remaining: isStored ? reply.freshness : nil,
                isStored: isStored
            )
        )
        return reply
    }
}

/// One request's wait for a reply that is being composed.
private struct ReplyWait {
    let flights: Flights<EndpointReply>

    /// The reply; nil when the task was cancelled before.
    func value(
        _ key: CacheKey,
        make: (_ end: @escaping @Sendable (EndpointReply) -> Void) -> Task<Void, Never>
    ) async -> (EndpointReply?, isFirst: Bool) {
        let (stream, continuation) = AsyncStream<EndpointReply>.makeStream()
        let ticket = flights.join(key) { reply in
            continuation.yield(reply)
            continuation.finish()
        } make: { end in
            make(end)
        }
        return await withTaskCancellationHandler {
            var iterator = stream.makeAsyncIterator()
            let reply = await iterator.next()
            return (reply, ticket.isFirst)
        } onCancel: {
            flights.leave(ticket)
            continuation.finish()
        }
    }
}

extension StoredResponse {
    /// The reply that is kept, with its age (RFC 9111, section 5.1).
    fileprivate func reply(_ outcome: CacheStatus.Outcome, at now: WallTime) -> EndpointReply {
        var reply = EndpointReply(
            status: status,
            headers: headers.map { ($0.name, $0.value) },
            content: .body(JSONPieces(body)),
            failures: []
        )
        reply.headers.append(("Age", String(lifetime.age(at: now) / 1_000)))
        reply.add(CacheStatus(outcome, remaining: lifetime.remaining(at: now)))
        return reply
    }
}

extension EndpointReply {
    fileprivate var isProblem: Bool { if case .problem = content { true } else { false } }

    /// Whether it was kept before.
    fileprivate var hasAge: Bool { headers.contains { HeaderValidation.equal($0.name, "age") } }

    /// What `only-if-cached` gets where nothing fits (RFC 9111, section 5.2.1.7).
    fileprivate static let onlyIfCached: EndpointReply = {
        let problem = EndpointProblem(
            status: 504,
            detail: "No reply is kept, and the request asks for one that is.",
            members: []
        )
        let reply = EndpointReply(status: 504, headers: [], content: .problem(problem), failures: [])
        return reply.with(CacheStatus(.forwarded(.miss), detail: "only-if-cached"))
    }()

    fileprivate mutating func add(_ status: CacheStatus) {
        headers.append((CacheStatus.fieldName, status.text))
    }

    fileprivate func with(_ status: CacheStatus) -> EndpointReply {
        var reply = self
        reply.add(status)
        return reply
    }

    /// It was composed for another request at the same time (RFC 9211, section 2.6).
    fileprivate mutating func collapse() {
        guard let index = headers.lastIndex(where: { $0.name == CacheStatus.fieldName }) else { return }
        headers[index].value += "; collapsed"
    }
}

extension CacheRequest {
    /// Whether not every reply that is kept will do (RFC 9111, section 5.2.1).
    fileprivate var asksForNewer: Bool {
        directives.noCache || directives.maxAge != nil || directives.minFresh != nil
    }
}

extension String {
    /// Whether a field of that name belongs to the one reply that it came with.
    fileprivate var isOfOneReply: Bool {
        HeaderValidation.equal(self, "server-timing") || HeaderValidation.equal(self, "set-cookie")
    }
}
