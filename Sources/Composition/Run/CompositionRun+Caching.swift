import CurlTransport
import ResponseCache

/// What a run has to do with caches.
extension CompositionRun {
    /// How a call's request goes through the cache; nil where it does not.
    func caching(of request: TransportRequest, in index: Int) throws(RenderFailure) -> CachedExchange? {
        let call = plan.calls[index]
        guard usesCache, let rule = call.cache, !request.ignoresCancellation else { return nil }
        return CachedExchange(
            request: request,
            facts: CacheRequest(
                method: request.method,
                headers: request.headers,
                isAuthorized: call.forwardsAuthorization
            ),
            policy: rule.policy,
            key: key(of: request, rule, index),
            tags: try rule.tags(in: scope)
        )
    }

    /// Everything that is sent: method, URL, body, and every header field but those that the gateway adds to tell requests
    /// apart. And under which rule an answer was kept, since another one might not have kept it, or not for so long.
    private func key(of request: TransportRequest, _ rule: CacheRule, _ index: Int) -> CacheKey {
        let call = plan.calls[index]
        var writer = KeyWriter(kind: "call")
        writer.write(rule.policy)
        writer.write(request.backend.options.name)
        writer.write(request.method)
        writer.write(request.url)
        for field in request.headers {
            let isNamed = call.headers.contains { HeaderValidation.equal($0.name, field.name) }
            if !isNamed, forwarded.contains(field) { continue }
            writer.write(field.name.lowercased())
            writer.write(field.value)
        }
        for (name, values) in varied[index] ?? [] { writer.write(name, values) }
        writer.write(bytes: request.body ?? [])
        return writer.key
    }

    /// Takes an answer into account for how long the reply may be kept.
    mutating func note(_ answer: CachedAnswer?, of exchange: Int, _ response: TransportResponse, at now: WallTime) {
        guard freshness != nil, exchanges.indices.contains(exchange) else { return }
        let caching = exchanges[exchange].caching
        if let answer {
            if answer.isStale {
                freshness?.addStale()
            } else if answer.response.lifetime.freshness > 0, let policy = caching?.policy {
                freshness?.add(answer.response, policy: policy, now: now)
                return
            }
        }
        let request = exchanges[exchange].request
        let isAuthorized = exchanges[exchange].takers.contains { plan.calls[$0.call].forwardsAuthorization }
        let requestTime = startedAt
        freshness?.add(
            status: response.status,
            headers: response.section,
            request: CacheRequest(method: request.method, headers: request.headers, isAuthorized: isAuthorized),
            policy: caching?.policy,
            requestTime: requestTime,
            responseTime: now,
            now: now
        )
    }
}

/// Writes the parts of a key, each after its length, so that no two lists of parts are the same bytes.
struct KeyWriter: Sendable {
    private var bytes: [UInt8] = []

    init(kind: String) {
        bytes.reserveCapacity(256)
        write(kind)
    }

    var key: CacheKey { CacheKey(bytes: bytes) }

    mutating func write(_ text: String) {
        write(length: text.utf8.count)
        bytes += text.utf8
    }

    mutating func write(_ name: String, _ values: [String]) {
        write(name)
        write(length: values.count)
        for value in values { write(value) }
    }

    mutating func write(bytes part: [UInt8]) {
        write(length: part.count)
        bytes += part
    }

    mutating func write(_ number: Int64) {
        withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
    }

    /// What decides whether and for how long a response is kept.
    mutating func write(_ policy: CachePolicy) {
        write(policy.maxAge ?? -1)
        write(policy.negative ?? -1)
        write(Int64((policy.overridesOrigin ? 1 : 0) + (policy.usesHeuristics ? 2 : 0)))
    }

    private mutating func write(length: Int) { write(Int64(length)) }
}

extension CompositionRun {
    /// What an answer means for caches: for the reply's lifetime, and for what an unsafe request has changed.
    mutating func heed(
        _ response: TransportResponse,
        _ answer: CachedAnswer?,
        of exchange: Int,
        _ cache: ResponseCache
    ) {
        guard exchanges.indices.contains(exchange) else { return }
        let request = exchanges[exchange].request
        if Call.isUnsafe(method: request.method), exchanges[exchange].caching == nil {
            cache.invalidate(
                method: request.method,
                url: request.url,
                status: response.status,
                headers: response.section
            )
        }
        if let answer {
            let isKept = answer.status.outcome == .hit || answer.isStale
            if isKept { requestsSent -= 1 }
            for taker in exchanges[exchange].takers {
                cached[taker.call, default: (0, 0)].answered += 1
                if isKept { cached[taker.call]?.kept += 1 }
            }
        }
        note(answer, of: exchange, response, at: .now())
    }

    /// Whether all of a call's requests were answered by what was kept.
    func isCached(_ call: Int) -> Bool {
        cached[call].map { $0.kept == $0.answered } ?? false
    }
}

extension CachedAnswer {
    /// What became of the request to the backend, if there was one: none where the answer was kept, or fetched for another
    /// request.
    var recorded: CallRecorder.Outcome {
        if status.outcome == .hit || status.isCollapsed { return .kept(response.status) }
        if let status = status.forwardedStatus { return .status(status) }
        return isStale ? .failed(status.detail ?? "proxy_internal_error") : .status(response.status)
    }
}

extension CompositionRun {
    /// The name of the call that an exchange was begun for.
    func callName(ofExchange exchange: Int) -> String? {
        guard exchanges.indices.contains(exchange), let call = exchanges[exchange].takers.first?.call else {
            return nil
        }
        return plan.calls[call].name
    }
}
