import Composition
import CurlTransport
import Identity
import RateLimits
import ResponseCache

/// Requests that a proxy passes on piece by piece: all of those without a cache.
extension CompositionHandler {
    func streams(_ question: RouteQuestion) -> Bool {
        guard hasStreams, question.method != "HEAD" else { return false }
        var selecting: [String] = []
        guard case .endpoint(let endpoint, _) = find(question, selecting: &selecting),
            case .proxy(let forwarder) = endpoint.kind
        else { return false }
        return forwarder.plan.streams
    }

    func stream(_ request: FrontRequest, body: StreamedBody, respond: Responder) -> any RequestStream {
        var respond = respond
        guard case .endpoint(let endpoint, let parameters) = find(request.question, selecting: &respond.selecting),
            case .proxy(let forwarder) = endpoint.kind
        else {
            respond.send(Problem.noEndpoint.reply())
            return NoStream()
        }
        if case .length(let length) = body, let limit = forwarder.plan.maxRequestBody, length > limit {
            respond.send(Problem.bodyTooLarge(limit: limit).reply(log: ReplyLog(endpoint: endpoint.name)))
            return NoStream()
        }
        guard let respond = limitBeforeAccess(request, endpoint, respond: respond) else { return NoStream() }
        let stream = ProxyStream(forwarder.plan, body: body, respond: respond)
        let worker = shop.takeWorker()
        let names = parameters.map(String.init)
        let decision = admit(request, to: endpoint, respond: respond) { request in
            self.limit(request, endpoint, on: worker.loop, respond: respond) { fields in
                stream.replyFields = fields
                self.begin(stream, request, to: endpoint, forwarder, parameters: names, on: worker.loop)
                return NothingToCancel()
            }
        }
        stream.waits(for: decision)
        return stream
    }

    /// Counts the request against the endpoint's limits, and goes on when they let it.
    private func limit(
        _ request: FrontRequest,
        _ endpoint: Endpoint,
        on loop: CurlLoop,
        respond: Responder,
        then goOn: @escaping @Sendable (_ fields: [(String, String)]) -> any FrontCancellation
    ) -> any FrontCancellation {
        let limits = endpoint.limits
        guard !limits.isEmpty else { return goOn([]) }
        let keys = limits.keys(request)
        let conclude: @Sendable (EndpointLimits.Decision) -> any FrontCancellation = { decision in
            switch decision {
            case .admitted(let receipt):
                return goOn(receipt.fields)
            case .refused(let reply):
                respond.send(reply)
                return NothingToCancel()
            }
        }
        guard limits.areShared else { return conclude(limits.decide(keys, at: EndpointLimits.now())) }
        return respond.later(on: loop, running, { await limits.decide(keys, on: loop) }, then: conclude)
    }

    private func begin(
        _ stream: ProxyStream,
        _ request: FrontRequest,
        to endpoint: Endpoint,
        _ forwarder: ProxyForwarder,
        parameters: [String],
        on loop: CurlLoop
    ) {
        let cache = shop.cache
        let sent = sent(request, by: forwarder, of: endpoint.gatekeeper, parameters: parameters)
        var passage: ProxyPassage
        do throws(ProxyForwarder.Failure) {
            passage = try forwarder.passage(of: sent)
        } catch {
            error.report(to: shop.logger, of: forwarder.plan, requestID: request.id)
            return stream.refuse(error.reply(endpoint: endpoint.name))
        }
        let sight = shop.sight.of(request)
        let ended = sight.recorder?.passing(&passage)
        var pass = ProxyStream.Pass(passage: passage, request: request, logger: shop.logger, sight: sight, ended: ended)
        pass.heed = { [passage] status, section in
            cache.heed(request, status: status)
            forwarder.heed(passage, status, section, cache)
        }
        if shop.takesChances, let copies = forwarder.copies, copies.takes(sent) {
            let shop = shop
            pass.copy = { [passage] body in
                guard let body else { return shop.counts.mirrored(.dropped, to: copies.backend) }
                var whole = passage
                whole.request.body = body
                let copied = whole
                loop.execute { self.mirror(copied, by: forwarder, on: loop) }
            }
        }
        stream.start(pass, on: loop, running)
    }

    /// A client's request as a proxy gets it: without the credentials that are for this gateway alone.
    func sent(
        _ request: FrontRequest,
        by forwarder: ProxyForwarder,
        of gatekeeper: Gatekeeper,
        parameters: [String]
    ) -> ProxyForwarder.Request {
        let hidden = gatekeeper.hiddenHeaders
        var sent = ProxyForwarder.Request(
            method: request.method,
            path: request.path,
            pathParameters: parameters,
            query: request.query,
            headers: request.headers.compactMap { field in
                hidden.contains { HeaderValidation.equalForBackends($0, field.name) }
                    ? nil : HeaderField(name: field.name, value: field.value)
            },
            body: request.body,
            forwarded: Self.forwarded(from: request)
        )
        sent.client = ClientOfRequest(
            address: request.clientAddress,
            peer: request.remoteAddress,
            host: request.host,
            isSecure: request.isSecure,
            toldIn: request.forwardedField == .forwarded ? .rfc7239 : .xForwarded
        )
        sent.credentials = gatekeeper.forwardedHeaders
        sent.id = request.id
        sent.time = WallClock.timestamp
        sent.caller = request.caller.map { RequestCaller(consumer: $0.consumer, claims: $0.claims) }
        sent.chance = shop.chance(forwarder.plan.takesChances)
        return sent
    }
}
