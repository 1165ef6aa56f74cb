public import CurlTransport
public import ResponseCache

/// A proxy's plan joined to its backend: passes requests on, through the cache where it has one.
///
/// With a cache, bodies are held whole, within the front's and the backend's limits; without one they may be streamed.
public struct ProxyForwarder: Sendable {
    /// What a client sent.
    public struct Request: Sendable {
        public var method: String
        /// As received, without the query.
        public var path: String
        /// The texts of the pattern's parameters, as received.
        public var pathParameters: [String]
        public var query: String?
        public var headers: [HeaderField]
        public var body: [UInt8]
        /// The trace's context and the request's id.
        public var forwarded: [HeaderField]
        /// Nil: nothing is said of it.
        public var client: ClientOfRequest?

        public init(
            method: String,
            path: String,
            pathParameters: [String],
            query: String?,
            headers: [HeaderField],
            body: [UInt8],
            forwarded: [HeaderField]
        ) {
            self.method = method
            self.path = path
            self.pathParameters = pathParameters
            self.query = query
            self.headers = headers
            self.body = body
            self.forwarded = forwarded
        }
    }

    /// What it is answered.
    public struct Reply: Sendable {
        public var status: Int
        public var headers: [HeaderField]
        public var body: [UInt8]
        /// Whether the client's conditions are to be asked whether it has the body: the backend was not.
        public var isConditional: Bool

        public init(status: Int, headers: [HeaderField], body: [UInt8], isConditional: Bool) {
            self.status = status
            self.headers = headers
            self.body = body
            self.isConditional = isConditional
        }
    }

    /// Why there is none.
    public struct Failure: Error, Sendable {
        /// 502, 504, or 400 for a request that cannot be sent.
        public var status: Int
        /// For the client.
        public var detail: String
        public var reason: FailureReason
        /// For the log.
        public var error: TransportError
    }

    public let plan: ProxyPlan
    private let bound: BoundBackend

    /// - Returns: nil when `backends` lacks the one that the plan names.
    public init?(plan: ProxyPlan, backends: [String: BoundBackend]) {
        guard let bound = backends[plan.backend] else { return nil }
        self.plan = plan
        self.bound = bound
    }

    /// Where a request goes, for the log and the trace.
    public func target(of request: Request) -> (backend: String, url: String) {
        (bound.backend.options.name, url(for: request))
    }

    /// Passes a request on. Must be called on `loop`.
    public func reply(
        to request: Request,
        on loop: CurlLoop,
        cache: ResponseCache
    ) async throws(Failure) -> Reply {
        let sent = transportRequest(for: request)
        guard let rule = plan.cache, Self.mayBeCached(request) else {
            let response = try await perform(sent, on: loop)
            cache.invalidate(
                method: request.method,
                url: sent.url,
                status: response.status,
                headers: response.section
            )
            var headers = passedOn(response.headers)
            if plan.cache != nil {
                let isRead = ["GET", "HEAD"].contains(request.method)
                CacheStatus(.forwarded(isRead ? .bypass : .method)).append(to: &headers)
            }
            return Reply(status: response.status, headers: headers, body: response.body, isConditional: false)
        }
        return try await cached(request, sent, rule, on: loop, cache)
    }

    /// What is asked for whole and without a condition that only the backend can judge.
    private static func mayBeCached(_ request: Request) -> Bool {
        guard request.method == "GET" || request.method == "HEAD", request.body.isEmpty else { return false }
        return !request.headers.contains { field in
            ["range", "if-range", "if-match", "if-unmodified-since"].contains { HeaderValidation.equal(field.name, $0) }
        }
    }

    private func perform(
        _ request: TransportRequest,
        on loop: CurlLoop
    ) async throws(Failure) -> TransportResponse {
        do throws(TransportError) {
            return try await loop.perform(request)
        } catch {
            throw failure(error)
        }
    }

    /// What a client and a log are told of an error.
    public func failure(_ error: TransportError) -> Failure {
        let status: Int
        switch error {
        case .timeout: status = 504
        case .invalidRequest: status = 400
        default: status = 502
        }
        let call = CallFailure.transport(error)
        let detail =
            status == 400
            ? "The request cannot be passed on as it is."
            : "The backend did not answer: \(call.reason.word)."
        return Failure(status: status, detail: detail, reason: call.reason, error: error)
    }
}

// MARK: - What is sent

extension ProxyForwarder {
    /// The request of a stream, which gives it up as soon as nobody waits for it.
    public func streamedRequest(_ request: Request) -> TransportRequest {
        transportRequest(for: request)
    }

    /// A reply's head says what it makes stale.
    public func heed(_ method: String, _ url: String, _ status: Int, _ section: HeaderSection, _ cache: ResponseCache) {
        cache.invalidate(method: method, url: url, status: status, headers: section)
    }

