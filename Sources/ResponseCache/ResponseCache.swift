public import CurlTransport
import Synchronization

/// Answers requests to backends from what is kept, or has them sent, once for all that ask at the same time.
///
/// One for all loops. Decisions are those of `StorageRules` and `ReuseRules`; this carries them out.
public final class ResponseCache: Sendable {
    public typealias Outcome = Result<CachedAnswer, TransportError>

    public let store: MemoryStore
    /// Where nodes share what they keep; nil: this one is alone.
    public let shared: RedisTier?
    let flights = Flights<Outcome>()
    private let passes = PassTable()
    let invalidations = InvalidationTable()
    let tasks = CacheTasks()

    /// - Parameters:
    ///   - capacity: bytes that are kept in memory.
    ///   - shared: asked where memory has nothing; it is attached to the loops here.
    public init(capacity: Int = MemoryStore.defaultCapacity, shared: RedisTier? = nil, loops: [CurlLoop] = []) {
        let store = MemoryStore(capacity: capacity)
        self.store = store
        self.shared = shared
        if let home = loops.first { home.execute { Self.sweepLater(store, on: home) } }
        shared?.attach(
            to: loops,
            onPurges: { purges in
                for purge in purges {
                    _ = store.purges.apply(purge)
                    store.purge(purge.target)
                }
            },
            onReset: { store.purges.reset(epoch: $0, generation: $1) }
        )
    }

    /// Answers, or has the answer fetched. On `loop`, on which `onEnd` is called, once, perhaps before this returns; and
    /// never after `leave` of what is returned.
    ///
    /// The wait is bounded by the timeout of the request, whoever causes the fetch.
    public func answer(
        _ exchange: CachedExchange,
        on loop: CurlLoop,
        onEnd: @escaping @Sendable (Outcome) -> Void
    ) -> CacheWait? {
        let now = WallTime.now()
        let found = stored(for: exchange, now: now)
        var reason = CacheStatus.Forwarded.uriMiss
        if let found {
            switch ReuseRules.decision(for: found, request: exchange.facts, policy: exchange.policy, now: now) {
            case .fresh:
                onEnd(.success(.hit(found, now: now, isStale: false)))
                return nil
            case .stale:
                onEnd(.success(.hit(found, now: now, isStale: true)))
                return nil
            case .staleWhileRevalidate:
                refresh(exchange, stale: found, on: loop)
                onEnd(.success(.hit(found, now: now, isStale: true)))
                return nil
            case .gatewayTimeout:
                onEnd(.success(.gatewayTimeout))
                return nil
            case .revalidate(let why):
                reason = why == .stale || why == .noCache ? .stale : .request
            }
        } else if !ReuseRules.mayForward(exchange.facts) {
            onEnd(.success(.gatewayTimeout))
            return nil
        }
        let wait = CacheWait(cache: self, exchange: exchange, stale: found, reason: reason, loop: loop, onEnd: onEnd)
        wait.begin(shared: !passes.contains(exchange.key, at: now))
        return wait
    }

    /// The stored response for a request, past its `Vary`.
    private func stored(for exchange: CachedExchange, now: WallTime) -> StoredResponse? {
        var entry = store.entry(for: exchange.key, now: now)
        if case .varies(let names)? = entry {
            let key = CacheKey(bytes: exchange.key.bytes + VaryRules.key(for: names, request: exchange.facts.headers))
            entry = store.entry(for: key, now: now)
        }
        guard case .response(let response)? = entry, !invalidations.covers(response) else { return nil }
        return response
    }

    /// Fetches anew what has just been served stale, once, for nobody in particular.
    private func refresh(_ exchange: CachedExchange, stale: StoredResponse, on loop: CurlLoop) {
        var exchange = exchange
        // The client's wish was answered; the refresh is the cache's own.
        exchange.facts.headers.removeAll { HeaderField.isDirective($0.name) }
        flights.begin(exchange.key) { end in
            fetch(exchange, stale: stale, reason: .stale, on: loop, end: end)
        }
    }

    /// Starts the task that asks the origin.
    func fetch(
        _ exchange: CachedExchange,
        stale: StoredResponse?,
        reason: CacheStatus.Forwarded,
        on loop: CurlLoop,
        end: @escaping @Sendable (Outcome) -> Void
    ) -> Task<Void, Never> {
        tasks.start(on: loop) {
            let fetch = OriginFetch(cache: self, exchange: exchange, stale: stale, reason: reason)
            end(await fetch.run(on: loop))
        }
    }

    /// Starts a task that belongs to the cache: its shutdown waits for it.
    public func start(on loop: CurlLoop, _ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        tasks.start(on: loop, body)
    }

