import Composition
import CurlTransport
import Identity
import Logging
import NIOCore
import NIOHTTP1
import ResponseCache

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

        var isProxy: Bool {
            if case .proxy = kind { true } else { false }
        }
    }

    let running = RunningCompositions()
    private let router: Router<Endpoint>
    let shop: Workshop
    /// Whether any endpoint passes bodies on piece by piece.
    let hasStreams: Bool

    init(
        compositions: CompositionSet,
        backends: [String: BoundBackend],
        access: AccessPolicies,
        in shop: Workshop
    ) throws(StartFailure) {
        var routes: [Route<Endpoint>] = []
        func add(_ kind: Endpoint.Kind, _ pattern: EndpointPattern, _ rule: AccessRule?) throws(StartFailure) {
            guard let gatekeeper = access.gatekeeper(for: rule) else {
                throw StartFailure(
                    rule == nil
                        ? "the endpoint '\(pattern)' does not say who may use it"
                        : "the endpoint '\(pattern)' names an access policy that the settings lack"
                )
            }
            let endpoint = Endpoint(kind: kind, name: pattern.description, gatekeeper: gatekeeper)
            routes.append(Route(pattern, endpoint))
        }
        for plan in compositions.plans {
            guard let composer = Composer(plan: plan, backends: backends) else {
                throw StartFailure("the endpoint '\(plan.pattern)' names a backend that the settings lack")
            }
            try add(.composition(composer), plan.pattern, plan.access)
        }
        for plan in compositions.proxies {
            guard let forwarder = ProxyForwarder(plan: plan, backends: backends) else {
                throw StartFailure("the endpoint '\(plan.pattern)' names a backend that the settings lack")
            }
            try add(.proxy(forwarder), plan.pattern, plan.access)
        }
        do throws(RoutingError) {
            router = try Router(routes)
        } catch {
            throw StartFailure("endpoints conflict with each other: run 'medley check'")
        }
        self.shop = shop
        hasStreams = compositions.proxies.contains(where: \.streams)
    }

    func handle(_ request: FrontRequest, respond: Responder) -> any FrontCancellation {
        switch find(method: request.method, path: request.path) {
        case .endpoint(let endpoint, let parameters):
            return admit(request, to: endpoint, parameters: parameters, respond: respond)
        case .reply(let reply):
            respond.send(reply)
            return NothingToCancel()
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
            respond.send(denial.reply(endpoint: endpoint.name))
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
                    respond.send(denial.reply(endpoint: endpoint.name))
                case .later:
                    respond.send(Problem(status: 503).reply(log: ReplyLog(endpoint: endpoint.name)))
                }
                return NothingToCancel()
            }
        }
    }

    private func serve(
        _ request: FrontRequest,
        _ endpoint: Endpoint,
        parameters: [Substring],
        respond: Responder
    ) -> any FrontCancellation {
        switch endpoint.kind {
        case .composition(let composer):
            compose(request, composer, parameters: parameters, respond: respond)
        case .proxy(let forwarder):
            pass(
                request,
                to: forwarder,
                hiding: endpoint.gatekeeper.hiddenHeaders,
                parameters: parameters,
                respond: respond
            )
        }
    }

    func refusal(method: String, path: String) -> FrontReply? {
        if case .reply(let reply) = find(method: method, path: path) { reply } else { nil }
    }

    enum Destination {
        case endpoint(Endpoint, parameters: [Substring])
        /// What needs no endpoint, and nothing of the request but its first line.
        case reply(FrontReply)
    }

    func find(method: String, path: String) -> Destination {
        if let reply = shop.health.reply(method: method, path: path) { return .reply(reply) }
        // About the server as a whole (RFC 9110, section 9.3.7), which has nothing to say but that it is there.
        if path == "*" { return .reply(FrontReply(status: 204)) }
        return switch router.lookup(method: method, rawPath: path) {
        case .found(let endpoint, _) where endpoint.isProxy && method == "TRACE":
            // It would send credentials back to whoever asks (RFC 9110, section 9.3.8).
            .reply(Problem.methodNotAllowed(allow: []))
        case .found(let endpoint, _) where endpoint.isProxy && RoutePath.mayClimb(path):
            .reply(Problem.badRequest("The path has a dot segment that is hidden by an escape, ';' or '\\'.").reply())
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

    /// Starts the composition.
    ///
    /// This is the one place where a task begins without a parent: the front speaks in callbacks of the event loop. The
    /// connection owns the task: it cancels it when the client goes away, and drains only when it has replied.
    private func compose(
        _ request: FrontRequest,
        _ composer: Composer,
        parameters: [Substring],
        respond: Responder
    ) -> any FrontCancellation {
        let worker = shop.takeWorker()
        let headers = request.headers
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
            caller: request.caller.map { RequestCaller(consumer: $0.consumer, claims: $0.claims) }
        )
        guard composer.plan.cachesReplies else {
            let cache = shop.cache
            return start(request, composer, on: worker, respond: respond) {
                await composer.run(input, on: worker.loop, cache: cache)
            }
        }
        // A kept reply goes out from here: no hop, no task.
        switch shop.replies.lookUp(input, of: composer, headers: Self.cacheFields(of: request)) {
        case .reply(let reply):
            respond.send(FrontReply(reply, endpoint: composer.plan.name).answering(request))
            return NothingToCancel()
        case .stale(let reply, let miss):
            respond.send(FrontReply(reply, endpoint: composer.plan.name).answering(request))
            shop.replies.refresh(input, of: composer, miss, on: worker.loop)
            return NothingToCancel()
        case .miss(let miss):
            let replies = shop.replies
            return start(request, composer, on: worker, respond: respond) {
                await replies.reply(to: input, of: composer, miss, on: worker.loop)
            }
        }
    }

    private func start(
        _ request: FrontRequest,
        _ composer: Composer,
        on worker: Workshop.Worker,
        respond: Responder,
        _ compose: @escaping @Sendable () async -> EndpointReply
    ) -> any FrontCancellation {
        let (cache, logger) = (shop.cache, shop.logger)
        return start(on: worker, respond: respond) {
            let reply = await compose()
            cache.heed(request, status: reply.status)
            reply.report(to: logger, endpoint: composer.plan.name, requestID: request.id)
            return FrontReply(reply, endpoint: composer.plan.name).answering(request)
        }
    }

    private func start(
        on worker: Workshop.Worker,
        respond: Responder,
        _ reply: @escaping @Sendable () async -> FrontReply
    ) -> any FrontCancellation {
        let running = running
        running.begin()
        let task = Task(executorPreference: worker.loop) {
            defer { running.end() }
            let sent = await reply()
            // The outbox is the loop's thread's; when the loop has ended, its last tasks end elsewhere.
            if worker.loop.isCurrent { worker.outbox.add(sent, to: respond) } else { respond.send(sent) }
        }
        return RunningComposition(task: task)
    }

    /// Passes a request on, as a composition is started.
    private func pass(
        _ request: FrontRequest,
        to forwarder: ProxyForwarder,
        hiding hidden: [String],
        parameters: [Substring],
        respond: Responder
    ) -> any FrontCancellation {
        let worker = shop.takeWorker()
        let sent = Self.sent(request, hiding: hidden, parameters: parameters.map(String.init))
        let cache = shop.cache
        let logger = shop.logger
        return start(on: worker, respond: respond) {
            do throws(ProxyForwarder.Failure) {
                let reply = try await forwarder.reply(to: sent, on: worker.loop, cache: cache)
                cache.heed(request, status: reply.status)
                return FrontReply(passing: reply, to: request, endpoint: forwarder.plan.name)
            } catch {
                error.report(to: logger, of: forwarder.plan, requestID: request.id)
                return error.reply(endpoint: forwarder.plan.name)
            }
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
    init(_ pattern: EndpointPattern, _ endpoint: Endpoint) {
        self.init(pattern.method, pattern.segments.map(RouteSegment.init), endpoint)
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
