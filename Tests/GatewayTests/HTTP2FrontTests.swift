import NIOCore
import NIOHPACK
import Testing

@testable import Gateway

/// HTTP/2 over real sockets, frame by frame.
@Suite("HTTP/2: requests, deadlines and ends", .timeLimit(.minutes(1)))
struct HTTP2FrontTests {
    private static let clear: HTTP2Options = {
        var options = HTTP2Options()
        options.isCleartext = true
        return options
    }()

    @discardableResult
    private func serve<Result>(
        _ limits: FrontLimits = .patient,
        _ body: (FrontServer, FrontTestHandler) async throws -> Result
    ) async throws -> Result {
        try await withFront(limits: limits, http2: Self.clear, body)
    }

    @Test("requests share a connection, and are answered as they are ready")
    func multiplexed() async throws {
        try await serve { server, handler in
            let client = try await HTTP2TestClient(port: server.port)
            var events = handler.events.makeAsyncIterator()
            try await client.get(1, "/wait/a")
            #expect(await events.next() == .parked("a"))
            try await client.request(3, "POST", "/echo?q=1", isComplete: false)
            try await client.data(3, Array("bo".utf8))
            try await client.data(3, Array("dy".utf8), isComplete: true)
            let echo = try await client.reply(3)
            #expect(echo.status == 200 && echo.text == "POST /echo ?q=1 @h body")
            #expect(echo.headers.first(name: "content-length") == "\(echo.body.count)")
            #expect(echo.headers.first(name: "x-request-id") != nil)
            #expect(client.received(1).status == nil)
            handler.answer("a")
            #expect(try await client.reply(1).text == "a")
            client.disconnect()
        }
    }

    @Test("a request that is taken back is cancelled, and the others go on")
    func takenBack() async throws {
        try await serve { server, handler in
            let client = try await HTTP2TestClient(port: server.port)
            var events = handler.events.makeAsyncIterator()
            try await client.get(1, "/wait/a")
            #expect(await events.next() == .parked("a"))
            // CANCEL
            try await client.send(HTTP2TestClient.Kind.reset, stream: 1, [0, 0, 0, 8])
            #expect(await events.next() == .cancelled("a"))
            handler.answer("a")
            try await client.get(3, "/b")
            #expect(try await client.reply(3).status == 200)
            #expect(client.received(1).status == nil)
            client.disconnect()
        }
    }

    @Test("a client that leaves has all of its requests cancelled")
    func leaver() async throws {
        try await serve { server, handler in
            let client = try await HTTP2TestClient(port: server.port)
            var events = handler.events.makeAsyncIterator()
            try await client.get(1, "/wait/a")
            try await client.get(3, "/wait/b")
            let parked = [await events.next(), await events.next()]
            #expect(parked == [.parked("a"), .parked("b")])
            client.disconnect()
            let cancelled = Set([await events.next(), await events.next()])
            #expect(cancelled == [.cancelled("a"), .cancelled("b")])
        }
    }

    @Test("a drain tells clients to begin nothing new, and what they have begun is finished")
    func drained() async throws {
        try await serve { server, handler in
            let client = try await HTTP2TestClient(port: server.port)
            var events = handler.events.makeAsyncIterator()
            try await client.get(1, "/wait/a")
            #expect(await events.next() == .parked("a"))
            async let cut = server.drain(within: .seconds(50))
            while client.goAways.isEmpty { guard try await client.frame() != nil else { break } }
            #expect(client.goAways.first?.code == 0)
            handler.answer("a")
            let reply = try await client.reply(1)
            #expect(reply.text == "a" && reply.isComplete)
            try await client.readToEnd()
            let number = await cut
            #expect(number == 0)
        }
    }

    @Test("a drain waits for a client that takes its replies slowly, also for what the kernel has no room for")
    func drainedSlowly() async throws {
        try await serve { server, _ in
            let client = try await HTTP2TestClient(port: server.port, receiveBuffer: 65_536)
            client.opensWindows = false
            let streams = (0..<100).map { 1 + 2 * $0 }
            for stream in streams { try await client.request(stream, "GET", "/big/60000") }
            func received() -> Int { streams.reduce(0) { $0 + client.received($1).body.count } }
            // The window of the connection: all else waits for it.
            while received() < 65_535 { try await client.frame() }
            async let cut = server.drain(within: .seconds(50))
            // The server knows that nothing more will come: it ends with its last reply.
            while client.goAways.count < 2 { try await client.frame() }
            try await client.open(0, by: 1 << 30)
            // Everything is written at once, and is more than sockets hold.
            try await Task.sleep(for: .milliseconds(300))
            try await client.readToEnd()
            let complete = streams.count { client.received($0).isComplete }
            #expect(complete == 100 && received() == 6_000_000)
            let number = await cut
            #expect(number == 0)
        }
    }