    /// Keeps a reply, unless it was purged while it was made.
    ///
    /// - Returns: whether it is kept.
    public func keep(_ response: StoredResponse, for key: CacheKey, on loop: CurlLoop) -> Bool {
        let purges = store.purges
        if purges.isPurged(generation: response.generation, url: response.url, tags: response.tags) { return false }
        return keep(.response(response), for: key, until: response.keepUntil, on: loop)
    }

    /// In memory, and where other nodes find it.
    func keep(_ entry: StoredEntry, for key: CacheKey, until: WallTime, on loop: CurlLoop) -> Bool {
        shared?.set(entry, for: key, ttl: until.since(.now()), on: loop)
        return store.store(entry, for: key, keepUntil: until)
    }

    /// What another node has kept, if it may be used; kept in memory then. On `loop`, for no longer than the tier's deadline.
    public func fetchShared(_ key: CacheKey, on loop: CurlLoop) async -> StoredEntry? {
        guard let shared, case .found(let entry) = await shared.get(key, on: loop) else { return nil }
        let until: WallTime
        switch entry {
        case .varies:
            until = WallTime.now().advanced(by: 60_000)
        case .response(let response):
            let purges = store.purges
            guard !purges.isPurged(generation: response.generation, url: response.url, tags: response.tags),
                !invalidations.covers(response)
            else { return nil }
            until = response.keepUntil
        }
        store.store(entry, for: key, keepUntil: until)
        return entry
    }

    /// Forgets responses, on all nodes where there are others.
    public func purge(_ target: Purge.Target) async -> PurgeReport {
        guard let shared else {
            store.purges.record(target)
            return PurgeReport(removed: store.purge(target), outcome: nil)
        }
        // Told first: what this node fetches from then on is newer than the purge.
        let outcome = await shared.publish(target)
        return PurgeReport(removed: store.purge(target), outcome: outcome)
    }

    /// Notes that what comes back for a key cannot be shared, so that those who ask next do not wait for each other.
    public func pass(_ key: CacheKey, at now: WallTime) {
        passes.insert(key, until: now.advanced(by: 10_000))
    }

    /// Whether that was noted lately.
    public func isPassed(_ key: CacheKey) -> Bool { passes.contains(key, at: .now()) }

    /// What an unsafe request has changed is not to be served as it was (RFC 9111, section 4.4).
    public func invalidate(method: String, url: String, status: Int, headers: some FieldValues) {
        for target in Invalidation.targets(method: method, status: status, url: url, headers: headers) {
            invalidations.insert(url: target, at: .now())
        }
    }

    /// Whether what it was made from was changed since.
    public func isInvalidated(_ response: StoredResponse) -> Bool {
        invalidations.covers(response)
    }

    /// Frees what is over and nobody asks for, a little of it each second. On the loop.
    private static func sweepLater(_ store: MemoryStore, on loop: CurlLoop) {
        _ = loop.schedule(after: .seconds(1)) {
            _ = store.sweep(now: .now(), limit: 4096)
            sweepLater(store, on: loop)
        }
    }

    /// Waits for what is being fetched, up to a limit; then breaks it off.
    public func shutdown(within limit: Duration) async {
        await tasks.finish(within: limit)
        await shared?.shutdown()
    }
}

/// What a purge came to.
public struct PurgeReport: Sendable {
    /// Responses that this node had, and were not removed before by the purge's own message.
    public var removed: Int
    /// Whether other nodes were told; nil where there are none.
    public var outcome: PurgeOutcome?
}

extension HeaderField {
    fileprivate static func isDirective(_ name: String) -> Bool {
        HeaderValidation.equal(name, "cache-control") || HeaderValidation.equal(name, "pragma")
    }
}

extension CachedAnswer {
    static func hit(_ stored: StoredResponse, now: WallTime, isStale: Bool) -> CachedAnswer {
        CachedAnswer(
            response: stored,
            status: CacheStatus(.hit, remaining: stored.lifetime.remaining(at: now)),
            isStale: isStale,
            isShareable: true
        )
    }

    /// What `only-if-cached` gets where nothing fits (RFC 9111, section 5.2.1.7).
    static let gatewayTimeout = CachedAnswer(
        response: StoredResponse(
            status: 504,
            headers: [],
            body: [],
            lifetime: StoredLifetime(
                requestTime: WallTime(milliseconds: 0),
                responseTime: WallTime(milliseconds: 0),
                initialAge: 0,
                freshness: 0
            ),
            url: ""
        ),
        status: CacheStatus(.forwarded(.miss), detail: "only-if-cached"),
        isStale: false,
        isShareable: false
    )
}
