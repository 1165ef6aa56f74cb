import Testing

@testable import CurlTransport

extension TransportTests {
    @Suite("Name resolution") struct Resolution {
        @Test("a name is looked up once for all who ask, and the backend hears its name")
        func once() async throws {
            let server = try EventServer(barrier: 30)
            let lookups = Recorder<String>()
            let resolver = ResolverOptions { host in
                lookups.append(host)
                return .addresses(["127.0.0.1"])
            }
            try await withTransport(resolver: resolver) { transport, backend in
                let loop = transport.loops[0]
                let url = "http://Users.Test:\(server.port)/"
                await withTaskExecutorPreference(loop) {
                    await withTaskGroup(of: Void.self) { group in
                        for _ in 0..<30 {
                            group.addTask {
                                #expect(await loop.failure(TransportRequest(backend: backend, url: url)) == nil)
                            }
                        }
                    }
                }
                let status = try await transport.get(url, backend).status
                #expect(status == 200)
                // A thread for each lookup would have its loop's name. Gateways of other tests have such loops, too.
                #expect(ProcessFacts.threads(named: "medley-loop-0") < 20)
            }
            #expect(lookups.all == ["users.test"])
        }

        @Test("the next address is tried when one refuses")
        func severalAddresses() async throws {
            let server = try EventServer()
            let resolver = ResolverOptions { _ in .addresses(["::1", "127.0.0.1"]) }
            try await withTransport(resolver: resolver) { transport, backend in
                let status = try await transport.get("http://a.test:\(server.port)/", backend).status
                #expect(status == 200)
            }
        }

        @Test("an unknown name could not be resolved")
        func unknown() async throws {
            try await withTransport { transport, backend in
                let request = TransportRequest(backend: backend, url: "http://no-such-name.invalid/")
                guard case .resolve = await transport.failure(request) else {
                    Issue.record("resolved")
                    return
                }
            }
        }

        @Test("the system's resolver knows the names of the machine")
        func system() {
            guard case .addresses(let addresses) = SystemResolver.addresses(of: "localhost") else {
                Issue.record("localhost is unknown")
                return
            }
            #expect(addresses.contains("127.0.0.1") || addresses.contains("::1"))
        }

        @Test("a resolver that does not answer holds up nobody, and its waiters end at once when cancelled or late")
        func slow() async throws {
            let server = try EventServer()
            let asked = Recorder<String>()
            let gate = Recorder<Bool>()
            let resolver = ResolverOptions { host in
                asked.append(host)
                if host == "slow.test" { gate.block(until: 1) }
                return .addresses(["127.0.0.1"])
            }
            try await withTransport(resolver: resolver) { transport, backend in
                let loop = transport.loops[0]
                func start(_ host: String, timeout: Duration = .seconds(60)) -> Task<TransportError?, Never> {
                    let url = "http://\(host):\(server.port)/\(host)"
                    let request = TransportRequest(backend: backend, url: url, timeout: timeout)
                    return Task(executorPreference: loop) { await loop.failure(request) }
                }
                let slow = start("slow.test")
                let patient = start("slow.test")
                await asked.wait(for: 1)
                // Each of these would wait for ever behind the slow one: it is let go last.
                #expect(await start("fast.test").value == nil)
                #expect(await start("127.0.0.1").value == nil)
                #expect(await start("slow.test", timeout: .milliseconds(50)).value == .timeout(.resolving))
                slow.cancel()
                #expect(await slow.value == .cancelled)
                gate.append(true)
                #expect(await patient.value == nil)
            }
            #expect(server.requests.all == ["/fast.test", "/127.0.0.1", "/slow.test"])
        }

        @Test("shutdown does not wait for a resolver")
        func shutdown() async throws {
            let asked = Recorder<Bool>()
            let gate = Recorder<Bool>()
            let resolver = ResolverOptions { _ in
                asked.append(true)
                gate.block(until: 1)
                return .failure(detail: "")
            }
            let transport = try CurlTransport(backends: [BackendOptions(name: "a")], loops: 1, resolver: resolver)
            let request = TransportRequest(backend: transport.backends[0], url: "http://slow.test/")
            async let failure = transport.failure(request)
            await asked.wait(for: 1)
            await transport.shutdown()
            #expect(await failure == .cancelled)
            gate.append(true)
        }
    }
}
