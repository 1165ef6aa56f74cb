import NIOHTTP1

/// Stands before the endpoints where ``EdgeSettings`` ask for anything: finds out who the client is, refuses addresses,
/// answers preflights, and has every reply finished.
final class EdgeHandler: FrontHandler {
    private let endpoints: CompositionHandler
    private let policy: EdgePolicy

    private init(_ endpoints: CompositionHandler, _ settings: EdgeSettings) {
        self.endpoints = endpoints
        policy = EdgePolicy(settings)
    }

    /// The endpoints themselves where there is nothing to do.
    static func wrap(_ endpoints: CompositionHandler, _ settings: EdgeSettings) -> any FrontHandler {
        settings.isEmpty ? endpoints : EdgeHandler(endpoints, settings)
    }

    func handle(_ request: FrontRequest, respond: Responder) -> any FrontCancellation {
        let settings = policy.settings
        let preflight =
            settings.cors == nil
            ? nil : CORSRules.Preflight(method: request.method, headers: request.headers)
        var respond = respond
        respond.finish = policy.finish(
            for: request.headers,
            isSecure: request.isSecure,
            isHead: request.isHead,
            isPreflight: preflight != nil
        )
        if !settings.addresses.isEmpty, !settings.addresses.admits(IPAddress(request.clientAddress)) {
            respond.send(Self.addressRefused)
        } else if let preflight, let cors = settings.cors {
            respond.send(answer(preflight, cors, path: request.path))
        } else {
            return endpoints.handle(request, respond: respond)
        }
        return NothingToCancel()
    }

    func endpoint(method: String, path: String) -> String? {
        endpoints.endpoint(method: method, path: path)
    }

    /// What is streamed is no preflight.
    func streams(_ question: RouteQuestion) -> Bool {
        if policy.settings.cors != nil, CORSRules.Preflight(method: question.method, headers: question.headers) != nil {
            return false
        }
        return endpoints.streams(question)
    }

    func stream(_ request: FrontRequest, body: StreamedBody, respond: Responder) -> any RequestStream {
        let settings = policy.settings
        var respond = respond
        respond.finish = policy.finish(
            for: request.headers,
            isSecure: request.isSecure,
            isHead: request.isHead,
            isPreflight: false
        )
        if !settings.addresses.isEmpty, !settings.addresses.admits(IPAddress(request.clientAddress)) {
            respond.send(Self.addressRefused)
            return NoStream()
        }
        return endpoints.stream(request, body: body, respond: respond)
    }

    /// No policy of the endpoint is asked: a browser sends no credentials with a preflight.
    private func answer(_ preflight: CORSRules.Preflight, _ cors: CORSRules, path: String) -> FrontReply {
        guard cors.origins.contains(preflight.origin) else { return CORSRules.originRefused.reply() }
        // Its header fields are not those of the request to come, so that no condition of an endpoint is asked.
        if let reply = endpoints.refusal(anyOf: preflight.method, path: path) { return reply }
        return cors.reply(to: preflight)
    }

    func refusal(of question: RouteQuestion) -> FrontReply? {
        endpoints.refusal(of: question)
    }

    func finish(_ refusal: FrontReply, headers: HTTPHeaders, isSecure: Bool, isHead: Bool) -> FrontReply {
        policy.finish(for: headers, isSecure: isSecure, isHead: isHead)(refusal)
    }

    func client(of headers: HTTPHeaders, peer: String) -> RequestClient? {
        guard let proxies = policy.settings.proxies, let peer = IPAddress(peer) else { return nil }
        let client = proxies.client(peer: peer) { headers[$0] }
        return RequestClient(address: client.address.description, isSecure: client.isSecure, field: proxies.field)
    }

    /// Whoever speaks for others is let in, and judged by whom it speaks for.
    func welcome(_ peer: IPAddress) -> PeerWelcome {
        let settings = policy.settings
        if settings.proxies?.trusted.contains(peer) == true { return .uncounted }
        return settings.addresses.deny.contains(peer) ? .refused : .counted
    }

    private static let addressRefused = Problem(
        status: 403,
        type: Problem.type("address-refused"),
        detail: "Requests from this address are not accepted."
    ).reply(log: ReplyLog(failure: "address;reason=refused"))
}

/// Who a request comes from, where that is not the connection's peer, or where it is known better.
struct RequestClient: Hashable, Sendable {
    var address: String
    /// Nil where nobody says so: then it is as secure as the connection.
    var isSecure: Bool?
    /// In which field trusted proxies say so. The other one is as the client has sent it.
    var field = ForwardedChain.Field.xForwardedFor
}

/// What becomes of a connection that has just come.
enum PeerWelcome: Hashable, Sendable {
    /// It is closed.
    case refused
    /// It is served, and counts among those of its address.
    case counted
    /// It is served: it is a proxy's, which has many.
    case uncounted
}