    func transportRequest(for request: Request) -> TransportRequest {
        var headers = request.headers.endToEnd().filter { field in
            !ForwardedPolicy.claims.contains { HeaderValidation.equal($0, field.name) }
                && !HeaderValidation.isReserved(field.name) && !Self.isOwn(field.name)
                && !bound.headers.contains { HeaderValidation.equal($0.name, field.name) }
        }
        headers += bound.headers
        if let client = request.client {
            headers += plan.forwarded.fields(of: client, received: request.headers).filter { own in
                !bound.headers.contains { HeaderValidation.equal($0.name, own.name) }
            }
        }
        headers += request.forwarded.filter { own in
            !headers.contains { HeaderValidation.equal($0.name, own.name) }
        }
        headers.append(HeaderField(name: "Via", value: "1.1 medley"))
        var sent = TransportRequest(
            backend: bound.backend,
            method: request.method,
            url: url(for: request),
            headers: headers,
            // A PUT without a body says so: some servers insist on a length.
            body: request.body.isEmpty && !["PUT", "PATCH"].contains(request.method) ? nil : request.body,
            timeout: plan.timeout ?? bound.timeout ?? CompositionReader.defaultTimeout
        )
        sent.passesThrough = true
        sent.finishesWhenCancelled = Call.isUnsafe(method: request.method)
        return sent
    }

    /// Written anew for each request.
    private static func isOwn(_ name: String) -> Bool {
        ["host", "expect", "x-request-id", "traceparent", "tracestate", "content-length"].contains {
            HeaderValidation.equal($0, name)
        }
    }

    public func url(for request: Request) -> String {
        var url = bound.base
        if let path = plan.path {
            for part in path {
                switch part {
                case .text(let text): url += text
                case .parameter(let index):
                    if request.pathParameters.indices.contains(index) { url += request.pathParameters[index] }
                }
            }
        } else {
            url += request.path
        }
        if let query = request.query { url += "?" + query }
        return url
    }

    /// The backend's fields as the client gets them.
    public func passedOn(_ headers: [HeaderField]) -> [HeaderField] {
        var passed = headers.endToEnd()
        passed.append(HeaderField(name: "Via", value: "1.1 medley"))
        return passed
    }
}

// MARK: - Through the cache

extension ProxyForwarder {
    private func cached(
        _ request: Request,
        _ sent: TransportRequest,
        _ rule: CacheRule,
        on loop: CurlLoop,
        _ cache: ResponseCache
    ) async throws(Failure) -> Reply {
        // The cache asks for the whole; what the client has is compared with what comes.
        var fetched = sent
        fetched.method = "GET"
        fetched.headers = sent.headers.filter { !Self.isCondition($0.name) }
        fetched.finishesWhenCancelled = false
        let exchange = CachedExchange(
            request: fetched,
            facts: CacheRequest(
                method: "GET",
                headers: request.headers.endToEnd(),
                isAuthorized: request.headers.contains { HeaderValidation.equal($0.name, "authorization") }
            ),
            policy: rule.policy,
            key: key(of: fetched, request, rule),
            // Nothing of a request has a name here: a tag is a text.
            tags: rule.tags.compactMap(\.constant)
        )
        let answer = try await Self.answer(exchange, on: loop, cache).mapError(failure).get()
        var headers = passedOn(answer.response.headers)
        let age = answer.response.lifetime.age(at: .now()) / 1_000
        let isFromStore = answer.status.outcome == .hit || answer.isStale || answer.status.isCollapsed
        if isFromStore || (answer.status.isStored && age > 0) {
            headers.append(HeaderField(name: "Age", value: String(age)))
        }
        answer.status.append(to: &headers)
        return Reply(
            status: answer.response.status,
            headers: headers,
            body: answer.response.body,
            isConditional: true
        )
    }

    private static func isCondition(_ name: String) -> Bool {
        ["if-none-match", "if-modified-since"].contains { HeaderValidation.equal($0, name) }
    }

    /// URL, and whoever asks: cookies and credentials are part of it, so that no answer that a backend made for one user
    /// and forgot to say so is another's. `Vary` adds to it.
    private func key(of sent: TransportRequest, _ request: Request, _ rule: CacheRule) -> CacheKey {
        var writer = KeyWriter(kind: "proxy")
        writer.write(rule.policy)
        writer.write(sent.backend.options.name)
        writer.write(sent.url)
        for name in ["authorization", "cookie"] + rule.headers {
            let values = request.headers.compactMap { HeaderValidation.equal($0.name, name) ? $0.value : nil }
            writer.write(name, values)
        }
        return writer.key
    }

    private static func answer(
        _ exchange: CachedExchange,
        on loop: CurlLoop,
        _ cache: ResponseCache
    ) async -> ResponseCache.Outcome {
        let transfers = CachedAnswers()
        return await loop.withTransfers { group in
            transfers.ask(cache, exchange, number: 0, group, on: loop)
            guard let end = await group.next() else { return .failure(.cancelled) }
            switch end.outcome {
            case .failure(let error): return .failure(error)
            case .success: return transfers.take(0).map { .success($0) } ?? .failure(.cancelled)
            }
        }
    }
}
