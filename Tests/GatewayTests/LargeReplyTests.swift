import JSONSlices
import Logging
import NIOCore
import TestSupport
import Testing

@testable import Gateway

@Suite("Front: large replies", .serialized, .timeLimit(.minutes(1)))
struct LargeReplyTests {
    /// A body of ten megabytes whose places tell themselves apart, in pieces.
    private static let pieces: JSONPieces = {
        func run(_ count: Int, _ step: Int) -> ArraySlice<UInt8> {
            let bytes = (0..<count + 20).map { UInt8(truncatingIfNeeded: ($0 &* step) >> 4 & 0x3F) + 0x30 }
            return bytes[10..<count + 10]
        }
        return JSONPieces(
            Array("[".utf8),
            followedBy: [run(7_000_000, 7), run(1, 1), [][...], run(65_536, 3), run(2_900_000, 5), run(65_537, 9)]
        )
    }()

    private static let body = pieces.bytes

    private func reply(_ pieces: JSONPieces = Self.pieces, status: Int = 200) -> FrontReply {
        FrontReply(status: status, headers: [], body: pieces, log: ReplyLog())
    }

    private func head(_ client: FrontTestClient) async throws -> FrontTestClient.Reply {
        try await client.reply(toHead: true)
    }

    private func withSink(
        limits: FrontLimits = FrontLimits(),
        _ body: (FrontServer, FrontTestHandler) async throws -> Void
    ) async throws -> [AccessEntry] {
        let sink = LogSink()
        try await withFront(limits: limits, log: AccessLog(logger: Logger(label: "medley") { _ in sink }), body)
        return sink.entries.withLock { $0 }
    }

    @Test("a body in pieces arrives whole, and its connection goes on")
    func whole() async throws {
        let entries = try await withSink { server, handler in
            var events = handler.events.makeAsyncIterator()
            let client = try FrontTestClient(port: server.port)
            for name in ["a", "b"] {
                try await client.send(get("/wait/\(name)"))
                #expect(await events.next() == .parked(name))
                handler.responder(name)?.send(reply())
                let head = try await head(client)
                #expect(head.header("content-length") == "\(Self.body.count)")
                #expect(try await client.bytes(Self.body.count) == Self.body)
            }
            #expect(try await client.exchange(get("/next")).body == "GET /next ?- @h ")
        }
        #expect(entries.map(\.bytes) == [Self.body.count, Self.body.count, 16])
    }

    @Test("a client that reads a kilobyte at a time gets every byte")
    func slowly() async throws {
        try await withFront { server, handler in
            var events = handler.events.makeAsyncIterator()
            let client = try FrontTestClient(port: server.port, receiveBuffer: 4096)
            try await client.send(get("/wait/a"))
            #expect(await events.next() == .parked("a"))
            handler.responder("a")?.send(reply())
            _ = try await head(client)
            var received: [UInt8] = []
            for _ in 0..<2_000 { received += try await client.bytes(1024) }
            received += try await client.bytes(Self.body.count - received.count)
            #expect(received == Self.body)
        }
    }

