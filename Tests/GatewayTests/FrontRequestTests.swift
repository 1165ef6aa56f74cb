import Testing

@testable import Gateway

@Suite("Front: requests and replies", .timeLimit(.minutes(1)))
struct FrontRequestTests {
    @Test("a connection serves one request after another")
    func keepAlive() async throws {
        try await withFront { server, _ in
            let client = try FrontTestClient(port: server.port)
            for index in 1...3 {
                let reply = try await client.exchange(get("/n/\(index)?q=\(index)"))
                #expect(reply.status == 200)
                #expect(reply.body == "GET /n/\(index) ?q=\(index) @h ")
                #expect(reply.header("connection") == nil)
                #expect(reply.header("server") == "medley")
                #expect(reply.header("date")?.hasSuffix(" GMT") == true)
            }
            client.disconnect()
        }
    }

    @Test("a request that arrives byte by byte is one request")
    func bytewise() async throws {
        try await withFront { server, _ in
            let client = try FrontTestClient(port: server.port)
            for byte in "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc".utf8 {
                try await client.send([byte])
            }
            #expect(try await client.reply().body == "POST /p ?- @h abc")
        }
    }

    @Test("pipelined requests overlap, and their replies leave in order however they finish")
    func pipelining() async throws {
        try await withFront { server, handler in
            let client = try FrontTestClient(port: server.port)
            var events = handler.events.makeAsyncIterator()
            try await client.send(get("/wait/a") + get("/wait/b") + get("/now") + get("/wait/c"))
            for name in ["a", "b", "c"] { #expect(await events.next() == .parked(name)) }
            for name in ["c", "b", "a"] { handler.answer(name) }
            for text in ["a", "b", "GET /now ?- @h ", "c"] {
                #expect(try await client.reply().body == text)
            }
        }
    }

    @Test("no more pipelined requests are begun than the limit allows")
    func pipelineLimit() async throws {
        var limits = FrontLimits()
        limits.maxPipelinedRequests = 2
        try await withFront(limits: limits) { server, handler in
            let client = try FrontTestClient(port: server.port)
            var events = handler.events.makeAsyncIterator()
            try await client.send((1...50).map { get("/wait/\($0)") }.joined())
            #expect(await events.next() == .parked("1"))
            #expect(await events.next() == .parked("2"))
            for index in 1...50 {
                #expect(handler.responder("\(index + 2)") == nil)
                handler.answer("\(index)")
                #expect(try await client.reply().body == "\(index)")
                if index + 2 <= 50 { #expect(await events.next() == .parked("\(index + 2)")) }
            }
        }
    }

    @Test("thousands of requests that waited for one reply are answered in a flat loop")
    func longPipeline() async throws {
        var limits = FrontLimits()
        limits.maxPipelinedRequests = 1
        try await withFront(limits: limits) { server, handler in
            let client = try FrontTestClient(port: server.port)
            var events = handler.events.makeAsyncIterator()
            let count = 3000
            try await client.send(get("/wait/a") + (0..<count).map { get("/\($0)") }.joined())
            #expect(await events.next() == .parked("a"))
            handler.answer("a")
            #expect(try await client.reply().body == "a")
            for index in 0..<count { #expect(try await client.reply().body == "GET /\(index) ?- @h ") }
        }
    }

    @Test("an unsafe request waits for those before it, and those behind it wait for it")
    func unsafeRequestsRunAlone() async throws {
        try await withFront { server, handler in
            let client = try FrontTestClient(port: server.port)
            var events = handler.events.makeAsyncIterator()
            try await client.send(get("/wait/a") + "PUT /wait/b HTTP/1.1\r\nHost: h\r\n\r\n" + get("/wait/c"))
            for name in ["a", "b", "c"] {
                #expect(await events.next() == .parked(name))
                for later in ["b", "c"] where later > name { #expect(handler.responder(later) == nil) }
                handler.answer(name)
                #expect(try await client.reply().body == name)
            }
        }
    }

    @Test("replies through an outbox reach their connections")
    func outbox() async throws {
        try await withFront(threads: 2) { server, handler in
            var events = handler.events.makeAsyncIterator()
            var clients: [FrontTestClient] = []
            for index in 0..<6 {
                let client = try FrontTestClient(port: server.port)
                try await client.send(get("/wait/\(index)"))
                #expect(await events.next() == .parked("\(index)"))
                clients.append(client)
            }
            let outbox = ReplyOutbox()
            for index in 0..<6 {
                let responder = try #require(handler.responder("\(index)"))
                outbox.add(FrontReply(status: 200, body: Array("out \(index)".utf8)), to: responder)
            }
            outbox.flush()
            outbox.flush()
            for (index, client) in clients.enumerated() {
                #expect(try await client.reply().body == "out \(index)")
            }
        }
    }

    @Test("only the first reply counts")
    func twice() async throws {
        try await withFront { server, _ in
            let client = try FrontTestClient(port: server.port)
            #expect(try await client.exchange(get("/twice")).status == 200)
            #expect(try await client.exchange(get("/next")).body == "GET /next ?- @h ")
        }
    }

    @Test("HEAD has the fields of GET and no body")
    func head() async throws {
        try await withFront { server, _ in
            let client = try FrontTestClient(port: server.port)
            try await client.send("HEAD /big/1234 HTTP/1.1\r\nHost: h\r\n\r\n")
            let reply = try await client.reply(toHead: true)
            #expect(reply.header("content-length") == "1234")
            #expect(try await client.exchange(get("/next")).body == "GET /next ?- @h ")
        }
    }

    @Test("204 and 304 have neither body nor length, and the connection goes on", arguments: [204, 304])
    func bodiless(status: Int) async throws {
        try await withFront { server, _ in
            let client = try FrontTestClient(port: server.port)
            let reply = try await client.exchange(get("/status/\(status)"))
            #expect(reply.status == status)
            #expect(reply.header("content-length") == nil)
            #expect(try await client.exchange(get("/next")).status == 200)
        }
    }

    @Test("a status that cannot be sent becomes a 500, and the connection goes on", arguments: [0, 101, 600, -1])
    func impossibleStatus(status: Int) async throws {
        try await withFront { server, _ in
            let client = try FrontTestClient(port: server.port)
            #expect(try await client.exchange(get("/status/\(status)")).status == 500)
            #expect(try await client.exchange(get("/next")).body == "GET /next ?- @h ")
        }
    }

    @Test("the client's Connection: close is honoured and confirmed")
    func connectionClose() async throws {
        try await withFront { server, _ in
            let client = try FrontTestClient(port: server.port)
            let reply = try await client.exchange(get("/a", "Connection: close"))
            #expect(reply.header("connection") == "close")
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test("HTTP/1.0 closes unless it asks for keep-alive, and needs no Host")
    func http10() async throws {
        try await withFront { server, _ in
            let client = try FrontTestClient(port: server.port)
            let kept = try await client.exchange("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(kept.header("connection") == "keep-alive")
            #expect(kept.body == "GET /a ?- @- ")
            let last = try await client.exchange("GET /b HTTP/1.0\r\n\r\n")
            #expect(last.header("connection") == "close")
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test("chunked bodies arrive whole, their extensions and trailers dropped")
    func chunked() async throws {
        try await withFront { server, _ in
            let client = try FrontTestClient(port: server.port)
            let head = "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
            let reply = try await client.exchange(head + "3;x=y\r\nabc\r\n4\r\ndefg\r\n0\r\nX-Trailer: t\r\n\r\n")
            #expect(reply.body == "POST /c ?- @h abcdefg")
            #expect(try await client.exchange(get("/next")).status == 200)
        }
    }

    @Test("100 Continue is sent once, before the body is read")
    func expectContinue() async throws {
        try await withFront { server, _ in
            let client = try FrontTestClient(port: server.port)
            let head = "POST /e HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 4\r\n\r\n"
            #expect(try await client.exchange(head).status == 100)
            #expect(try await client.exchange("body").body == "POST /e ?- @h body")
        }
    }

    @Test("100 Continue does not overtake the replies before it")
    func continueInOrder() async throws {
        try await withFront { server, handler in
            let client = try FrontTestClient(port: server.port)
            var events = handler.events.makeAsyncIterator()
            let head = "POST /e HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"
            try await client.send(get("/wait/a") + head)
            #expect(await events.next() == .parked("a"))
            handler.answer("a")
            #expect(try await client.reply().body == "a")
            #expect(try await client.reply().status == 100)
            #expect(try await client.exchange("x").body == "POST /e ?- @h x")
        }
    }

    @Test("an expectation without a body needs no 100, and HTTP/1.0 has no expectations")
    func idleExpectations() async throws {
        try await withFront { server, _ in
            let client = try FrontTestClient(port: server.port)
            #expect(try await client.exchange(get("/a", "Expect: 100-continue")).status == 200)
            let old = "POST /o HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx"
            #expect(try await client.exchange(old).body == "POST /o ?- @- x")
        }
    }

    @Test("an unknown expectation gets 417")
    func unknownExpectation() async throws {
        try await withFront { server, _ in
            let client = try FrontTestClient(port: server.port)
            let reply = try await client.exchange(get("/a", "Expect: tea"))
            #expect(reply.status == 417)
            #expect(reply.header("content-type") == "application/problem+json")
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test("an absolute target is taken apart, and its host outranks the field")
    func absoluteForm() async throws {
        try await withFront { server, _ in
            let client = try FrontTestClient(port: server.port)
            #expect(try await client.exchange(get("http://real:81/p?q=1")).body == "GET /p ?q=1 @real:81 ")
            #expect(try await client.exchange(get("HTTPS://real")).body == "GET / ?- @real ")
            #expect(try await client.exchange(get("http://real?x")).body == "GET / ?x @real ")
        }
    }

    @Test("* is for OPTIONS")
    func asterisk() async throws {
        try await withFront { server, _ in
            let client = try FrontTestClient(port: server.port)
            #expect(try await client.exchange("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").body == "OPTIONS * ?- @h ")
            #expect(try await client.exchange(get("*")).status == 400)
        }
    }

    @Test("a well-formed request id is kept, any other replaced")
    func requestID() async throws {
        try await withFront { server, _ in
            let client = try FrontTestClient(port: server.port)
            #expect(try await client.exchange(get("/a", "X-Request-Id: abc-1")).header("x-request-id") == "abc-1")
            let first = try await client.exchange(get("/a", "X-Request-Id: a b")).header("x-request-id")
            let second = try await client.exchange(get("/a")).header("x-request-id")
            #expect(first?.utf8.count == 24 && second?.utf8.count == 24 && first != second)
        }
    }

    @Test("an offer to upgrade is passed over, and the connection closed after the reply")
    func upgrade() async throws {
        try await withFront { server, _ in
            let client = try FrontTestClient(port: server.port)
            let reply = try await client.exchange(get("/a", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c"))
            #expect(reply.status == 200)
            #expect(reply.header("connection") == "close")
            #expect(try await client.readToEnd() == "")
        }
    }

    @Test("connections come to all event loops")
    func manyThreads() async throws {
        try await withFront(threads: 3) { server, _ in
            for index in 0..<9 {
                let client = try FrontTestClient(port: server.port)
                #expect(try await client.exchange(get("/\(index)")).body == "GET /\(index) ?- @h ")
                client.disconnect()
            }
        }
    }

    @Test("a port that is taken is an error, not a crash")
    func portTaken() async throws {
        try await withFront { server, handler in
            await #expect(throws: (any Error).self) {
                _ = try await FrontServer.start(host: "127.0.0.1", port: server.port, handler: handler)
            }
        }
    }
}
