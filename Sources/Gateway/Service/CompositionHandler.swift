import Composition
import CurlTransport
import Identity
import Logging
import NIOCore
import NIOHTTP1
import RateLimits
import ResponseCache
import Telemetry

/// Finds the endpoint of a request, and hands the request once to a loop that runs its composition or passes it on.
final class CompositionHandler: FrontHandler {
    /// What answers the requests of an endpoint, and who may ask.
    struct Endpoint: Sendable {
        enum Kind: Sendable {
            case composition(Composer)
            case proxy(ProxyForwarder)
        }

        var kind: Kind
        var name: String
        var gatekeeper: Gatekeeper
        /// Those that are asked before it is known who asks.
        var limitsBeforeAccess: EndpointLimits
        var limits: EndpointLimits

        var isProxy: Bool {
            if case .proxy = kind { true } else { false }
        }
    }

    let running = RunningCompositions()
    private let router: Router<Endpoint>
    let shop: Workshop
    /// Whether any endpoint is not for everybody.
    private let hasProtected: Bool
    /// Whether any endpoint passes bodies on piece by piece.
    let hasStreams: Bool

    init(
        compositions: CompositionSet,
        backends: [String: BoundBackend],
        access: AccessPolicies,
        limits policies: LimitPolicies,
        in shop: Workshop
    ) throws(StartFailure) {
        var routes: [Route<Endpoint>] = []
        let tier = shop.cache.shared.map { SharedLimits(tier: $0) }
        func add(_ kind: Endpoint.Kind, _ served: CompositionSet.Endpoint) throws(StartFailure) {
            guard let gatekeeper = access.gatekeeper(for: served.access) else {
                throw StartFailure(
                    served.access == nil
                        ? "the endpoint '\(served.name)' does not say who may use it"
                        : "the endpoint '\(served.name)' names an access policy that the settings lack"
                )
            }
            guard
                let limits = policies.limits(
                    of: served,
                    isProtected: !gatekeeper.isOpen,
                    book: shop.limitBook,
                    tier: tier
                )
            else {
                throw StartFailure("the endpoint '\(served.name)' names a limit that the settings lack")
            }
            let endpoint = Endpoint(
                kind: kind,
                name: served.name,
                gatekeeper: gatekeeper,
                limitsBeforeAccess: limits.beforeAccess,
                limits: limits.others
            )
            routes.append(Route(served, endpoint))
        }
        for plan in compositions.plans {
            guard let composer = Composer(plan: plan, backends: backends) else {
                throw StartFailure("the endpoint '\(plan.pattern)' names a backend that the settings lack")
            }
            try add(.composition(composer), .composition(plan))
        }
        for plan in compositions.proxies {
            guard let forwarder = ProxyForwarder(plan: plan, backends: backends) else {
                throw StartFailure("the endpoint '\(plan.pattern)' names a backend that the settings lack")
            }
            try add(.proxy(forwarder), .proxy(plan))
        }
        do throws(RoutingError) {
            router = try Router(routes)
        } catch {
            throw StartFailure("endpoints conflict with each other: run 'medley check'")
        }
        self.shop = shop
        shop.count(running)
        hasProtected = routes.contains { !$0.endpoint.gatekeeper.isOpen }
        hasStreams = compositions.proxies.contains(where: \.streams)
    }

    func handle(_ request: FrontRequest, respond: Responder) -> any FrontCancellation {
        var selecting: [String] = []
        let destination = find(request.question, selecting: &selecting)
        var respond = respond
        respond.selecting = selecting
        switch destination {
        case .endpoint(let endpoint, let parameters):
            guard let respond = limitBeforeAccess(request, endpoint, respond: respond) else { return NothingToCancel() }
            return admit(request, to: endpoint, parameters: parameters, respond: respond)
        case .reply(let reply):
            respond.send(reply)
            return NothingToCancel()
        }
    }

    /// Asks the limits that need not know who asks.
    ///
    /// - Returns: what to reply through; nil where they refuse, which then is told.
    func limitBeforeAccess(_ request: FrontRequest, _ endpoint: Endpoint, respond: Responder) -> Responder? {
        let limits = endpoint.limitsBeforeAccess
        guard !limits.isEmpty else { return respond }
        switch limits.decide(limits.keys(request), at: EndpointLimits.now()) {
        case .admitted(let receipt):
            return respond.adding(receipt.fields)
        case .refused(let reply):
            respond.send(reply)
            return nil
        }
    }

