import Testing

@testable import CurlTransport

extension TransportTests {
    @Suite("Shutdown") struct Shutdown {
        @Test("what is in flight or waits fails as cancelled, connections are closed, the thread is gone")
        func inFlight() async throws {
            let server = try EventServer()
            var options = BackendOptions(name: "a")
            options.maxInFlight = 2
            let transport = try CurlTransport(backends: [options], loops: 10)
            let loop = transport.loops[9]
            let request = TransportRequest(backend: transport.backends[0], url: server.url("/stall"))
            let tasks = (0..<5).map { _ in Task(executorPreference: loop) { await loop.failure(request) } }
            await server.requests.wait(for: 2)
            #expect(ProcessFacts.threads(named: "medley-loop-9") == 1)
            await transport.shutdown()
            for task in tasks { #expect(await task.value == .cancelled) }
            await server.closed.wait(for: 2)
            #expect(ProcessFacts.clients(ofPort: server.port) == 0)
            #expect(ProcessFacts.threads(named: "medley-loop-9") == 0)

            // A task that still prefers the loop runs elsewhere, and its requests fail.
            #expect(await Task(executorPreference: loop) { await loop.failure(request) }.value == .cancelled)
            await transport.shutdown()
        }

        @Test("idle connections are closed too")
        func idleConnections() async throws {
            let server = try EventServer()
            let transport = try CurlTransport(backends: [BackendOptions(name: "a")], loops: 1)
            _ = try await transport.get(server.url("/"), transport.backends[0])
            #expect(ProcessFacts.clients(ofPort: server.port) == 1)
            await transport.shutdown()
            #expect(ProcessFacts.clients(ofPort: server.port) == 0)
        }

        @Test("a hundred transports leave no file open")
        func descriptors() async throws {
            let server = try EventServer()
            func once() async throws {
                try await withTransport(loops: 2) { transport, backend in
                    for _ in 0..<2 { _ = try await transport.get(server.url("/"), backend) }
                }
            }
            try await once()
            await server.closed.wait(for: 2)
            let before = ProcessFacts.descriptors()
            for _ in 0..<100 { try await once() }
            await server.closed.wait(for: 202)
            // Each transport has four descriptors besides its connections; other tests may run meanwhile.
            #expect(ProcessFacts.descriptors() < before + 100)
            #expect(ProcessFacts.clients(ofPort: server.port) == 0)
        }

        @Test("settings that cannot work are refused when the transport is made")
        func settings() {
            #expect(throws: TransportError.self) { try CurlTransport(backends: [], loops: 0) }
            #expect(throws: TransportError.self) {
                try CurlTransport(backends: [BackendOptions(name: "a"), BackendOptions(name: "a")], loops: 1)
            }
        }
    }
}
