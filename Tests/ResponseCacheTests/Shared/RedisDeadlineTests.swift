import CurlTransport
import Testing

@testable import ResponseCache

extension RedisTests {
    @Suite("Deadlines and probes") struct Deadlines {
        private let key = Sample.key()

        /// Gives up soon, and asks nothing more of its own accord.
        private static let isQuick: @Sendable (inout RedisSettings) -> Void = { settings in
            settings.timeout = .milliseconds(30)
            settings.purgeCheckInterval = .seconds(600)
        }

        @Test("a request goes on at its deadline, and the reply that comes late is nobody else's")
        func lateReply() async throws {
            let late = EventLog<Void>()
            let entry = try #require(SharedEntry.encode(Sample.entry([1]), key: Sample.key("one")))
            let other = try #require(SharedEntry.encode(Sample.entry([2]), key: Sample.key("two")))
            @Sendable func bulk(_ bytes: [UInt8]) -> [UInt8] { Array("$\(bytes.count)\r\n".utf8) + bytes + [13, 10] }
            let server = try FakeRedis { connection in
                var count = 0
                while connection.readPastGreeting() != nil {
                    count += 1
                    if count == 1 {
                        connection.hold()
                        continue
                    }
                    late.block(until: 1)
                    connection.send(bulk(entry))
                    connection.release()
                    connection.send(bulk(other))
                }
            }
            defer { server.end() }
            try await withTier(server.address, settles: true, configure: Self.isQuick) { fixture in
                let (answer, time) = await fixture.timedGet(Sample.key("one"))
                #expect(answer.failure == .timeout)
                #expect(time >= .milliseconds(29) && time < .milliseconds(500))
                late.append(())
                let second = await fixture.get(Sample.key("two"))
                #expect(second.body == [2], "\(second)")
                #expect(fixture.tier.statistics.timeouts == 1 && fixture.tier.statistics.hits == 1)
            }
        }

        @Test("a hundred commands are under way on one connection, and each has its own reply")
        func pipelining() async throws {
            let server = try FakeRedis { connection in
                var words: [[String]] = []
                while let command = connection.readPastGreeting() {
                    words.append(command)
                    guard words.count == 100 else { continue }
                    for command in words { connection.send("-ERR \(command[1])\r\n") }
                }
            }
            defer { server.end() }
            try await withTier(server.address, settles: true) { fixture in
                let keys = SharedKey(prefix: "medley")
                await withTaskGroup(of: Void.self) { group in
                    for number in 0..<100 {
                        let key = Sample.key("\(number)")
                        group.addTask {
                            let message = "ERR \(String(decoding: keys.entry(key), as: UTF8.self))"
                            #expect(await fixture.get(key).failure == .reply(RedisErrorReply(message)))
                        }
                    }
                }
                #expect(server.commands.all.count { $0[0] == "GET" } == 100)
            }
        }

