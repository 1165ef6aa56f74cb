import NIOCore
import Testing

@testable import Gateway

@Suite("Front: time, leaving and draining", .timeLimit(.minutes(1)))
struct FrontLifecycleTests {
    private func limits(_ change: (inout FrontLimits) -> Void) -> FrontLimits {
        var limits = FrontLimits()
        change(&limits)
        return limits
    }

    @Test("a client that sends its head too slowly gets 408")
    func slowHead() async throws {
        try await withFront(limits: limits { $0.headerTimeout = .milliseconds(40) }) { server, _ in
            let client = try FrontTestClient(port: server.port)
            let reply = try await client.exchange("GET / HTTP/1.1\r\nHost: ")
            #expect(reply.status == 408)
            #expect(reply.header("connection") == "close")
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test("a client that sends its body too slowly gets 408")
    func slowBody() async throws {
        try await withFront(limits: limits { $0.bodyTimeout = .milliseconds(40) }) { server, _ in
            let client = try FrontTestClient(port: server.port)
            let reply = try await client.exchange("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n1")
            #expect(reply.status == 408)
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test("a connection without a request is closed in silence, before the first and between two")
    func idle() async throws {
        try await atSomePace { pace in
            try await withFront(limits: limits { $0.idleTimeout = .milliseconds(1500 * pace) }) { server, _ in
                let silent = try FrontTestClient(port: server.port)
                #expect(try await silent.readToEnd() == "")
                let client = try FrontTestClient(port: server.port)
                #expect(try await client.exchange(get("/a")).status == 200)
                #expect(try await client.readToEnd() == "")
                return true
            }
        }
    }

    @Test("a handler may take longer than every timeout of the client's")
    func slowHandler() async throws {
        let short = limits {
            $0.headerTimeout = .seconds(3)
            $0.bodyTimeout = .seconds(3)
            $0.idleTimeout = .seconds(3)
            $0.writeTimeout = .seconds(3)
        }
        try await withFront(limits: short) { server, handler in
            let client = try FrontTestClient(port: server.port)
            var events = handler.events.makeAsyncIterator()
            try await client.send(get("/wait/a"))
            #expect(await events.next() == .parked("a"))
            // Another connection's idle timeout is the clock: by then this one's would have acted as well.
            let clock = try FrontTestClient(port: server.port)
            #expect(try await clock.readToEnd() == "")
            handler.answer("a")
            #expect(try await client.reply().body == "a")
        }
    }

    @Test("a client that does not read is given up, and what it asked for is cancelled")
    func stalledReader() async throws {
        let short = limits {
            $0.writeTimeout = .milliseconds(60)
            $0.maxPipelinedRequests = 4
        }
        try await withFront(limits: short) { server, handler in
            let client = try FrontTestClient(port: server.port, receiveBuffer: 4096)
            var events = handler.events.makeAsyncIterator()
            try await client.send(get("/wait/first") + get("/wait/second"))
            #expect(await events.next() == .parked("first"))
            #expect(await events.next() == .parked("second"))
            handler.answer("first", String(repeating: "x", count: 20_000_000))
            #expect(await events.next() == .cancelled("second"))
        }
    }

    @Test("a client that reads slowly but steadily gets everything")
    func slowReader() async throws {
        try await withFront(limits: limits { $0.writeTimeout = .seconds(5) }) { server, _ in
            let client = try FrontTestClient(port: server.port, receiveBuffer: 4096)
            #expect(try await client.exchange(get("/big/3000000")).body.utf8.count == 3_000_000)
        }
    }

    @Test("a client that disconnects cancels everything it had in flight, by FIN or by RST", arguments: [true, false])
    func disconnect(withReset: Bool) async throws {
        try await withFront { server, handler in
            let client = try FrontTestClient(port: server.port)
            var events = handler.events.makeAsyncIterator()
            try await client.send(get("/wait/a") + get("/wait/b"))
            #expect(await events.next() == .parked("a"))
            #expect(await events.next() == .parked("b"))
            if withReset { client.reset() } else { client.disconnect() }
            #expect(await events.next() == .cancelled("a"))
            #expect(await events.next() == .cancelled("b"))
            handler.answer("a")
            let next = try FrontTestClient(port: server.port)
            #expect(try await next.exchange(get("/still-here")).status == 200)
        }
    }

    @Test("a disconnect is noticed while reading is paused")
    func disconnectWhilePaused() async throws {
        try await withFront(limits: limits { $0.maxPipelinedRequests = 1 }) { server, handler in
            let client = try FrontTestClient(port: server.port)
            var events = handler.events.makeAsyncIterator()
            try await client.send((0..<200).map { get("/wait/\($0)") }.joined())
            #expect(await events.next() == .parked("0"))
            client.disconnect()
            #expect(await events.next() == .cancelled("0"))
        }
    }

    @Test("a half-close counts as having left")
    func halfClose() async throws {
        try await withFront { server, handler in
            let client = try FrontTestClient(port: server.port)
            var events = handler.events.makeAsyncIterator()
            try await client.send(get("/wait/a"))
            #expect(await events.next() == .parked("a"))
            client.endOutput()
            #expect(await events.next() == .cancelled("a"))
        }
    }

    @Test("a request that was answered is not cancelled when the client leaves")
    func noLateCancel() async throws {
        try await withFront { server, handler in
            let client = try FrontTestClient(port: server.port)
            var events = handler.events.makeAsyncIterator()
            try await client.send(get("/wait/a"))
            #expect(await events.next() == .parked("a"))
            handler.answer("a")
            _ = try await client.reply()
            try await client.send(get("/wait/b"))
            #expect(await events.next() == .parked("b"))
            client.disconnect()
            #expect(await events.next() == .cancelled("b"))
        }
    }

    @Test("newcomers wait while the limit of connections is reached")
    func connectionLimit() async throws {
        try await withFront(limits: limits { $0.maxConnections = 1 }) { server, handler in
            var events = handler.events.makeAsyncIterator()
            let first = try FrontTestClient(port: server.port)
            try await first.send(get("/wait/a"))
            #expect(await events.next() == .parked("a"))
            let second = try FrontTestClient(port: server.port)
            try await second.send(get("/wait/b"))
            handler.answer("a")
            #expect(try await first.reply().body == "a")
            #expect(handler.responder("b") == nil)
            first.disconnect()
            #expect(await events.next() == .parked("b"))
            handler.answer("b")
            #expect(try await second.reply().body == "b")
        }
    }

    @Test("draining closes idle connections and lets requests in flight finish")
    func drain() async throws {
        try await withFront { server, handler in
            var events = handler.events.makeAsyncIterator()
            let idle = try FrontTestClient(port: server.port)
            #expect(try await idle.exchange(get("/a")).status == 200)
            let busy = try FrontTestClient(port: server.port)
            try await busy.send(get("/wait/a"))
            #expect(await events.next() == .parked("a"))
            async let cut = server.drain(within: .seconds(10))
            #expect(try await idle.readToEnd() == "")
            #expect(throws: FrontTestClient.Failure.self) { _ = try FrontTestClient(port: server.port) }
            handler.answer("a")
            let reply = try await busy.reply()
            #expect(reply.body == "a")
            #expect(reply.header("connection") == "close")
            #expect(try await busy.readToEnd() == "")
            #expect(await cut == 0)
        }
    }

    @Test("what is still in flight after the grace time is cut, cancelled and counted")
    func drainCuts() async throws {
        try await withFront(threads: 2) { server, handler in
            var events = handler.events.makeAsyncIterator()
            let clients = try (0..<3).map { _ in try FrontTestClient(port: server.port) }
            for (index, client) in clients.enumerated() {
                try await client.send(get("/wait/\(index)"))
                #expect(await events.next() == .parked("\(index)"))
            }
            #expect(await server.drain(within: .milliseconds(30)) == 3)
            var cancelled: Set<FrontTestHandler.Event> = []
            for _ in clients {
                if let event = await events.next() { cancelled.insert(event) }
            }
            #expect(cancelled == [.cancelled("0"), .cancelled("1"), .cancelled("2")])
            for client in clients { #expect(try await client.readToEnd() == "") }
        }
    }

    @Test("a request that is arriving when draining begins is still served")
    func drainWhileReceiving() async throws {
        try await withFront { server, _ in
            let client = try FrontTestClient(port: server.port)
            let head = "POST /p HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
            #expect(try await client.exchange(head).status == 100)
            let idle = try FrontTestClient(port: server.port)
            #expect(try await idle.exchange(get("/a")).status == 200)
            async let cut = server.drain(within: .seconds(10))
            #expect(try await idle.readToEnd() == "")
            let reply = try await client.exchange("ab")
            #expect(reply.body == "POST /p ?- @h ab")
            #expect(reply.header("connection") == "close")
            #expect(await cut == 0)
        }
    }
}
