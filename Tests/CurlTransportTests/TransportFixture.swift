@testable import CurlTransport

/// Runs `body` with a transport of one backend, and shuts it down.
func withTransport<Result>(
    loops: Int = 1,
    resolver: ResolverOptions = ResolverOptions(),
    configure: (inout BackendOptions) -> Void = { _ in },
    _ body: (CurlTransport, Backend) async throws -> Result
) async throws -> Result {
    var options = BackendOptions(name: "test")
    configure(&options)
    let transport = try CurlTransport(backends: [options], loops: loops, resolver: resolver)
    do {
        let result = try await body(transport, transport.backends[0])
        await transport.shutdown()
        return result
    } catch {
        await transport.shutdown()
        throw error
    }
}

extension CurlTransport {
    /// Performs one request on the next loop.
    func send(_ request: TransportRequest) async throws -> TransportResponse {
        let loop = nextLoop()
        return try await withTaskExecutorPreference(loop) { try await loop.perform(request) }
    }

    func get(_ url: String, _ backend: Backend, timeout: Duration = .seconds(20)) async throws -> TransportResponse {
        try await send(TransportRequest(backend: backend, url: url, timeout: timeout))
    }

    /// The error that a request fails with; nil when it succeeds.
    func failure(_ request: TransportRequest) async -> TransportError? {
        let loop = nextLoop()
        return await withTaskExecutorPreference(loop) { await loop.failure(request) }
    }
}

extension CurlLoop {
    /// The error that a request fails with; nil when it succeeds. On the loop.
    func failure(_ request: TransportRequest) async -> TransportError? {
        do {
            _ = try await perform(request)
            return nil
        } catch {
            return error
        }
    }
}