    @Test("a client that says nothing is closed, before its preface and between requests")
    func silent() async throws {
        try await atSomePace { pace in
            var limits = FrontLimits()
            limits.headerTimeout = .milliseconds(1500 * pace)
            limits.idleTimeout = .milliseconds(1500 * pace)
            limits.lingerTimeout = .milliseconds(100)
            return try await serve(limits) { server, _ in
                let client = try await HTTP2TestClient(port: server.port)
                try? await client.get(1, "/a")
                defer { client.disconnect() }
                guard try await client.reply(1).status == 200 else { return false }
                try await client.readToEnd()
                #expect(client.goAways.first?.code == 0)
                // The preface alone is no HTTP/2 yet.
                let half = try FrontTestClient(port: server.port)
                try await half.send("PRI * HTTP/2.0\r\n\r\n")
                _ = try? await half.readToEnd()
                half.disconnect()
                return true
            }
        }
    }

    @Test("a body that is too slow is a 408, one that is too long a 413, and the connection lives on")
    func bodies() async throws {
        try await atSomePace { pace in
            var limits = FrontLimits.patient
            limits.bodyTimeout = .milliseconds(1500 * pace)
            limits.maxBodyBytes = 10
            return try await serve(limits) { server, _ in
                let client = try await HTTP2TestClient(port: server.port)
                defer { client.disconnect() }
                try await client.request(1, "POST", "/a", isComplete: false)
                try await client.data(1, [1])
                #expect(try await client.reply(1).status == 408)
                try await client.request(3, "POST", "/a", isComplete: false)
                try await client.data(3, [UInt8](repeating: 1, count: 11))
                let tooLong = try await client.reply(3).status
                guard tooLong != 408 else { return false }
                #expect(tooLong == 413)
                try await client.request(5, "POST", "/a", [("content-length", "11")], isComplete: false)
                #expect(try await client.reply(5).status == 413)
                try await client.get(7, "/a")
                #expect(try await client.reply(7).status == 200)
                return true
            }
        }
    }

    @Test("no more is sent than the client's window takes, and a client that takes nothing is reset")
    func windows() async throws {
        try await atSomePace { pace in
            var limits = FrontLimits.patient
            limits.writeTimeout = .milliseconds(2500 * pace)
            return try await serve(limits) { server, _ in
                let client = try await HTTP2TestClient(port: server.port, window: 1_000)
                defer { client.disconnect() }
                client.opensWindows = false
                try await client.get(1, "/big/200000")
                while client.received(1).body.count < 1_000, client.received(1).reset == nil {
                    try await client.frame()
                }
                #expect(client.received(1).body.count == 1_000)
                try await client.open(1, by: 500)
                while client.received(1).body.count < 1_500, client.received(1).reset == nil {
                    try await client.frame()
                }
                let reply = try await client.reply(1)
                guard reply.body.count != 1_000 else { return false }
                #expect(reply.body.count == 1_500 && !reply.isComplete && reply.reset != nil)
                client.opensWindows = true
                try await client.get(3, "/big/5")
                #expect(try await client.reply(3).text == "xxxxx")
                return true
            }
        }
    }

    @Test(
        "a request that breaks the rules is reset or refused, and the others go on",
        arguments: [
            [("X-Upper", "1")], [("connection", "close")], [("transfer-encoding", "chunked")], [("te", "gzip")],
            [(":path", "/b")], [("content-length", "-1")], [("x", "a\r\nb")], [("x", "a\0b")], [("host", "other")],
        ]
    )
    func rules(fields: [(String, String)]) async throws {
        try await serve { server, _ in
            let client = try await HTTP2TestClient(port: server.port)
            try await client.request(1, "GET", "/a", fields)
            let reply = try await client.reply(1)
            let isRefused = reply.reset != nil || reply.status == 400 || client.hasEnded
            #expect(isRefused, "\(fields): \(reply)")
            guard !client.hasEnded else { return }
            try await client.get(3, "/a")
            #expect(try await client.reply(3).status == 200)
            client.disconnect()
        }
    }

    @Test("a body of another length than announced is reset")
    func lengths() async throws {
        try await serve { server, _ in
            let client = try await HTTP2TestClient(port: server.port)
            try await client.request(1, "POST", "/a", [("content-length", "3")], isComplete: false)
            try await client.data(1, [1, 2, 3, 4], isComplete: true)
            let reply = try await client.reply(1)
            #expect(reply.reset == 1, "PROTOCOL_ERROR: \(reply)")
            try await client.get(3, "/a")
            #expect(try await client.reply(3).status == 200)
            client.disconnect()
        }
    }

