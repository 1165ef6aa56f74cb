import CurlTransport

/// Asks the origin: with conditions where something is stored, keeps what may be kept, and falls back to what is stored
/// where that is allowed.
struct OriginFetch: Sendable {
    let cache: ResponseCache
    let exchange: CachedExchange
    let stale: StoredResponse?
    let reason: CacheStatus.Forwarded

    func run(on loop: CurlLoop) async -> ResponseCache.Outcome {
        if stale == nil, let found = await fetchShared(on: loop) {
            switch ReuseRules.decision(for: found, request: exchange.facts, policy: exchange.policy, now: .now()) {
            case .fresh, .stale:
                return .success(.hit(found, now: .now(), isStale: found.lifetime.remaining(at: .now()) <= 0))
            default:
                return await with(stale: found).ask(on: loop)
            }
        }
        return await ask(on: loop)
    }

    /// What another node has kept for this request.
    private func fetchShared(on loop: CurlLoop) async -> StoredResponse? {
        guard cache.shared != nil, reason != .request else { return nil }
        switch await cache.fetchShared(exchange.key, on: loop) {
        case .response(let response)?: return response
        case .varies(let names)?:
            guard case .response(let response)? = await cache.fetchShared(variantKey(names), on: loop) else {
                return nil
            }
            return response
        case nil: return nil
        }
    }

    private func with(stale: StoredResponse) -> OriginFetch {
        OriginFetch(cache: cache, exchange: exchange, stale: stale, reason: .stale)
    }

    private func ask(on loop: CurlLoop) async -> ResponseCache.Outcome {
        if let stale {
            let conditions = Revalidation.conditions(for: stale.headers)
            if !conditions.isEmpty, let answer = await revalidate(stale, conditions, on: loop) { return answer }
        }
        return await ask(exchange.request, on: loop).flatMap { received in
            if let stale, mayStandIn(stale, for: .status(received.response.status)) {
                return .success(standIn(stale, status: received.response.status, detail: nil))
            }
            return .success(keep(received, on: loop))
        }.flatMapError { error in standIn(for: error) }
    }

    private struct Received {
        var response: TransportResponse
        var exchange: Revalidation.Exchange
    }

    private func ask(_ request: TransportRequest, on loop: CurlLoop) async -> Result<Received, TransportError> {
        let generation = cache.store.purges.current
        let requestTime = WallTime.now()
        do throws(TransportError) {
            let response = try await loop.perform(request)
            return .success(
                Received(
                    response: response,
                    exchange: .init(requestTime: requestTime, responseTime: .now(), generation: generation)
                )
            )
        } catch {
            return .failure(error)
        }
    }

    /// Asks whether a stored response is still good. Nil: the request is to be sent again, without conditions.
    private func revalidate(
        _ stale: StoredResponse,
        _ conditions: [HeaderField],
        on loop: CurlLoop
    ) async -> ResponseCache.Outcome? {
        var request = exchange.request
        request.headers += conditions
        switch await ask(request, on: loop) {
        case .failure(let error):
            return standIn(for: error)
        case .success(let received) where received.response.status == 304:
            let outcome = Revalidation.freshened(
                stale,
                by: received.response.headers,
                request: exchange.facts,
                policy: exchange.policy,
                exchange: received.exchange
            )
            switch outcome {
            case .updated(let updated):
                put(updated, on: loop)
                let isShareable = updated.lifetime.isFresh(at: received.exchange.responseTime)
                if !isShareable { cache.pass(exchange.key, at: received.exchange.responseTime) }
                return .success(answer(updated, status: 304, isStored: true, isShareable: isShareable))
            case .updatedOnce(let updated, let refusal):
                remove()
                return .success(
                    answer(updated, status: 304, isStored: false, isShareable: refusal.isShareable)
                )
            case .invalid, .unrelated:
                remove()
                return nil
            }
        case .success(let received):
            if mayStandIn(stale, for: .status(received.response.status)) {
                return .success(standIn(stale, status: received.response.status, detail: nil))
            }
            return .success(keep(received, on: loop))
        }
    }

    // MARK: What came

    private func keep(_ received: Received, on loop: CurlLoop) -> CachedAnswer {
        let response = received.response
        let headers = response.headers
        let decision = StorageRules.decision(
            status: response.status,
            headers: headers,
            bodySize: response.body.count,
            request: exchange.facts,
            policy: exchange.policy,
            requestTime: received.exchange.requestTime,
            responseTime: received.exchange.responseTime
        )
        let stored = StoredResponse(
            status: response.status,
            headers: StorableFields.filtered(headers, received: received.exchange.responseTime),
            body: response.body,
            lifetime: decision.lifetime ?? .none(received.exchange),
            url: exchange.request.url,
            tags: exchange.tags,
            generation: received.exchange.generation
        )
        switch decision {
        case .store(let lifetime):
            let isStored = put(stored, on: loop)
            // What may not be reused without asking is each one's own (RFC 9111, section 4).
            let isShareable = lifetime.isFresh(at: received.exchange.responseTime)
            if !isShareable { cache.pass(exchange.key, at: received.exchange.responseTime) }
            // A cookie is for whoever caused it, even where the operator has the rest kept.
            let cookies = headers.filter { HeaderValidation.equal($0.name, "set-cookie") }
            let first = cookies.isEmpty ? stored : stored.with(headers: stored.headers + cookies)
            return answer(first, status: response.status, isStored: isStored, isShareable: isShareable)
        case .refuse(let refusal):
            if stale != nil, response.status < 500 { remove() }
            let isShareable = refusal.isShareable || response.status >= 500 && !refusal.isAboutUsers
            if !isShareable { cache.pass(exchange.key, at: received.exchange.responseTime) }
            // What is not kept is handed on whole, also what a store would leave out.
            let whole = StoredResponse(
                status: response.status,
                headers: headers,
                body: response.body,
                lifetime: stored.lifetime,
                url: stored.url
            )
            return answer(whole, status: response.status, isStored: false, isShareable: isShareable)
        }
    }

