import Testing

@testable import CurlTransport

extension TransportTests {
    @Suite("Concurrency") struct Concurrency {
        @Test("parallel calls overlap, none being answered before all have arrived, and keep their connections")
        func overlap() async throws {
            let server = try EventServer(barrier: 50)
            try await withTransport { transport, backend in
                let loop = transport.loops[0]
                // The second fifty find fifty connections to use: libcurl has closed none for being too many.
                for _ in 0..<2 {
                    let bodies = try await withTaskExecutorPreference(loop) {
                        try await withThrowingTaskGroup(of: [UInt8].self) { group in
                            for number in 0..<50 {
                                group.addTask {
                                    #expect(CurlLoop.current === loop, "child tasks stay on the loop")
                                    let request = TransportRequest(backend: backend, url: server.url("/\(number)"))
                                    return try await loop.perform(request).body
                                }
                            }
                            return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
                        }
                    }
                    #expect(bodies.count == 50)
                }
            }
            #expect(server.connections.count == 50)
        }

        @Test("two thousand slow requests on one loop do not block each other, nor start a thread")
        func twoThousand() async throws {
            let server = try EventServer(barrier: 2_000)
            // The loop with this number is the only thread, of all tests', with its name.
            try await withTransport(
                loops: 8,
                configure: {
                    $0.maxInFlight = 2_000
                    $0.maxConnections = 2_000
                }
            ) { transport, backend in
                let loop = transport.loops[7]
                let requests = server.requests
                let done = try await withTaskExecutorPreference(loop) {
                    try await withThrowingTaskGroup(of: Bool.self) { group in
                        for number in 0..<2_000 {
                            group.addTask {
                                let path = "/\(number)"
                                let request = TransportRequest(backend: backend, url: server.url(path))
                                return try await loop.perform(request).body == Array(path.utf8)
                            }
                        }
                        group.addTask {
                            await requests.wait(for: 1_990)
                            return ProcessFacts.threads(named: "medley-loop-7") == 1
                        }
                        return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                    }
                }
                #expect(done == 2_001)
                #expect(server.connections.count == 2_000)
            }
        }

        @Test("waiters are sent in the order they came, and one too many is refused at once")
        func queueOrder() async throws {
            let held = Recorder<Bool>()
            let server = try ScriptedServer { connection in
                while let request = connection.readRequest() {
                    if request.line.contains("/first") { held.block(until: 1) }
                    connection.reply("")
                }
            }
            try await withTransport(configure: {
                $0.maxInFlight = 1
                $0.maxQueued = 5
            }) { transport, backend in
                let loop = transport.loops[0]
                let failures = try await withTaskExecutorPreference(loop) {
                    try await withThrowingTaskGroup(of: TransportError?.self) { group in
                        for path in ["/first", "/1", "/2", "/3", "/4", "/5", "/refused"] {
                            let request = TransportRequest(backend: backend, url: server.url(path))
                            group.addTask { await loop.failure(request) }
                        }
                        var failures: [TransportError] = []
                        for try await failure in group {
                            guard let failure else { continue }
                            failures.append(failure)
                            held.append(true)
                        }
                        return failures
                    }
                }
                #expect(failures == [.queueFull])
            }
            #expect(
                server.requests.all.map(\.line)
                    == ["/first", "/1", "/2", "/3", "/4", "/5"].map { "GET \($0) HTTP/1.1" }
            )
            #expect(server.connections.count == 1)
        }

        @Test("one backend's full queue does not hold up another backend")
        func independentBackends() async throws {
            let server = try EventServer()
            var full = BackendOptions(name: "full")
            full.maxInFlight = 1
            let transport = try CurlTransport(backends: [full, BackendOptions(name: "free")], loops: 1)
            let loop = transport.loops[0]
            let stalled = try #require(transport.backend(named: "full"))
            let free = try #require(transport.backend(named: "free"))
            #expect(transport.backend(named: "none") == nil)
            try await withTaskExecutorPreference(loop) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<10 {
                        let request = TransportRequest(backend: stalled, url: server.url("/stall"))
                        group.addTask { #expect(await loop.failure(request) == .cancelled) }
                    }
                    await server.requests.wait(for: 1)
                    let response = try await loop.perform(TransportRequest(backend: free, url: server.url("/free")))
                    #expect(response.status == 200)
                    group.cancelAll()
                }
            }
            await transport.shutdown()
        }

        @Test("loops are given out in turn, and the turn's end is announced on its loop")
        func loops() async throws {
            let server = try EventServer()
            try await withTransport(loops: 3) { transport, backend in
                #expect((0..<6).map { _ in transport.nextLoop().index } == [0, 1, 2, 0, 1, 2])
                let turns = Recorder<Bool>()
                let loop = transport.loops[1]
                loop.onTurnEnd { turns.append(CurlLoop.current === loop) }
                try await withTaskExecutorPreference(loop) {
                    _ = try await loop.perform(TransportRequest(backend: backend, url: server.url("/")))
                }
                await turns.wait(for: 2)
                #expect(turns.all.allSatisfy { $0 })
                #expect(CurlLoop.current == nil)
            }
        }
    }
}
