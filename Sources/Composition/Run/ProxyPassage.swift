public import CurlTransport
import Diagnostics
import JSONSlices
public import ResponseCache

extension ProxyForwarder {
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
        /// What the front calls the request.
        public var id = ""
        /// The time of day, as in ``EndpointRequest/time``.
        public var time: @Sendable () -> String = { "" }
        /// Nil for one who has not said.
        public var caller: RequestCaller?
        /// Names of the fields of `headers` that prove who asks, besides `Authorization`: in small letters.
        public var credentials: [String] = []
        /// As in ``EndpointRequest/chance``.
        public var chance: UInt64?

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

    /// Settles to whom a request goes.
    ///
    /// - Throws: where the request cannot be read, or what the file says of it cannot be made.
    public func passage(of request: Request) throws(Failure) -> ProxyPassage {
        let scope = try scope(of: request)
        var side = 0
        if let split = plan.split {
            do throws(RenderFailure) {
                side = try split.side(chance: request.chance, in: scope)
            } catch {
                throw Failure(unfit: error)
            }
        }
        return ProxyPassage(request: request, plan: plan, bound: sides[side], scope: scope)
    }

    private func scope(of request: Request) throws(Failure) -> RenderScope {
        guard !plan.slotSources.isEmpty else { return RenderScope(slots: []) }
        let headers = request.headers
        let endpointRequest = EndpointRequest(
            method: request.method,
            path: request.path,
            pathParameters: request.pathParameters,
            query: request.query,
            body: [],
            header: { name in headers.compactMap { HeaderValidation.equal($0.name, name) ? $0.value : nil } },
            forwarded: [],
            id: request.id,
            time: request.time,
            caller: request.caller,
            address: request.client?.address
        )
        var fields = RequestFields(endpointRequest)
        var slots: [JSONValue] = []
        do throws(RequestFailure) {
            for source in plan.slotSources {
                guard case .parameter(let index) = source else {
                    slots.append(try source.value(of: endpointRequest, &fields))
                    continue
                }
                let text = request.pathParameters.indices.contains(index) ? request.pathParameters[index] : ""
                guard let decoded = PercentDecoding.decode(text.utf8, plusIsSpace: false) else {
                    throw .parameter(
                        plan.pattern.parameterNames[index],
                        in: .path,
                        message: "is no percent-encoded UTF-8"
                    )
                }
                slots.append(.string(decoded))
            }
        } catch {
            throw Failure(error)
        }
        return RenderScope(slots: slots)
    }

    /// A reply's head says what it makes stale.
    public func heed(_ passage: ProxyPassage, _ status: Int, _ section: HeaderSection, _ cache: ResponseCache) {
        cache.invalidate(method: passage.request.method, url: passage.url, status: status, headers: section)
    }
}

extension ProxyForwarder.Failure {
    /// What the file says cannot be made of this request: all that is read is the client's.
    init(unfit failure: RenderFailure) {
        self.init(
            status: failure.reason == .limitExceeded ? 500 : 400,
            detail: "The request does not fit what the endpoint makes of it.",
            reason: failure.reason,
            error: .invalidRequest(detail: failure.detail)
        )
    }
}

/// One request on its way through a proxy: to whom it goes, and how it and its reply are changed.
public struct ProxyPassage: Sendable {
    public var request: ProxyForwarder.Request
    public let plan: ProxyPlan
    let bound: BoundBackend
    let scope: RenderScope

    /// Whom it goes to.
    public var backend: String { bound.backend.options.name }

    /// What is asked for.
    public var url: String { plan.url(for: request, at: bound.base) }

    /// The request as it is sent.
    public func transportRequest() throws(ProxyForwarder.Failure) -> TransportRequest {
        try transportRequest(to: bound)
    }

    func transportRequest(to bound: BoundBackend) throws(ProxyForwarder.Failure) -> TransportRequest {
        var sent = TransportRequest(
            backend: bound.backend,
            method: request.method,
            url: plan.url(for: request, at: bound.base),
            headers: try fields(to: bound),
            // A PUT without a body says so: some servers insist on a length.
            body: request.body.isEmpty && !["PUT", "PATCH"].contains(request.method) ? nil : request.body,
            timeout: plan.timeout ?? bound.timeout ?? CompositionReader.defaultTimeout
        )
        sent.passesThrough = true
        sent.finishesWhenCancelled = Call.isUnsafe(method: request.method)
        return sent
    }

    private func fields(to bound: BoundBackend) throws(ProxyForwarder.Failure) -> [HeaderField] {
        var headers = request.headers.endToEnd().filter { field in
            !ForwardedPolicy.claims.contains { HeaderValidation.equalForBackends($0, field.name) }
                && !HeaderValidation.isReserved(field.name) && !Self.isOwn(field.name)
                && !bound.headers.contains { HeaderValidation.equalForBackends($0.name, field.name) }
                && !(plan.changes.responseBody != nil && isAboutCoding(field.name))
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
        switch plan.changes.host {
        case .backend: break
        case .client:
            if let host = request.client?.host { headers.append(HeaderField(name: "Host", value: host)) }
        case .fixed(let host): headers.append(HeaderField(name: "Host", value: host))
        }
        do throws(RenderFailure) {
            return try plan.changes.request.applied(to: headers, in: scope)
        } catch {
            throw ProxyForwarder.Failure(unfit: error)
        }
    }

    /// Written anew for each request.
    private static func isOwn(_ name: String) -> Bool {
        ["host", "expect", "x-request-id", "traceparent", "tracestate", "content-length"].contains {
            HeaderValidation.equalForBackends($0, name)
        }
    }

    /// What asks for a part of a body, for a coded one, or for none where the client has it: a body that is read is wanted
    /// whole and plain.
    private func isAboutCoding(_ name: String) -> Bool {
        let always = ["accept-encoding", "range", "if-range"]
        let whenRead = ["if-none-match", "if-modified-since"]
        let isRead = request.method == "GET" || request.method == "HEAD"
        return (isRead ? always + whenRead : always).contains { HeaderValidation.equal($0, name) }
    }

    /// A reply's status and fields as the client gets them.
    ///
    /// - Parameter headers: the backend's.
    public func passedOn(
        status: Int,
        _ headers: [HeaderField]
    ) throws(ProxyForwarder.Failure) -> (status: Int, headers: [HeaderField]) {
        var passed = headers.endToEnd()
        if plan.access?.isProtected == true { passed.makePrivate() }
        passed.append(HeaderField(name: "Via", value: "1.1 medley"))
        do throws(RenderFailure) {
            passed = try plan.changes.response.applied(to: passed, in: scope)
        } catch {
            throw ProxyForwarder.Failure(
                status: 502,
                detail: "The reply could not be made as the endpoint wants it.",
                reason: error.reason,
                error: .badResponse(detail: error.detail)
            )
        }
        return (plan.changes.statuses[status] ?? status, passed)
    }
}

extension ProxyPlan {
    func url(for request: ProxyForwarder.Request, at base: String) -> String {
        var url = base
        if let path {
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
}
