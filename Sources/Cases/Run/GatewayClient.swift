public import CurlTransport
public import Gateway

/// Sends requests to gateways on loopback ports, as an app would.
///
/// Safe from any thread; `shutdown()` ends it.
public final class GatewayClient: Sendable {
    private let transport: CurlTransport
    private let backend: Backend
    /// For one reply, connecting included.
    private let timeout: Duration

    /// - Throws: `StartFailure` when the system refuses threads or descriptors.
    public init(timeout: Duration = .seconds(60)) throws(StartFailure) {
        do throws(TransportError) {
            transport = try CurlTransport(backends: [BackendOptions(name: "gateway")], loops: 1)
        } catch {
            throw StartFailure("a client cannot be made: \(error)")
        }
        guard let backend = transport.backend(named: "gateway") else { throw StartFailure("a client cannot be made") }
        self.backend = backend
        self.timeout = timeout
    }

    /// - Throws: `TransportError` when there is no reply.
    public func reply(to request: ClientRequest, from address: String) async throws -> TransportResponse {
        var headers = request.headers.map { HeaderField(name: $0.name, value: $0.value) }
        if request.body != nil, request.header("Content-Type") == nil {
            headers.append(HeaderField(name: "Content-Type", value: "application/json"))
        }
        if let claims = request.claims {
            let text = String(decoding: claims, as: UTF8.self)
            headers.append(HeaderField(name: ClientRequest.claimsHeader, value: text))
        }
        let request = TransportRequest(
            backend: backend,
            method: request.method,
            url: "http://\(address)\(request.target)",
            headers: headers,
            body: request.body,
            timeout: timeout
        )
        let loop = transport.nextLoop()
        return try await withTaskExecutorPreference(loop) { try await loop.perform(request) }
    }

    public func shutdown() async {
        await transport.shutdown()
    }
}
