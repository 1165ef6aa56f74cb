import CurlTransport
import Replay
import Testing

@testable import Recording

/// A client over the transport that the gateway uses, for one server.
struct TransportClient {
    let transport: CurlTransport
    let url: String

    static func with<Result>(
        _ url: String,
        _ body: (TransportClient) async throws -> Result
    ) async throws -> Result {
        let transport = try CurlTransport(backends: [BackendOptions(name: "server")], loops: 1)
        do {
            let result = try await body(TransportClient(transport: transport, url: url))
            await transport.shutdown()
            return result
        } catch {
            await transport.shutdown()
            throw error
        }
    }

    func ask(_ target: String) async -> Result<TransportResponse, TransportError> {
        await ask("GET", target)
    }

    func ask(
        _ method: String,
        _ target: String,
        headers: [HeaderField] = [],
        body: [UInt8]? = nil,
        timeout: Duration = .seconds(20)
    ) async -> Result<TransportResponse, TransportError> {
        let request = TransportRequest(
            backend: transport.backends[0],
            method: method,
            url: url + target,
            headers: headers,
            body: body,
            timeout: timeout
        )
        let loop = transport.nextLoop()
        return await withTaskExecutorPreference(loop) {
            do throws(TransportError) {
                return .success(try await loop.perform(request))
            } catch {
                return .failure(error)
            }
        }
    }
}

/// Fixture backends for the time of `body`.
func withReplay<Result>(
    _ fixtures: [String: [Fixture]],
    _ body: (ReplayServers) async throws -> Result
) async throws -> Result {
    let servers = try await ReplayServers.start(set: FixtureSet(backends: fixtures))
    do {
        let result = try await body(servers)
        await servers.shutdown()
        return result
    } catch {
        await servers.shutdown()
        throw error
    }
}
