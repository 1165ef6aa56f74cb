import Testing

@testable import Gateway

@Suite("Front: what is refused", .timeLimit(.minutes(1)))
struct FrontRefusalTests {
    /// Sends, and expects one refusal and then a clean end, with no reset and no second reply.
    private func expectRefusal(
        _ status: Int,
        _ request: String,
        limits: FrontLimits = FrontLimits(),
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await withFront(limits: limits) { server, _ in
            let client = try FrontTestClient(port: server.port)
            let reply = try await client.exchange(request)
            #expect(reply.status == status, sourceLocation: sourceLocation)
            #expect(reply.header("connection") == "close", sourceLocation: sourceLocation)
            #expect(reply.header("content-type") == Problem.mediaType, sourceLocation: sourceLocation)
            #expect(reply.body.contains("\"status\":\(status)"), sourceLocation: sourceLocation)
            #expect(try await client.readToEnd() == "", sourceLocation: sourceLocation)
        }
    }

    @Test(
        "malformed requests get 400 and the connection is closed",
        arguments: [
            "rubbish\r\n\r\n",
            "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}",
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: user@a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: h\r\nX-A: a\u{0}b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: h\r\nX-A: a\rb\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: h\r\nX A: b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: h\r\nX-A : b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: h\r\n: b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: h\r\nX-A: a\r\n folded\r\n\r\n",
            "GET / HTTP/1.1\r\n Host: h\r\n\r\n",
            "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n",
            "GET /\u{E9} HTTP/1.1\r\nHost: h\r\n\r\n",
            "GET /a#b HTTP/1.1\r\nHost: h\r\n\r\n",
            "GET h:80 HTTP/1.1\r\nHost: h\r\n\r\n",
            "GET ftp://h/ HTTP/1.1\r\nHost: h\r\n\r\n",
            "GET http://u@h/ HTTP/1.1\r\nHost: h\r\n\r\n",
            "GET http:///a HTTP/1.1\r\nHost: h\r\n\r\n",
        ]
    )
    func malformed(request: String) async throws {
        try await expectRefusal(400, request)
    }