    /// Finds out who asks, and goes on if that is enough.
    private func admit(
        _ request: FrontRequest,
        to endpoint: Endpoint,
        parameters: [Substring],
        respond: Responder
    ) -> any FrontCancellation {
        if endpoint.gatekeeper.isOpen { return serve(request, endpoint, parameters: parameters, respond: respond) }
        return admit(request, to: endpoint, respond: respond) {
            self.serve($0, endpoint, parameters: parameters, respond: respond)
        }
    }

    func admit(
        _ request: FrontRequest,
        to endpoint: Endpoint,
        respond: Responder,
        then serve: @escaping @Sendable (FrontRequest) -> any FrontCancellation
    ) -> any FrontCancellation {
        let gatekeeper = endpoint.gatekeeper
        guard !gatekeeper.isOpen else { return serve(request) }
        let headers = request.headers
        let presented = Presented(header: { headers[$0] }, certificate: request.certificate)
        let now = WallClock.seconds
        switch gatekeeper.decide(presented, now: now) {
        case .admitted(let caller):
            var request = request
            request.caller = caller
            return serve(request)
        case .denied(let denial):
            refuse(denial, at: endpoint, respond: respond)
            return NothingToCancel()
        case .later:
            let worker = shop.takeWorker()
            return respond.later(on: worker.loop, running) {
                await gatekeeper.decide(presented, now: now, on: worker.loop)
            } then: { decision in
                switch decision {
                case .admitted(let caller):
                    var request = request
                    request.caller = caller
                    return serve(request)
                case .denied(let denial):
                    self.refuse(denial, at: endpoint, respond: respond)
                case .later:
                    respond.send(Problem(status: 503).reply(log: ReplyLog(endpoint: endpoint.name)))
                }
                return NothingToCancel()
            }
        }
    }

    private func refuse(_ denial: Denial, at endpoint: Endpoint, respond: Responder) {
        shop.counts.denied(denial.kind, at: endpoint.name)
        respond.send(denial.reply(endpoint: endpoint.name))
    }

    /// Counts the request against the endpoint's limits, and goes on when they let it. Limits of this node alone are asked
    /// here, shared ones from the loop that answers.
    private func serve(
        _ request: FrontRequest,
        _ endpoint: Endpoint,
        parameters: [Substring],
        respond: Responder
    ) -> any FrontCancellation {
        let limits = endpoint.limits
        guard !limits.isEmpty else {
            return answer(request, endpoint, .free, parameters: parameters, respond: respond)
        }
        let keys = limits.keys(request)
        guard !limits.areShared else {
            return answer(request, endpoint, .toBeAsked(limits, keys), parameters: parameters, respond: respond)
        }
        switch limits.decide(keys, at: EndpointLimits.now()) {
        case .admitted(let receipt):
            let respond = respond.adding(receipt.fields)
            let admission = Admission.admitted(limits, receipt)
            return answer(request, endpoint, admission, parameters: parameters, respond: respond)
        case .refused(let reply):
            respond.send(reply)
            return NothingToCancel()
        }
    }

    private func answer(
        _ request: FrontRequest,
        _ endpoint: Endpoint,
        _ admission: Admission,
        parameters: [Substring],
        respond: Responder
    ) -> any FrontCancellation {
        switch endpoint.kind {
        case .composition(let composer):
            compose(request, composer, admission, parameters: parameters, respond: respond)
        case .proxy(let forwarder):
            pass(
                request,
                to: forwarder,
                admission,
                of: endpoint.gatekeeper,
                parameters: parameters,
                respond: respond
            )
        }
    }

    func refusal(of question: RouteQuestion) -> FrontReply? {
        var selecting: [String] = []
        guard case .reply(let reply) = find(question, selecting: &selecting) else { return nil }
        return reply.varying(on: selecting)
    }

    func endpoint(method: String, path: String) -> String? {
        let match = router.lookup(method: method, rawPath: path) { $0.alternative == nil }
        guard case .found(let endpoint, _) = match else { return nil }
        return endpoint.name
    }

