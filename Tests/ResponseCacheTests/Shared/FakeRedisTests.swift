import Testing

@testable import ResponseCache

extension RedisTests {
    /// A server that answers what no Redis does.
    @Suite("A server that cannot be trusted") struct FakeServer {
        private let key = Sample.key()

        /// What a get is answered with when the server answers the command like this.
        private func answer(
            _ reply: String,
            closes: Bool = false,
            configure: (inout RedisSettings) -> Void = { _ in }
        ) async throws -> SharedAnswer {
            let server = try FakeRedis { connection in
                while connection.readPastGreeting() != nil {
                    connection.send(reply)
                    if closes { return }
                }
            }
            defer { server.end() }
            return try await withTier(server.address, settles: true, configure: configure) { await $0.get(key) }
        }

        @Test(
            "what is not the protocol, or has another shape, is a failure of its kind",
            arguments: [
                "HTTP/1.1 400 Bad Request\r\n\r\n", "\0\0\0\0", "$-2\r\n", "$x\r\n", ":abc\r\n", "*-5\r\n",
                "*9999999999\r\n", "%1\r\n+a\r\n+b\r\n", "~1\r\n+a\r\n", ",1.5\r\n", "#t\r\n", "(123\r\n",
                ">2\r\n+message\r\n+x\r\n", "=5\r\ntxt:a\r\n", "_\r\n",
                String(repeating: "*1\r\n", count: 50), "*3\r\n$1\r\na\r\n!\r\n",
            ]
        )
        func garbage(reply: String) async throws {
            let failure = try await answer(reply).failure
            guard case .invalidReply? = failure else {
                Issue.record("\(reply.debugDescription): \(String(describing: failure))")
                return
            }
        }

        @Test(
            "replies that are right but none to GET are a failure",
            arguments: [":1\r\n", "+OK\r\n", "*1\r\n$1\r\na\r\n"]
        )
        func otherType(reply: String) async throws {
            guard case .invalidReply? = try await answer(reply).failure else {
                Issue.record("\(reply.debugDescription)")
                return
            }
        }

        @Test("an array of more elements than may be is refused before memory is taken for it")
        func arrayTooLarge() async throws {
            #expect(try await answer("*2147483647\r\n").failure == .tooLarge)
            #expect(try await answer("*1025\r\n").failure == .tooLarge)
        }

        @Test("a bulk larger than may be is refused while it comes")
        func bulkTooLarge() async throws {
            // The server then waits, and so would the request, to its deadline, for what is still to come.
            let part = "$100000000\r\n" + String(repeating: "x", count: 1_400_000)
            let failure = try await answer(part) { $0.maxEntry = 100_000 }.failure
            #expect(failure == .tooLarge)
        }

        @Test("many small strings of one reply count together")
        func sumTooLarge() async throws {
            let element = "$20000\r\n" + String(repeating: "x", count: 20_000) + "\r\n"
            let reply = "*100\r\n" + String(repeating: element, count: 100)
            #expect(try await answer(reply) { $0.maxEntry = 100_000 }.failure == .tooLarge)
        }

        @Test(
            "a connection that is cut within a reply is a failure at once",
            arguments: ["", "$", "$100\r\nab", "*2\r\n+a\r\n"]
        )
        func cut(reply: String) async throws {
            guard case .connection? = try await answer(reply, closes: true).failure else {
                Issue.record("\(reply.debugDescription)")
                return
            }
        }

        @Test("bytes that are no entry are a miss")
        func noEntry() async throws {
            #expect(try await answer("$5\r\nhello\r\n").isAbsent)
            #expect(try await answer("$0\r\n\r\n").isAbsent)
        }

        @Test(
            "errors have their kind",
            arguments: [
                ("LOADING Redis is loading the dataset in memory", RedisErrorReply.Kind.loading),
                ("NOAUTH Authentication required.", .notAuthenticated), ("NOPERM no", .noPermission),
                ("MOVED 3999 127.0.0.1:6381", .moved), ("ERR unknown command", .other), ("OOM command", .outOfMemory),
                ("READONLY You can't", .readOnly), ("", .other), ("MASTERDOWN Link", .loading),
                ("ERR Error running script (call to f_1): @user_script:8: -READONLY You", .readOnly),
                ("ERR invalid password", .wrongPassword), ("MISCONF Redis is configured", .writesRefused),
            ]
        )
        func errors(message: String, kind: RedisErrorReply.Kind) async throws {
            guard case .reply(let reply)? = try await answer("-\(message)\r\n").failure else {
                Issue.record("\(message)")
                return
            }
            #expect(reply.kind == kind && reply.message == message)
        }