    @Test(
        "framing that two parsers could read differently is refused",
        arguments: [
            "Content-Length: 1\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: chunked\r\nContent-Length: 1",
            "Content-Length: 1\r\nContent-Length: 2",
            "Content-Length: 1\r\nContent-Length: 1",
            "Content-Length: 1, 1",
            "Content-Length: +1",
            "Content-Length: -1",
            "Content-Length: 0x1",
            "Content-Length: 1 1",
            "Content-Length: ",
            "Content-Length: 99999999999999999999999999",
            "Transfer-Encoding: chunked, identity",
            "Transfer-Encoding: xchunked",
        ]
    )
    func smuggling(fields: String) async throws {
        try await withFront { server, _ in
            let client = try FrontTestClient(port: server.port)
            let body = "1\r\nZ\r\n0\r\n\r\n"
            try await client.send("POST / HTTP/1.1\r\nHost: h\r\n\(fields)\r\n\r\n\(body)" + get("/smuggled"))
            let reply = try await client.reply()
            #expect([400, 413, 501].contains(reply.status))
            #expect(reply.header("connection") == "close")
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test("a transfer coding before chunked gets 501")
    func transferCoding() async throws {
        try await expectRefusal(501, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")
        try await expectRefusal(
            501,
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        )
    }

    @Test("HTTP/1.0 has no chunked bodies")
    func chunkedHTTP10() async throws {
        try await expectRefusal(400, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
    }

    @Test("a broken chunk gets 400", arguments: ["zz\r\n", "-1\r\n", "1\r\nabc\r\n", "FFFFFFFFFFFFFFFFFF\r\n"])
    func brokenChunk(chunk: String) async throws {
        try await expectRefusal(400, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n\(chunk)")
    }

    @Test(
        "other versions get 505",
        arguments: ["GET / HTTP/2.0\r\nHost: h\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]
    )
    func versions(request: String) async throws {
        try await expectRefusal(505, request)
    }

    @Test("CONNECT opens no tunnel")
    func connect() async throws {
        try await expectRefusal(501, "CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n\u{16}\u{3}\u{1}")
    }

    @Test("a target over the limit gets 414, far over it too", arguments: [8 * 1024 + 1, 39_000, 45_000, 200_000])
    func longTarget(count: Int) async throws {
        try await expectRefusal(414, get("/" + String(repeating: "a", count: count - 1)))
    }

    @Test("a target at the limit is served")
    func longestTarget() async throws {
        try await withFront { server, _ in
            let client = try FrontTestClient(port: server.port)
            let path = "/" + String(repeating: "a", count: 8 * 1024 - 1)
            #expect(try await client.exchange(get(path)).status == 200)
            #expect(try await client.exchange(get(path)).status == 200)
        }
    }

    @Test("header fields over the limit get 431, one or many", arguments: [1, 20])
    func largeHeaders(fields: Int) async throws {
        let value = String(repeating: "v", count: 36 * 1024 / fields)
        try await expectRefusal(431, get("/", (0..<fields).map { "X-\($0): \(value)" }.joined(separator: "\r\n")))
        let huge = String(repeating: "v", count: 300_000 / fields)
        try await expectRefusal(431, get("/", (0..<fields).map { "X-\($0): \(huge)" }.joined(separator: "\r\n")))
    }

    @Test("a hundred fields are served, more get 431")
    func manyHeaders() async throws {
        let fields = (2...100).map { "X-\($0): v" }.joined(separator: "\r\n")
        try await withFront { server, _ in
            let client = try FrontTestClient(port: server.port)
            #expect(try await client.exchange(get("/", fields)).status == 200)
        }
        try await expectRefusal(431, get("/", fields, "X-101: v"))
    }

    @Test("a body announced too long gets 413 without 100 Continue, whether or not it is sent")
    func announcedBody() async throws {
        var limits = FrontLimits()
        limits.maxBodyBytes = 10
        let head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n"
        try await expectRefusal(413, head + "Expect: 100-continue\r\n\r\n", limits: limits)
        try await expectRefusal(413, head + "\r\n12345678901", limits: limits)
        limits.maxBodyBytes = 11
        try await withFront(limits: limits) { server, _ in
            let client = try FrontTestClient(port: server.port)
            #expect(try await client.exchange(head + "\r\n12345678901").status == 200)
        }
    }

    @Test("a chunked body over the limit gets 413, and a client that sends on is not reset")
    func chunkedBody() async throws {
        var limits = FrontLimits()
        limits.maxBodyBytes = 10_000
        let chunk = "1000\r\n" + String(repeating: "x", count: 0x1000) + "\r\n"
        let head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        try await expectRefusal(413, head + String(repeating: chunk, count: 100), limits: limits)
    }

    @Test("a refusal waits for the replies before it")
    func refusalInOrder() async throws {
        try await withFront { server, handler in
            let client = try FrontTestClient(port: server.port)
            var events = handler.events.makeAsyncIterator()
            try await client.send(get("/wait/a") + "rubbish\r\n\r\n")
            #expect(await events.next() == .parked("a"))
            handler.answer("a")
            let first = try await client.reply()
            #expect(first.body == "a")
            #expect(first.header("connection") == nil)
            let second = try await client.reply()
            #expect(second.status == 400)
            #expect(second.header("connection") == "close")
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test("a refused HEAD has no body")
    func refusedHead() async throws {
        try await withFront { server, _ in
            let client = try FrontTestClient(port: server.port)
            try await client.send("HEAD / HTTP/1.1\r\n\r\n")
            let reply = try await client.reply(toHead: true)
            #expect(reply.status == 400)
            #expect(try await client.readToEnd() == "")
        }
    }
}