    /// What a request gets that no endpoint of its path could answer, whatever conditions they have.
    func refusal(anyOf method: String, path: String) -> FrontReply? {
        let match = router.lookup(method: method, rawPath: path) { _ in true }
        return switch match {
        case .found: nil
        case .methodNotAllowed(let allow): Problem.methodNotAllowed(allow: allow)
        case .notFound, .badPath: Problem.noEndpoint.reply()
        }
    }

    enum Destination {
        case endpoint(Endpoint, parameters: [Substring])
        /// What needs no endpoint, and nothing of the request but its first line.
        case reply(FrontReply)
    }

    /// - Parameter selecting: takes the header fields that were looked at.
    func find(_ question: RouteQuestion, selecting: inout [String]) -> Destination {
        let (method, path) = (question.method, question.path)
        if let reply = shop.health.reply(method: method, path: path) { return .reply(reply) }
        // About the server as a whole (RFC 9110, section 9.3.7), which has nothing to say but that it is there.
        if path == "*" { return .reply(FrontReply(status: 204)) }
        let match = router.lookup(method: method, rawPath: path) { entry in
            guard let alternative = entry.alternative else { return true }
            for condition in alternative.match.headers where !selecting.contains(condition.name) {
                selecting.append(condition.name)
            }
            return alternative.holds(for: question)
        }
        return switch match {
        case .found(let endpoint, _) where endpoint.isProxy && method == "TRACE":
            // It would send credentials back to whoever asks (RFC 9110, section 9.3.8).
            .reply(Problem.methodNotAllowed(allow: []))
        case .found(let endpoint, _) where endpoint.isProxy && RoutePath.mayClimb(path):
            .reply(Problem.badRequest("The path has a dot segment that is hidden by an escape, ';' or '\\'.").reply())
        case .found(let endpoint, _) where endpoint.isProxy && mayBeReadAsProtected(question, insteadOf: endpoint):
            .reply(Problem.badRequest("The path can be read as another one, which is not for everybody.").reply())
        case .found(let endpoint, let parameters):
            .endpoint(endpoint, parameters: parameters)
        case .methodNotAllowed(let allow):
            .reply(Problem.methodNotAllowed(allow: allow))
        case .notFound:
            .reply(Problem.noEndpoint.reply())
        case .badPath:
            .reply(Problem.badRequest("The path cannot be read: its escapes or dot segments are invalid.").reply())
        }
    }

    /// Whether a backend that normalises paths may take a path that is passed on for one of another endpoint, which has an
    /// access policy: that one is not to be reached around its policy.
    private func mayBeReadAsProtected(_ question: RouteQuestion, insteadOf endpoint: Endpoint) -> Bool {
        guard hasProtected else { return false }
        return PathReadings.others(of: question.path).contains { path in
            let match = router.lookup(method: question.method, rawPath: path) { entry in
                entry.alternative?.holds(for: question) ?? true
            }
            return switch match {
            case .found(let other, _): !other.gatekeeper.isOpen && other.name != endpoint.name
            case .badPath: true
            case .methodNotAllowed, .notFound: false
            }
        }
    }

    /// Starts the composition.
    ///
    /// This is the one place where a task begins without a parent: the front speaks in callbacks of the event loop. The
    /// connection owns the task: it cancels it when the client goes away, and drains only when it has replied.
    private func compose(
        _ request: FrontRequest,
        _ composer: Composer,
        _ admission: Admission,
        parameters: [Substring],
        respond: Responder
    ) -> any FrontCancellation {
        let worker = shop.takeWorker()
        let headers = request.headers
        let sight = shop.sight.of(request)
        let input = EndpointRequest(
            method: request.method,
            path: request.path,
            pathParameters: parameters.map(String.init),
            query: request.query,
            body: request.body,
            header: { headers[$0] },
            forwarded: Self.forwarded(from: request),
            id: request.id,
            time: WallClock.timestamp,
            caller: request.caller.map { RequestCaller(consumer: $0.consumer, claims: $0.claims) },
            address: request.clientAddress,
            chance: shop.chance(composer.plan.hasSplits),
            recorder: sight.recorder
        )
        guard composer.plan.cachesReplies else {
            let cache = shop.cache
            return start(request, composer, admission, sight, on: worker, respond: respond) {
                await composer.run(input, on: worker.loop, cache: cache)
            }
        }
        return lookUp(input, request, composer, admission, sight, on: worker, respond: respond)
    }

