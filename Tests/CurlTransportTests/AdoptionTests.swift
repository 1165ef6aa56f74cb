import Testing

@testable import CurlTransport

extension TransportTests {
    @Suite("Other backends while it runs") struct Adoption {
        @Test("a backend with the same options stays, with its connection; one with others is another")
        func sameAndChanged() async throws {
            let server = try EventServer()
            try await withTransport { transport, backend in
                _ = try await transport.get(server.url("/"), backend)
                var changed = BackendOptions(name: "other")
                changed.maxResponseBody = 1
                try await transport.adopt([backend.options, changed])
                let same = try #require(transport.backend(named: "test"))
                #expect(same === backend)
                _ = try await transport.get(server.url("/"), same)
                #expect(ProcessFacts.clients(ofPort: server.port) == 1)
                let other = try #require(transport.backend(named: "other"))
                let request = TransportRequest(backend: other, url: server.url("/long"))
                #expect(await transport.failure(request) == .tooLarge(limit: 1))
                #expect(transport.backends.map(\.name) == ["test", "other"])
            }
        }

        @Test("what is in flight on a backend that goes is finished, and what still asks it is served")
        func leaving() async throws {
            let server = try EventServer()
            try await withTransport { transport, backend in
                let request = TransportRequest(backend: backend, url: server.url("/stall"), timeout: .milliseconds(300))
                let stalled = Task { await transport.failure(request) }
                await server.requests.wait(for: 1)
                try await transport.adopt([BackendOptions(name: "new")])
                #expect(transport.backend(named: "test") == nil)
                #expect(try await transport.get(server.url("/"), backend).status == 200)
                #expect(await stalled.value == .timeout(.waiting))
            }
        }

        @Test("options that cannot be served change nothing")
        func refused() async throws {
            try await withTransport { transport, backend in
                let twice = [BackendOptions(name: "a"), BackendOptions(name: "a")]
                await #expect(throws: TransportError.self) { try await transport.adopt(twice) }
                var wrong = BackendOptions(name: "test")
                wrong.maxInFlight = 0
                await #expect(throws: TransportError.self) { try await transport.adopt([wrong]) }
                #expect(transport.backend(named: "test") === backend)
                #expect(transport.backend(named: "a") == nil)
            }
        }

        @Test("a thousand changes under load, from two tasks at once: every request is answered")
        func underLoad() async throws {
            let server = try EventServer()
            try await withTransport(loops: 2) { transport, _ in
                try await withThrowingTaskGroup { group in
                    for task in 0..<2 {
                        group.addTask {
                            for number in 0..<500 {
                                var options = BackendOptions(name: "test")
                                options.maxQueued = 1_000 + task * 500 + number
                                try await transport.adopt([options])
                            }
                        }
                    }
                    for _ in 0..<4 {
                        group.addTask {
                            for _ in 0..<250 {
                                let backend = try #require(transport.backend(named: "test"))
                                #expect(try await transport.get(server.url("/"), backend).status == 200)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }

        @Test("after the shutdown nothing is taken")
        func afterShutdown() async throws {
            let transport = try CurlTransport(backends: [BackendOptions(name: "a")], loops: 2)
            await transport.shutdown()
            await #expect(throws: TransportError.cancelled) {
                try await transport.adopt([BackendOptions(name: "b")])
            }
        }
    }
}
