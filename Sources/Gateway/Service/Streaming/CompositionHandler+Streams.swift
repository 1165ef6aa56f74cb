import Composition
import CurlTransport
import ResponseCache

/// Requests that a proxy passes on piece by piece: all of those without a cache.
extension CompositionHandler {
    func streams(method: String, path: String) -> Bool {
        guard hasStreams, method != "HEAD" else { return false }
        guard case .endpoint(let endpoint, _) = find(method: method, path: path) else { return false }
        guard case .proxy(let forwarder) = endpoint.kind else { return false }
        return forwarder.plan.streams
    }

    func stream(_ request: FrontRequest, body: StreamedBody, respond: Responder) -> any RequestStream {
        guard case .endpoint(let endpoint, let parameters) = find(method: request.method, path: request.path),
            case .proxy(let forwarder) = endpoint.kind
        else {
            respond.send(Problem.noEndpoint.reply())
            return NoStream()
        }
        if case .length(let length) = body, let limit = forwarder.plan.maxRequestBody, length > limit {
            respond.send(Problem.bodyTooLarge(limit: limit).reply(log: ReplyLog(endpoint: endpoint.name)))
            return NoStream()
        }
        let stream = ProxyStream(forwarder.plan, body: body, respond: respond)
        let shop = shop
        let running = running
        let names = parameters.map(String.init)
        let decision = admit(request, to: endpoint, respond: respond) { request in
            let pass = ProxyStream.Pass(forwarder: forwarder, request: request, logger: shop.logger) {
                status,
                section in
                shop.cache.heed(request, status: status)
                forwarder.heed(request.method, self.urls(of: request, names, forwarder), status, section, shop.cache)
            }
            stream.start(
                pass,
                hiding: endpoint.gatekeeper.hiddenHeaders,
                parameters: names,
                on: shop.takeWorker().loop,
                running
            )
            return NothingToCancel()
        }
        stream.waits(for: decision)
        return stream
    }

    private func urls(of request: FrontRequest, _ parameters: [String], _ forwarder: ProxyForwarder) -> String {
        forwarder.url(for: Self.sent(request, hiding: [], parameters: parameters))
    }

    /// A client's request as a proxy gets it.
    static func sent(_ request: FrontRequest, hiding hidden: [String], parameters: [String]) -> ProxyForwarder.Request {
        var sent = ProxyForwarder.Request(
            method: request.method,
            path: request.path,
            pathParameters: parameters,
            query: request.query,
            headers: request.headers.compactMap { field in
                hidden.contains { HeaderValidation.equal($0, field.name) }
                    ? nil : HeaderField(name: field.name, value: field.value)
            },
            body: request.body,
            forwarded: forwarded(from: request)
        )
        sent.client = ClientOfRequest(
            address: request.clientAddress,
            peer: request.remoteAddress,
            host: request.host,
            isSecure: request.isSecure
        )
        return sent
    }
}