    /// Answers with a reply that is kept, if there is one.
    private func lookUp(
        _ input: EndpointRequest,
        _ request: FrontRequest,
        _ composer: Composer,
        _ admission: Admission,
        _ sight: RequestSight,
        on worker: Workshop.Worker,
        respond: Responder
    ) -> any FrontCancellation {
        if case .toBeAsked(let limits, let keys) = admission {
            return respond.later(on: worker.loop, running) {
                await limits.decide(keys, on: worker.loop)
            } then: { decision in
                switch decision {
                case .admitted(let receipt):
                    let respond = respond.adding(receipt.fields)
                    let admission = Admission.admitted(limits, receipt)
                    return self.lookUp(input, request, composer, admission, sight, on: worker, respond: respond)
                case .refused(let reply):
                    respond.send(reply)
                    return NothingToCancel()
                }
            }
        }
        // A kept reply goes out from here: no hop, no task.
        switch shop.replies.lookUp(input, of: composer, headers: Self.cacheFields(of: request)) {
        case .reply(let reply):
            admission.settleKept(on: worker.loop)
            return send(kept: reply, to: request, composer, sight, on: worker, respond: respond)
        case .stale(let reply, let miss):
            admission.settleKept(on: worker.loop)
            // What is asked for from here on is for others.
            sight.recorder?.close()
            shop.replies.refresh(input, of: composer, miss, on: worker.loop)
            return send(kept: reply, to: request, composer, sight, on: worker, respond: respond)
        case .miss(let miss):
            let replies = shop.replies
            return start(request, composer, admission, sight, on: worker, respond: respond) {
                await replies.reply(to: input, of: composer, miss, on: worker.loop)
            }
        }
    }

    private func send(
        kept reply: EndpointReply,
        to request: FrontRequest,
        _ composer: Composer,
        _ sight: RequestSight,
        on worker: Workshop.Worker,
        respond: Responder
    ) -> any FrontCancellation {
        var reply = FrontReply(reply, endpoint: composer.plan.name).answering(request)
        reply.isKept = true
        sight.answeredAtOnce(&reply)
        guard respond.finish?.takesLong(reply) == true else {
            respond.send(reply)
            return NothingToCancel()
        }
        // Compressing it for the first time would hold the event loop's other connections up.
        return start(Admission.free, on: worker, respond: respond) { [reply] in
            Admission.Answered(reply: reply, requests: 0)
        }
    }

    private func start(
        _ request: FrontRequest,
        _ composer: Composer,
        _ admission: Admission,
        _ sight: RequestSight,
        on worker: Workshop.Worker,
        respond: Responder,
        _ compose: @escaping @Sendable () async -> EndpointReply
    ) -> any FrontCancellation {
        let (cache, logger) = (shop.cache, shop.logger)
        return start(admission, on: worker, respond: respond) {
            let reply = await compose()
            cache.heed(request, status: reply.status)
            reply.report(to: logger, endpoint: composer.plan.name, requestID: request.id)
            var sent = FrontReply(reply, endpoint: composer.plan.name).answering(request)
            sight.ended(&sent)
            return Admission.Answered(reply: sent, requests: reply.requests)
        }
    }

    private func start(
        _ admission: Admission,
        on worker: Workshop.Worker,
        respond: Responder,
        _ reply: @escaping @Sendable () async -> Admission.Answered
    ) -> any FrontCancellation {
        let running = running
        running.begin()
        let task = Task(executorPreference: worker.loop) {
            defer { running.end() }
            let sent = await admission.answer(on: worker.loop, reply)
            // The outbox is the loop's thread's; when the loop has ended, its last tasks end elsewhere.
            if worker.loop.isCurrent { worker.outbox.add(sent, to: respond) } else { respond.send(sent) }
        }
        return RunningComposition(task: task)
    }

