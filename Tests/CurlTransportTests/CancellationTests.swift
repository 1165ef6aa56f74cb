import Testing

@testable import CurlTransport

extension TransportTests {
    @Suite("Cancellation") struct Cancellation {
        @Test("cancelling the task closes the transfer's connection, as the server sees")
        func seenByServer() async throws {
            let server = try EventServer()
            try await withTransport { transport, backend in
                let loop = transport.loops[0]
                let request = TransportRequest(backend: backend, url: server.url("/stall"))
                let task = Task(executorPreference: loop) { await loop.failure(request) }
                await server.requests.wait(for: 1)
                task.cancel()
                #expect(await task.value == .cancelled)
                await server.closed.wait(for: 1)
            }
        }

        @Test("a task that is cancelled already sends nothing")
        func beforehand() async throws {
            let server = try EventServer()
            try await withTransport { transport, backend in
                let loop = transport.loops[0]
                let request = TransportRequest(backend: backend, url: server.url("/"))
                let failure = await withTaskExecutorPreference(loop) {
                    await withTaskGroup(of: TransportError?.self) { group in
                        group.cancelAll()
                        group.addTask { await loop.failure(request) }
                        return await group.next() ?? nil
                    }
                }
                #expect(failure == .cancelled)
            }
            #expect(server.connections.count == 0)
        }

        @Test("a request that is to finish once sent outlives its task's cancellation, one that waits does not")
        func finishes() async throws {
            let cancelled = Recorder<Bool>()
            let server = try ScriptedServer { connection in
                guard connection.readRequest() != nil else { return }
                cancelled.block(until: 1)
                connection.reply("done")
            }
            try await withTransport(configure: { $0.maxInFlight = 1 }) { transport, backend in
                let loop = transport.loops[0]
                var request = TransportRequest(backend: backend, method: "POST", url: server.url("/"), body: [1])
                request.finishesWhenCancelled = true
                let fixed = request
                let sent = Task(executorPreference: loop) { await loop.failure(fixed) }
                await server.requests.wait(for: 1)
                let waiting = Task(executorPreference: loop) { await loop.failure(fixed) }
                waiting.cancel()
                #expect(await waiting.value == .cancelled)
                sent.cancel()
                cancelled.append(true)
                #expect(await sent.value == nil)
            }
            #expect(server.requests.count == 1)
        }

        @Test("a waiter of the queue is cancelled at once and its place given to the next")
        func whileQueued() async throws {
            let server = try EventServer()
            try await withTransport(configure: { $0.maxInFlight = 1 }) { transport, backend in
                let loop = transport.loops[0]
                func start(_ path: String) -> Task<TransportError?, Never> {
                    let request = TransportRequest(backend: backend, url: server.url(path))
                    return Task(executorPreference: loop) { await loop.failure(request) }
                }
                let first = start("/stall")
                await server.requests.wait(for: 1)
                let second = start("/second")
                let third = start("/third")
                second.cancel()
                #expect(await second.value == .cancelled)
                first.cancel()
                #expect(await third.value == nil)
            }
            #expect(server.requests.all == ["/stall", "/third"])
        }

        @Test("twenty thousand transfers, cancelled at random from three sides, each end once and with their own body")
        func stress() async throws {
            let server = try EventServer()
            try await withTransport(configure: { $0.maxInFlight = 48 }) { transport, backend in
                let loop = transport.loops[0]
                await withTaskGroup(of: Void.self) { group in
                    for worker in 0..<64 {
                        group.addTask {
                            for step in 0..<313 {
                                await Self.one(worker * 1_000 + step, server: server, loop: loop, backend: backend)
                            }
                        }
                    }
                }
                let body = try await transport.get(server.url("/after"), backend).body
                #expect(body == Array("/after".utf8))
            }
        }

        /// One transfer; how it is treated depends on its number.
        private static func one(_ number: Int, server: EventServer, loop: CurlLoop, backend: Backend) async {
            let kind = number % 5
            let path = kind == 1 || kind == 3 ? "/stall/\(number)" : "/\(number)"
            var request = TransportRequest(backend: backend, url: server.url(path))
            if kind == 3 { request.timeout = .milliseconds(1 + number % 3) }
            let fixed = request
            let task = Task(executorPreference: loop) { () async -> Result<[UInt8], TransportError> in
                if kind == 4 {
                    // Cancelled on the loop itself, by a sibling.
                    return await withTaskGroup(of: Result<[UInt8], TransportError>?.self) { group in
                        group.addTask { await outcome(fixed, on: loop) }
                        group.addTask {
                            for _ in 0..<(number % 7) { await Task.yield() }
                            return nil
                        }
                        var result: Result<[UInt8], TransportError>?
                        while let next = await group.next() {
                            if let next { result = next } else { group.cancelAll() }
                        }
                        return result ?? .failure(.cancelled)
                    }
                }
                return await outcome(fixed, on: loop)
            }
            if kind == 1 || kind == 2 {
                for _ in 0..<(number % 11) { await Task.yield() }
                task.cancel()
            }
            switch await task.value {
            case .success(let body): #expect(body == Array(path.utf8))
            case .failure(.cancelled): #expect(kind == 1 || kind == 2 || kind == 4)
            case .failure(.timeout): #expect(kind == 3)
            case .failure(let error): Issue.record(error)
            }
        }