    @Test("large replies of pipelined requests leave in the order of the requests")
    func pipelined() async throws {
        try await withFront { server, handler in
            var events = handler.events.makeAsyncIterator()
            let client = try FrontTestClient(port: server.port)
            try await client.send(get("/wait/a") + get("/wait/b") + get("/wait/c"))
            for name in ["a", "b", "c"] { #expect(await events.next() == .parked(name)) }
            let other = JSONPieces(Array("{".utf8), followedBy: [Self.body[5_000_000...]])
            handler.answer("c", "last")
            handler.responder("b")?.send(reply(other))
            handler.responder("a")?.send(reply())
            _ = try await head(client)
            #expect(try await client.bytes(Self.body.count) == Self.body)
            _ = try await head(client)
            #expect(try await client.bytes(other.count) == other.bytes)
            #expect(try await client.reply().body == "last")
        }
    }

    @Test("HEAD is told the length of all pieces and gets none", arguments: [200, 204, 304])
    func bodiless(status: Int) async throws {
        try await withFront { server, handler in
            var events = handler.events.makeAsyncIterator()
            let client = try FrontTestClient(port: server.port)
            try await client.send((status == 200 ? "HEAD" : "GET") + " /wait/a HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(await events.next() == .parked("a"))
            handler.responder("a")?.send(reply(status: status))
            let head = try await head(client)
            #expect(head.status == status)
            #expect(head.header("content-length") == (status == 200 ? "\(Self.body.count)" : nil))
            #expect(try await client.exchange(get("/next")).body == "GET /next ?- @h ")
        }
    }

    @Test("a reply that cannot be sent takes none of its pieces along")
    func impossible() async throws {
        try await withFront { server, handler in
            var events = handler.events.makeAsyncIterator()
            let client = try FrontTestClient(port: server.port)
            try await client.send(get("/wait/a"))
            #expect(await events.next() == .parked("a"))
            handler.responder("a")?.send(reply(status: 700))
            #expect(try await client.reply().status == 500)
            #expect(try await client.exchange(get("/next")).body == "GET /next ?- @h ")
        }
    }

    @Test("a client that leaves half-way is logged as gone, once, and nothing is left of it", arguments: [true, false])
    func leaving(withReset: Bool) async throws {
        let entries = try await withSink { server, handler in
            var events = handler.events.makeAsyncIterator()
            let client = try FrontTestClient(port: server.port, receiveBuffer: 4096)
            try await client.send(get("/wait/a") + get("/wait/b"))
            #expect(await events.next() == .parked("a"))
            #expect(await events.next() == .parked("b"))
            handler.responder("a")?.send(reply())
            _ = try await head(client)
            _ = try await client.bytes(100_000)
            if withReset { client.reset() } else { client.disconnect() }
            #expect(await events.next() == .cancelled("b"))
            let next = try FrontTestClient(port: server.port)
            #expect(try await next.exchange(get("/next")).status == 200)
            next.disconnect()
            #expect(await server.drain(within: .seconds(20)) == 0)
        }
        #expect(entries.map(\.path).sorted() == ["/next", "/wait/a", "/wait/b"])
        #expect(entries.filter { $0.path != "/next" }.map(\.status) == [499, 499])
    }

    @Test("a drain lets a large body that is being sent come to its end, and then closes")
    func draining() async throws {
        let entries = try await withSink { server, handler in
            var events = handler.events.makeAsyncIterator()
            let client = try FrontTestClient(port: server.port, receiveBuffer: 4096)
            let idle = try FrontTestClient(port: server.port)
            #expect(try await idle.exchange(get("/idle")).status == 200)
            try await client.send(get("/wait/a"))
            #expect(await events.next() == .parked("a"))
            handler.responder("a")?.send(reply())
            _ = try await head(client)
            var received = try await client.bytes(50_000)
            async let cut = server.drain(within: .seconds(30))
            // The drain has come to the connections when it has closed this one.
            #expect(try await idle.readToEnd() == "")
            received += try await client.bytes(Self.body.count - received.count)
            #expect(received == Self.body)
            #expect(try await client.readToEnd() == "")
            #expect(await cut == 0)
        }
        #expect(entries.map(\.status) == [200, 200])
    }

    @Test("a client that takes nothing of a large body is given up")
    func stalled() async throws {
        var limits = FrontLimits()
        limits.writeTimeout = .milliseconds(60)
        let entries = try await withSink(limits: limits) { server, handler in
            var events = handler.events.makeAsyncIterator()
            let client = try FrontTestClient(port: server.port, receiveBuffer: 4096)
            try await client.send(get("/wait/a") + get("/wait/b"))
            #expect(await events.next() == .parked("a"))
            #expect(await events.next() == .parked("b"))
            handler.responder("a")?.send(reply())
            #expect(await events.next() == .cancelled("b"))
            client.disconnect()
        }
        #expect(entries.map(\.status) == [499, 499])
    }

    @Test("a 100 (Continue) is not sent into the middle of a large body")
    func continueAfterBody() async throws {
        try await withFront { server, handler in
            var events = handler.events.makeAsyncIterator()
            let client = try FrontTestClient(port: server.port)
            let post = "POST /p HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
            try await client.send(get("/wait/a") + post)
            #expect(await events.next() == .parked("a"))
            handler.responder("a")?.send(reply())
            _ = try await head(client)
            #expect(try await client.bytes(Self.body.count) == Self.body)
            #expect(try await head(client).status == 100)
            #expect(try await client.exchange("ab").body == "POST /p ?- @h ab")
        }
    }

    @Test("a reply whose first piece fills the socket is sent and logged once")
    func largeFirstPiece() async throws {
        let pieces = JSONPieces(Array(Self.body[..<300_000]), followedBy: [Self.body[300_000..<400_000]])
        let entries = try await withSink { server, handler in
            var events = handler.events.makeAsyncIterator()
            let client = try FrontTestClient(port: server.port)
            try await client.send(get("/wait/a"))
            #expect(await events.next() == .parked("a"))
            handler.responder("a")?.send(reply(pieces))
            _ = try await head(client)
            #expect(try await client.bytes(400_000) == pieces.bytes)
            #expect(try await client.exchange(get("/next")).body == "GET /next ?- @h ")
        }
        #expect(entries.map(\.path) == ["/wait/a", "/next"])
    }

    @Test("requests that come while a large body is being sent are answered behind it")
    func meanwhile() async throws {
        try await withFront { server, handler in
            var events = handler.events.makeAsyncIterator()
            let client = try FrontTestClient(port: server.port)
            try await client.send(get("/wait/a"))
            #expect(await events.next() == .parked("a"))
            handler.responder("a")?.send(reply())
            _ = try await head(client)
            var received: [UInt8] = []
            for number in 0..<50 {
                try await client.send(get("/\(number)"))
                received += try await client.bytes(100_000)
            }
            received += try await client.bytes(Self.body.count - received.count)
            #expect(received == Self.body)
            for number in 0..<50 { #expect(try await client.reply().body == "GET /\(number) ?- @h ") }
        }
    }

    @Test("a large value of a backend reaches the client as it is, alone, in a reply, and twice")
    func passedThrough() async throws {
        var random = SeededGenerator(seed: 31)
        let words = (0..<70_000).map { "\"\($0) \(random.next()) \(random.next())\"" }
        let text = #"{"words":["# + words.joined(separator: ",") + "]}"
        let compositions = [
            #"{"endpoint": "GET /alone", "calls": {"u": {"backend": "users", "path": "/u"}}, "response": {"body": "{u}"}}"#,
            #"{"endpoint": "GET /beside", "calls": {"u": {"backend": "users", "path": "/u"}}, "#
                + #""response": {"body": {"a": 1, "u": "{u}", "v": "{u.words}", "z": [2]}}}"#,
        ]
        try await withGateway(
            compositions,
            fixtures: ["users/u": #"{"request": {"path": "/u"}, "response": {"body": "# + text + "}}"]
        ) { port, gateway, _ in
            let client = try FrontTestClient(port: port)
            let alone = try await client.exchange(get("/alone"))
            #expect(alone.status == 200 && alone.body == text)
            let beside = try await client.exchange(get("/beside"))
            let list = text.dropFirst(9).dropLast()
            #expect(beside.body == #"{"a":1,"u":"# + text + #","v":"# + list + #","z":[2]}"#)
            client.disconnect()
            _ = await gateway.stop()
        }
    }
}
