public import CurlTransport
public import ResponseCache

/// A proxy's plan joined to its backend: passes requests on, through the cache where it has one.
///
/// With a cache, bodies are held whole, within the front's and the backend's limits; without one they may be streamed.
public struct ProxyForwarder: Sendable {
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
        /// Fields of the problem's reply.
        public var headers: [(name: String, value: String)] = []
    }

    public let plan: ProxyPlan
    /// Nil where nothing is mirrored.
    public let copies: MirrorCopies?
    /// By side of the plan's split.
    let sides: [BoundBackend]

    /// - Returns: nil when `backends` lacks one that the plan names.
    public init?(plan: ProxyPlan, backends: [String: BoundBackend]) {
        sides = plan.sides.compactMap { backends[$0] }
        guard sides.count == plan.sides.count else { return nil }
        self.plan = plan
        copies = plan.mirror.flatMap { mirror in
            backends[mirror.backend].map { MirrorCopies(mirror, to: $0) }
        }
        guard (copies == nil) == (plan.mirror == nil) else { return nil }
    }

    /// Passes a request on. Must be called on `loop`.
    public func reply(
        to passage: ProxyPassage,
        on loop: CurlLoop,
        cache: ResponseCache
    ) async throws(Failure) -> Reply {
        let request = passage.request
        let sent = try passage.transportRequest()
        guard let rule = plan.cache, Self.mayBeCached(request) else {
            let response = try await perform(sent, on: loop)
            cache.invalidate(
                method: request.method,
                url: sent.url,
                status: response.status,
                headers: response.section
            )
            var reply = Reply(
                status: response.status,
                headers: response.headers.endToEnd(),
                body: response.body,
                isConditional: false
            )
            if plan.cache != nil {
                let isRead = ["GET", "HEAD"].contains(request.method)
                CacheStatus(.forwarded(isRead ? .bypass : .method)).append(to: &reply.headers)
            }
            return try await passage.changed(reply, on: loop)
        }
        return try await passage.changed(try await cached(request, sent, rule, on: loop, cache), on: loop)
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
            throw Failure(error)
        }
    }
}

extension ProxyForwarder.Failure {
    /// What a client and a log are told of an error.
    public init(_ error: TransportError) {
        let status: Int
        switch error {
        case .timeout: status = 504
        case .invalidRequest: status = 400
        default: status = 502
        }
        let reason = CallFailure.transport(error).reason
        let detail =
            status == 400
            ? "The request cannot be passed on as it is."
            : "The backend did not answer: \(reason.word)."
        self.init(status: status, detail: detail, reason: reason, error: error)
    }

    /// A request that does not fit, by no fault but the client's.
    init(_ failure: RequestFailure) {
        let reply = failure.reply
        var detail = "The request cannot be read."
        if case .problem(let problem) = reply.content { detail = problem.detail }
        let error = TransportError.invalidRequest(detail: detail)
        self.init(
            status: reply.status,
            detail: detail,
            reason: CallFailure.transport(error).reason,
            error: error,
            headers: reply.headers
        )
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
        let credentials = request.credentials + ["authorization"]
        let exchange = CachedExchange(
            request: fetched,
            facts: CacheRequest(
                method: "GET",
                // As the backend sees them: what its `Vary` names may go by another name than the client's.
                headers: sent.headers,
                isAuthorized: request.headers.contains { field in
                    credentials.contains { HeaderValidation.equal($0, field.name) }
                } || plan.changes.request.setsAuthorization
            ),
            policy: rule.policy,
            key: key(of: fetched, request, rule),
            // Nothing of a request has a name here: a tag is a text.
            tags: rule.tags.compactMap(\.constant)
        )
        let answer = try await Self.answer(exchange, on: loop, cache).mapError { Failure($0) }.get()
        var headers = answer.response.headers.endToEnd()
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
        // What the endpoint makes of a request may be another one's answer, too; so may what the gateway says of it, of
        // which backends make links and redirects.
        let changes = plan.changes.request
        let own =
            changes.set.map(\.name) + changes.renamed.map(\.to) + request.credentials
            + ["host", "x-forwarded-host", "x-forwarded-proto"]
        for name in own {
            writer.write(name, sent.headers.compactMap { HeaderValidation.equal($0.name, name) ? $0.value : nil })
        }
        if plan.forwarded == .rfc7239 { writer.write("forwarded", ForwardedPolicy.origins(in: sent.headers)) }
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