        @Test("more commands without a reply than may be are refused at once")
        func inFlight() async throws {
            let server = try FakeRedis { connection in
                while connection.readPastGreeting() != nil {}
            }
            defer { server.end() }
            try await withTier(server.address, settles: true, configure: { $0.maxInFlight = 4 }) { fixture in
                let waiting = (0..<4).map { number in Task { await fixture.get(Sample.key("\(number)")) } }
                await server.commands.wait { commands in commands.count { $0[0] == "GET" } == 4 }
                let (answer, time) = await fixture.timedGet(key)
                #expect(answer.failure == .tooManyInFlight && time < .seconds(1))
                await fixture.tier.shutdown()
                for task in waiting { #expect(await task.value.failure == .closed) }
            }
        }

        @Test("a server that answers nothing is sent one probe a second at the most, and no request")
        func probes() async throws {
            let server = try FakeRedis { connection in
                while connection.read() != nil {}
            }
            defer { server.end() }
            func configure(_ settings: inout RedisSettings) {
                settings.connectTimeout = .milliseconds(50)
                settings.breaker.longestPause = 1_000
            }
            try await withTier(server.address, loops: 2, connects: false, configure: configure) { fixture in
                // Both loops try once, and so does the one that would hear of purges; then there are probes alone.
                await server.connections.wait(for: 6)
                for _ in 0..<1_000 { #expect(await fixture.get(key).failure == .breakerOpen) }
                let times = server.connections.all
                for (one, next) in zip(times[3...], times[4...]) {
                    #expect(one.duration(to: next) >= .milliseconds(990))
                }
                #expect(!server.commands.all.contains { $0[0] == "GET" })
                #expect(fixture.tier.statistics.breakerIsOpen)
                #expect(fixture.log.all.count == 1)
            }
        }

        @Test("a server that has stopped to answer costs each of the first requests its deadline, then nothing")
        func silence() async throws {
            let server = try FakeRedis { connection in
                while connection.readPastGreeting() != nil { connection.hold() }
            }
            defer { server.end() }
            try await withTier(server.address, settles: true, configure: Self.isQuick) { fixture in
                for _ in 0..<5 {
                    let (answer, time) = await fixture.timedGet(key)
                    #expect(answer.failure == .timeout && time < .milliseconds(500))
                }
                for _ in 0..<100 {
                    let (answer, time) = await fixture.timedGet(key)
                    #expect(answer.failure == .breakerOpen && time < .milliseconds(20))
                }
                #expect(server.commands.all.count { $0[0] == "GET" } == 5)
                // This server answers probes.
                await fixture.waitFor("is back")
                #expect(!fixture.tier.statistics.breakerIsOpen)
            }
        }

        @Test("a connection that is lost now and then is renewed, at once if the last one held for a second")
        func renewal() async throws {
            let server = try FakeRedis { connection in
                if connection.number == 0 {
                    while let words = connection.readPastGreeting(), words[0] != "GET" {}
                } else {
                    while connection.readPastGreeting() != nil { connection.send("$-1\r\n") }
                }
            }
            defer { server.end() }
            try await withTier(server.address, settles: true, configure: { $0.breaker.shortestPause = 20 }) { fixture in
                guard case .connection? = await fixture.get(key).failure else {
                    Issue.record("the connection was not lost")
                    return
                }
                await fixture.waitFor("connected to", times: 2)
                #expect(await fixture.get(key).isAbsent)
                #expect(fixture.tier.statistics.reconnects == 1)
            }
        }

        @Test("a name that takes long to resolve holds no loop up")
        func slowName() async throws {
            let release = EventLog<Void>()
            let resolver = ResolverOptions { _ in
                release.block(until: 1)
                return .addresses(["127.0.0.1"])
            }
            let server = try FakeRedis { connection in
                while connection.readPastGreeting() != nil { connection.send("$-1\r\n") }
            }
            defer { server.end() }
            let address = "redis://cache.invalid:\(server.port)"
            try await withTier(address, resolver: resolver, connects: false) { fixture in
                let (answer, time) = await fixture.timedGet(key)
                #expect(answer.failure == .notConnected && time < .seconds(1))
                release.append(())
                await fixture.waitFor("connected to")
                #expect(await fixture.get(key).isAbsent)
            }
        }

        @Test("of a name's addresses the next one is tried when one refuses")
        func addresses() async throws {
            let resolver = ResolverOptions { _ in .addresses(["::1", "127.0.0.2", "127.0.0.1"]) }
            let server = try FakeRedis { connection in
                while connection.readPastGreeting() != nil { connection.send("$-1\r\n") }
            }
            defer { server.end() }
            let address = "redis://cache.invalid:\(server.port)"
            try await withTier(address, resolver: resolver, settles: true) { #expect(await $0.get(key).isAbsent) }
        }

        @Test("shutting the transport down answers who waits, without the tier's own shutdown")
        func transportFirst() async throws {
            let server = try FakeRedis { connection in
                while connection.readPastGreeting() != nil {}
            }
            defer { server.end() }
            try await withTier(server.address, settles: true) { fixture in
                let task = Task { await fixture.get(key) }
                await server.commands.wait { commands in commands.contains { $0[0] == "GET" } }
                await fixture.transport.shutdown()
                #expect(await task.value.failure == .closed)
                #expect(await fixture.get(key).failure == .closed)
                #expect(await fixture.tier.publish(.all) == .unavailable(.closed))
            }
        }
    }
}