        private static func outcome(
            _ request: TransportRequest,
            on loop: CurlLoop
        ) async -> Result<[UInt8], TransportError> {
            do {
                return .success(try await loop.perform(request).body)
            } catch {
                return .failure(error)
            }
        }
    }

    @Suite("Deadlines") struct Deadlines {
        private let brief = Duration.milliseconds(500)

        @Test("time runs out in the queue")
        func queued() async throws {
            let server = try EventServer()
            try await withTransport(configure: { $0.maxInFlight = 1 }) { transport, backend in
                let loop = transport.loops[0]
                let stalled = TransportRequest(backend: backend, url: server.url("/stall"))
                let task = Task(executorPreference: loop) { await loop.failure(stalled) }
                await server.requests.wait(for: 1)
                let late = TransportRequest(backend: backend, url: server.url("/late"), timeout: brief)
                #expect(await transport.failure(late) == .timeout(.queued))
                task.cancel()
                _ = await task.value
            }
            #expect(server.requests.all == ["/stall"])
        }

        @Test("time spent in the queue is not given back")
        func queueCounts() async throws {
            let server = try EventServer()
            try await withTransport(configure: { $0.maxInFlight = 1 }) { transport, backend in
                let clock = ContinuousClock()
                let begun = clock.now
                let loop = transport.loops[0]
                let failures = await withTaskExecutorPreference(loop) {
                    await withTaskGroup(of: TransportError?.self) { group in
                        for milliseconds in [1000, 2000] {
                            let request = TransportRequest(
                                backend: backend,
                                url: server.url("/stall"),
                                timeout: .milliseconds(milliseconds)
                            )
                            group.addTask { await loop.failure(request) }
                        }
                        return await group.reduce(into: []) { $0.append($1) }
                    }
                }
                #expect(failures == [.timeout(.waiting), .timeout(.waiting)])
                // One after the other, 1 s and then 1 s of its 2 s: had the second its 2 s anew, this would be 3 s.
                #expect(clock.now - begun < .milliseconds(2900))
            }
        }

        @Test("time runs out while connecting, by the request's time or by the one for connecting")
        func connecting() async throws {
            // The handshake's first message is never answered.
            let server = try ScriptedServer { $0.waitForClose() }
            let url = "https://127.0.0.1:\(server.port)/"
            try await withTransport { transport, backend in
                let request = TransportRequest(backend: backend, url: url, timeout: brief)
                #expect(await transport.failure(request) == .timeout(.connecting))
            }
            try await withTransport(configure: { $0.connectTimeout = brief }) { transport, backend in
                let request = TransportRequest(backend: backend, url: url, timeout: .seconds(60))
                #expect(await transport.failure(request) == .timeout(.connecting))
            }
        }

        @Test("a request that waits for another's HTTP/2 connection ends in its own time")
        func waitingForAnother() async throws {
            let server = try ScriptedServer { $0.waitForClose() }
            let url = "https://127.0.0.1:\(server.port)/"
            try await withTransport(
                configure: {
                    $0.http2 = true
                    $0.connectTimeout = .seconds(60)
                },
                { transport, backend in
                    let loop = transport.loops[0]
                    await withTaskExecutorPreference(loop) {
                        await withTaskGroup(of: TransportError?.self) { group in
                            for timeout in [Duration.seconds(60), brief, brief] {
                                let request = TransportRequest(backend: backend, url: url, timeout: timeout)
                                group.addTask { await loop.failure(request) }
                            }
                            // The two brief ones; the third goes on, until it is cancelled.
                            for _ in 0..<2 {
                                guard case .timeout? = await group.next() ?? nil else {
                                    Issue.record("a brief request did not time out")
                                    continue
                                }
                            }
                            group.cancelAll()
                            #expect(await group.next() == .cancelled)
                        }
                    }
                }
            )
        }

        @Test("time runs out while waiting for the first byte")
        func waiting() async throws {
            let server = try EventServer()
            try await withTransport { transport, backend in
                let request = TransportRequest(backend: backend, url: server.url("/stall"), timeout: brief)
                #expect(await transport.failure(request) == .timeout(.waiting))
                await server.closed.wait(for: 1)
            }
        }

        @Test("time runs out while reading")
        func reading() async throws {
            let server = try ScriptedServer { connection in
                _ = connection.readRequest()
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
                connection.waitForClose()
            }
            try await withTransport { transport, backend in
                let request = TransportRequest(backend: backend, url: server.url("/"), timeout: brief)
                #expect(await transport.failure(request) == .timeout(.reading))
            }
        }

        @Test("a request without time is not sent", arguments: [Duration.zero, .seconds(-1)])
        func none(timeout: Duration) async throws {
            let server = try EventServer()
            try await withTransport { transport, backend in
                let request = TransportRequest(backend: backend, url: server.url("/"), timeout: timeout)
                #expect(await transport.failure(request) == .timeout(.queued))
            }
            #expect(server.connections.count == 0)
        }

        @Test("a timeout of ages is as good as none")
        func ages() async throws {
            let server = try EventServer()
            try await withTransport { transport, backend in
                let response = try await transport.get(server.url("/"), backend, timeout: .seconds(Int64.max))
                #expect(response.status == 200)
            }
        }
    }
}