        @Test("a reply that nobody has asked for ends the connection, not the process")
        func unasked() async throws {
            let server = try FakeRedis { connection in
                // More than there are commands at the beginning.
                connection.send(String(repeating: "+hello\r\n", count: 10))
                while connection.read() != nil {}
            }
            defer { server.end() }
            try await withTier(server.address, connects: false) { fixture in
                await fixture.waitFor("lost a connection")
                #expect(fixture.log.all.contains { $0.contains("nobody asked for") })
            }
        }

        @Test("a server with too many clients is one that cannot be asked")
        func tooManyClients() async throws {
            let server = try FakeRedis { $0.send("-ERR max number of clients reached\r\n") }
            defer { server.end() }
            try await withTier(server.address, connects: false) { fixture in
                await fixture.waitFor("is not asked until")
                #expect(
                    fixture.log.all.contains {
                        $0.contains("max number of clients") || $0.contains("connection failed")
                    }
                )
                #expect(await fixture.get(key).failure == .breakerOpen)
            }
        }

        @Test(
            "what comes to a subscriber and is no message ends that connection alone",
            arguments: [
                "+OK\r\n", ":1\r\n", "$-1\r\n", "*0\r\n", "*1\r\n$7\r\nmessage\r\n", "*3\r\n:1\r\n:1\r\n:1\r\n",
                "*3\r\n$11\r\nunsubscribe\r\n$16\r\n{medley}:purges:\r\n:0\r\n",
                "*3\r\n$11\r\nunsubscribe\r\n$15\r\n{medley}:purges\r\n+x\r\n",
                "*3\r\n$7\r\nmessage\r\n$5\r\nother\r\n$1\r\na\r\n", "*3\r\n*1\r\n+a\r\n+b\r\n+c\r\n",
                "*3\r\n$7\r\nmessage\r\n$15\r\n{medley}:purges\r\n$-1\r\n",
                "*3\r\n$7\r\nmessage\r\n$15\r\n{medley}:purges\r\n*1\r\n+a\r\n",
                "*4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$15\r\n{medley}:purges\r\n$1\r\na\r\n",
            ]
        )
        func subscriber(message: String) async throws {
            let server = try FakeRedis { connection in
                while let words = connection.read() {
                    switch words[0] {
                    case "PING": connection.send("+PONG\r\n")
                    case "MGET": connection.send("*2\r\n$1\r\n7\r\n$1\r\n0\r\n")
                    case "SUBSCRIBE":
                        connection.send("*3\r\n$9\r\nsubscribe\r\n$15\r\n{medley}:purges\r\n:1\r\n")
                        connection.send(message)
                    default: connection.send("$-1\r\n")
                    }
                }
            }
            defer { server.end() }
            try await withTier(server.address, configure: { $0.breaker.shortestPause = 20 }) { fixture in
                // The lane's, the subscriber's, and the one that takes that one's place.
                await server.connections.wait(for: 3)
                #expect(await fixture.get(key).isAbsent)
                #expect(fixture.tier.statistics.reconnects == 0)
            }
        }

        @Test("a message that is no purge is passed over")
        func noPurge() async throws {
            let isKnown = EventLog<Void>()
            let server = try FakeRedis { connection in
                while let words = connection.read() {
                    switch words[0] {
                    case "PING": connection.send("+PONG\r\n")
                    case "MGET": connection.send("*2\r\n$1\r\n7\r\n$1\r\n0\r\n")
                    case "SUBSCRIBE":
                        connection.send("*3\r\n$9\r\nsubscribe\r\n$15\r\n{medley}:purges\r\n:1\r\n")
                        isKnown.block(until: 1)
                        for text in ["nonsense", "7 1 uhttps://a/b"] {
                            connection.send("*3\r\n$7\r\nmessage\r\n$15\r\n{medley}:purges\r\n")
                            connection.send("$\(text.utf8.count)\r\n\(text)\r\n")
                        }
                    default: connection.send("$-1\r\n")
                    }
                }
            }
            defer { server.end() }
            try await withTier(server.address) { fixture in
                await fixture.resets.wait(for: 1)
                isKnown.append(())
                await fixture.purges.wait(for: 1)
                #expect(fixture.purges.all.map(\.target) == [.url("https://a/b")])
            }
        }
    }
}