    /// - Returns: false when it was purged while it was under way, or is too large.
    @discardableResult
    private func put(_ response: StoredResponse, on loop: CurlLoop) -> Bool {
        let purges = cache.store.purges
        if purges.isPurged(generation: response.generation, url: response.url, tags: response.tags) { return false }
        let keepUntil = response.keepUntil
        guard case .names(let names) = VaryRules.names(of: response.headers) else {
            return cache.keep(.response(response), for: exchange.key, until: keepUntil, on: loop)
        }
        _ = cache.keep(.varies(names), for: exchange.key, until: keepUntil, on: loop)
        return cache.keep(.response(response), for: variantKey(names), until: keepUntil, on: loop)
    }

    private func remove() {
        guard let stale else { return }
        if case .names(let names) = VaryRules.names(of: stale.headers) {
            cache.store.remove(variantKey(names))
        } else {
            cache.store.remove(exchange.key)
        }
    }

    private func variantKey(_ names: [String]) -> CacheKey {
        CacheKey(bytes: exchange.key.bytes + VaryRules.key(for: names, request: exchange.facts.headers))
    }

    private func answer(
        _ response: StoredResponse,
        status: Int,
        isStored: Bool,
        isShareable: Bool
    ) -> CachedAnswer {
        var cacheStatus = CacheStatus(.forwarded(reason), isStored: isStored)
        if status != response.status { cacheStatus.forwardedStatus = status }
        if isStored { cacheStatus.remaining = response.lifetime.freshness - response.lifetime.initialAge }
        var answer = CachedAnswer(
            response: response,
            status: cacheStatus,
            isStale: false,
            isShareable: isShareable
        )
        if case .names(let names) = VaryRules.names(of: response.headers) {
            answer.variant = VaryRules.key(for: names, request: exchange.facts.headers)
        }
        return answer
    }

    // MARK: What did not come

    private func mayStandIn(_ stale: StoredResponse, for failure: OriginFailure) -> Bool {
        ReuseRules.mayStandIn(
            for: failure,
            stored: stale,
            request: exchange.facts,
            policy: exchange.policy,
            now: .now()
        )
    }

    /// What answers a request whose origin did not: the stale response where it may, else the failure.
    func standIn(for error: TransportError) -> ResponseCache.Outcome {
        guard error != .cancelled, let stale, mayStandIn(stale, for: .noResponse) else { return .failure(error) }
        return .success(standIn(stale, status: nil, detail: error.proxyStatusError))
    }

    private func standIn(_ stale: StoredResponse, status: Int?, detail: String?) -> CachedAnswer {
        CachedAnswer(
            response: stale,
            status: CacheStatus(
                .forwarded(.stale),
                forwardedStatus: status,
                remaining: stale.lifetime.remaining(at: .now()),
                detail: detail
            ),
            isStale: true,
            isShareable: true
        )
    }
}

extension StoredLifetime {
    /// Of what is used once.
    static func none(_ exchange: Revalidation.Exchange) -> StoredLifetime {
        StoredLifetime(
            requestTime: exchange.requestTime,
            responseTime: exchange.responseTime,
            initialAge: 0,
            freshness: 0
        )
    }
}

extension StoredResponse {
    /// Beyond this nobody can use it: a day past its freshness where it can be revalidated, else as long as it may be
    /// served stale.
    public var keepUntil: WallTime {
        let allowance = max(lifetime.staleWhileRevalidate, lifetime.staleIfError)
        let kept = Revalidation.hasValidator(headers) ? max(allowance, 86_400_000) : allowance
        let rest = max(0, lifetime.remaining(at: lifetime.responseTime))
        return lifetime.responseTime.advanced(by: rest).advanced(by: kept)
    }
}

extension StorageRefusal {
    /// Whether the answer may be meant for one user.
    var isAboutUsers: Bool {
        switch self {
        case .noStore, .private, .authorization, .setCookie, .varyAny, .requestNoStore: true
        default: false
        }
    }

    /// Whether it can be kept by nobody, and yet is the same for all that asked at that moment: fresh, and not for one user.
    var isShareable: Bool { self == .tooLarge }
}