    /// Passes a request on, as a composition is started.
    private func pass(
        _ request: FrontRequest,
        to forwarder: ProxyForwarder,
        _ admission: Admission,
        of gatekeeper: Gatekeeper,
        parameters: [Substring],
        respond: Responder
    ) -> any FrontCancellation {
        let worker = shop.takeWorker()
        let sent = sent(request, by: forwarder, of: gatekeeper, parameters: parameters.map(String.init))
        let logger = shop.logger
        let sight = shop.sight.of(request)
        return start(admission, on: worker, respond: respond) {
            var passed: FrontReply
            var ended: (@Sendable (CallRecorder.Outcome) -> Void)?
            do throws(ProxyForwarder.Failure) {
                var passage = try forwarder.passage(of: sent)
                try await passage.changeBody(on: worker.loop)
                self.mirror(passage, by: forwarder, on: worker.loop)
                ended = sight.recorder?.passing(&passage)
                let cache = self.shop.cache
                let reply = try await forwarder.reply(to: passage, on: worker.loop, cache: cache)
                ended?(reply.recorded)
                cache.heed(request, status: reply.status)
                passed = FrontReply(passing: reply, to: request, endpoint: forwarder.plan.name)
            } catch {
                ended?(error.error == .cancelled ? .none : .failed(error.error.proxyStatusError))
                error.report(to: logger, of: forwarder.plan, requestID: request.id)
                passed = error.reply(endpoint: forwarder.plan.name)
            }
            sight.ended(&passed)
            return Admission.Answered(reply: passed, requests: 1)
        }
    }

    /// Sends a copy of a request that is there as a whole, if one is to be sent. On `loop`.
    func mirror(_ passage: ProxyPassage, by forwarder: ProxyForwarder, on loop: CurlLoop) {
        guard shop.takesChances, let copies = forwarder.copies, copies.takes(passage.request) else { return }
        let (shop, running) = (shop, running)
        guard let copy = copies.copy(of: passage) else { return shop.counts.mirrored(.dropped, to: copies.backend) }
        // Of no request: nobody waits for it but a stop of the gateway.
        running.begin()
        Task(executorPreference: loop) {
            defer { running.end() }
            shop.counts.mirrored(await copies.send(copy, on: loop), to: copies.backend)
        }
    }

    /// What the client says about caching (RFC 9111, sections 5.2.1 and 5.4).
    private static func cacheFields(of request: FrontRequest) -> [HeaderField] {
        ["cache-control", "pragma"].flatMap { name in
            request.headers[name].map { HeaderField(name: name, value: $0) }
        }
    }

    /// What is passed on of every request: the trace's context (W3C Trace Context) and the request's id.
    static func forwarded(from request: FrontRequest) -> [HeaderField] {
        var fields = [HeaderField(name: "X-Request-Id", value: request.id)]
        if let context = request.span?.context {
            // Where the request is traced, each of those to backends gets a span of its own in place of this.
            fields.append(HeaderField(name: "traceparent", value: context.traceparent))
            if !context.state.isEmpty { fields.append(HeaderField(name: "tracestate", value: context.state)) }
            return fields
        }
        for name in ["traceparent", "tracestate"] {
            let values = request.headers[name]
            guard !values.isEmpty, values.allSatisfy({ $0.utf8.count <= 512 }) else { continue }
            fields.append(HeaderField(name: name, value: values.joined(separator: ",")))
        }
        return fields
    }
}

private struct RunningComposition: FrontCancellation {
    let task: Task<Void, Never>

    func cancel() {
        task.cancel()
    }
}

extension Route {
    init(_ source: CompositionSet.Endpoint, _ endpoint: Endpoint) {
        let pattern = source.pattern
        self.init(pattern.method, pattern.segments.map(RouteSegment.init), match: source.match, endpoint)
    }
}

extension RouteSegment {
    init(_ segment: EndpointPattern.Segment) {
        switch segment {
        case .literal(let text): self = .literal(segment.decodedLiteral ?? text)
        case .parameter(let name): self = .parameter(name)
        case .rest(let name): self = .rest(name)
        }
    }
}

extension ResponseCache {
    /// A request that may have changed something makes what is kept for its own URL stale (RFC 9111, section 4.4).
    func heed(_ request: FrontRequest, status: Int) {
        let url = request.query.map { "\(request.path)?\($0)" } ?? request.path
        invalidate(method: request.method, url: url, status: status, headers: [HeaderField]())
    }
}