    @Test("frames of no stream that is there, and garbage, end the connection with a GOAWAY")
    func garbage() async throws {
        try await serve { server, _ in
            let client = try await HTTP2TestClient(port: server.port)
            try await client.data(5, [1])
            try await client.readToEnd()
            #expect(client.goAways.contains { $0.code ?? 0 != 0 }, "\(client.goAways)")
            let other = try FrontTestClient(port: server.port)
            try await other.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + String(repeating: "z", count: 64))
            _ = try? await other.readToEnd()
            other.disconnect()
            let next = try await HTTP2TestClient(port: server.port)
            try await next.get(1, "/a")
            #expect(try await next.reply(1).status == 200)
            next.disconnect()
        }
    }
}

/// Bodies that pass through a proxy in pieces, over HTTP/2.
@Suite("HTTP/2: passing on", .timeLimit(.minutes(1)))
struct HTTP2PassingTests {
    private func serve(
        _ fixtures: [String],
        _ body: (HTTP2TestClient) async throws -> Void
    ) async throws {
        var options = HTTP2Options()
        options.isCleartext = true
        let named = Dictionary(uniqueKeysWithValues: fixtures.enumerated().map { ("shop/\($0.offset)", $0.element) })
        let proxy =
            #"{"endpoint": "ANY /p/{rest...}", "proxy": {"backend": "shop", "path": "/{rest}", "maxRequestBody": "1MiB"}}"#
        try await withGateway([proxy], fixtures: named, http2: options) { port, gateway, _ in
            let client = try await HTTP2TestClient(port: port)
            try await body(client)
            client.disconnect()
            _ = await gateway.stop()
        }
    }

    @Test("a body goes to the backend as it comes, with its length or without")
    func upload() async throws {
        let fixture = #"{"request": {"method": "PUT", "path": "/a", "bodyText": "one two"}, "response": {"body": 1}}"#
        try await serve([fixture]) { client in
            try await client.request(1, "PUT", "/p/a", isComplete: false)
            try await client.data(1, Array("one ".utf8))
            try await client.data(1, Array("two".utf8), isComplete: true)
            let first = try await client.reply(1)
            #expect(first.status == 200 && first.text == "1" && first.isComplete, "\(first)")
            try await client.request(
                3,
                "PUT",
                "/p/a",
                [("content-length", "7"), ("expect", "100-continue")],
                isComplete: false
            )
            while client.received(3).status != 100 { try await client.frame() }
            try await client.data(3, Array("one two".utf8), isComplete: true)
            let second = try await client.reply(3)
            #expect(second.status == 200 && second.text == "1", "\(second)")
        }
    }

    @Test("a body longer than the route allows is a 413, told or not")
    func tooLong() async throws {
        try await serve([#"{"request": {"method": "PUT", "path": "/a"}, "response": {"body": 1}}"#]) { client in
            try await client.request(1, "PUT", "/p/a", [("content-length", "1048577")], isComplete: false)
            #expect(try await client.reply(1).status == 413)
            try await client.request(3, "PUT", "/p/a", isComplete: false)
            for _ in 0..<65 {
                try await client.data(3, [UInt8](repeating: 1, count: 16_384))
                if client.received(3).status != nil { break }
            }
            #expect(try await client.reply(3).status == 413)
        }
    }

    @Test("a reply that breaks off is a reset, never an end")
    func brokenOff() async throws {
        let text = String(repeating: "x", count: 300_000)
        let fixture =
            #"{"request": {"path": "/a"}, "response": {"fault": "truncate", "bodyText": "\#(text)"}}"#
        try await serve([fixture]) { client in
            try await client.get(1, "/p/a")
            let reply = try await client.reply(1)
            // INTERNAL_ERROR; or nothing of it had been sent when it broke.
            #expect(reply.reset == 2 || reply.status == 502, "\(reply.status ?? 0) \(reply.body.count)")
            #expect(!reply.isComplete || reply.status == 502)
            try await client.get(3, "/p/none")
            #expect(try await client.reply(3).status != nil)
        }
    }

    @Test("a client that takes its request back is heard while the body passes, and so is one that stops")
    func takenBack() async throws {
        let text = String(repeating: "x", count: 1 << 20)
        let fixture = #"{"request": {"path": "/a"}, "response": {"bodyText": "\#(text)"}}"#
        try await serve([fixture]) { client in
            client.opensWindows = false
            try await client.get(1, "/p/a")
            while client.received(1).body.isEmpty { try await client.frame() }
            try await client.send(HTTP2TestClient.Kind.reset, stream: 1, [0, 0, 0, 8])
            client.opensWindows = true
            try await client.open(0, by: 1 << 20)
            try await client.get(3, "/p/a")
            let reply = try await client.reply(3)
            #expect(reply.body.count == 1 << 20 && reply.isComplete)
            try await client.request(5, "PUT", "/p/a", isComplete: false)
            try await client.data(5, [1])
            try await client.send(HTTP2TestClient.Kind.reset, stream: 5, [0, 0, 0, 8])
            try await client.get(7, "/p/a")
            #expect(try await client.reply(7).isComplete)
        }
    }
}
