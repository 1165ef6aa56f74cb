import NIOCore
import NIOPosix
import Testing

@testable import Replay

@Suite("Fixture backends over real sockets", .timeLimit(.minutes(1)))
struct ReplayServersTests {
    private func fixture(_ name: String, _ request: ExpectedRequest, _ response: CannedResponse) -> Fixture {
        Fixture(backend: "b", name: name, file: "f/b/\(name).json", request: request, response: response)
    }

    /// Servers for one backend, `b`, shut down after the body.
    private func withServers(
        _ fixtures: [Fixture],
        maxRequestBody: Int = 1024,
        _ body: (ReplayServers) async throws -> Void
    ) async throws {
        let set = FixtureSet(backends: ["b": fixtures])
        let servers = try await ReplayServers.start(set: set, maxRequestBody: maxRequestBody)
        do {
            try await body(servers)
        } catch {
            await servers.shutdown()
            throw error
        }
        await servers.shutdown()
    }

    private func get(_ path: String) -> String { "GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n" }

    private func faulty(_ fault: CannedResponse.Fault, delay: Duration? = nil) -> Fixture {
        let response = CannedResponse(body: Array("12345678".utf8), delay: delay.map(ReplayDelay.fixed), fault: fault)
        return fixture(fault.rawValue, .init(path: "/"), response)
    }

    @Test("requests on one connection are answered in turn, and counted")
    func keepAlive() async throws {
        let fixtures = [
            fixture("a", .init(path: "/a"), .init(body: Array("first".utf8), delay: .milliseconds(20))),
            fixture("b", .init(path: "/b"), .init(status: 204)),
        ]
        try await withServers(fixtures) { servers in
            let client = try RawClient(servers.urls["b"])
            try client.send(get("/a"))
            #expect(try client.response().body == "first")
            try client.send(get("/b"))
            #expect(try client.response().head.hasPrefix("HTTP/1.1 204 No Content"))
            try client.send(get("/a") + get("/b") + get("/a"))
            #expect(try client.response().body == "first")
            #expect(try client.response().head.hasPrefix("HTTP/1.1 204"))
            #expect(try client.response().body == "first")
            let counts = servers.counts(of: "b")
            #expect(counts?.requests == ["a": 3, "b": 2])
            #expect(counts?.connections == 1)
            #expect(counts?.openConnections == 1)
            #expect(counts?.totalRequests == 5)
        }
    }

    @Test("a client that goes away is seen, even while it waits for an answer")
    func disconnect() async throws {
        try await withServers([faulty(.timeout)]) { servers in
            do {
                let client = try RawClient(servers.urls["b"])
                try client.send(get("/"))
                try await servers.waitUntil("b") { $0.totalRequests == 1 }
                #expect(servers.counts(of: "b")?.openConnections == 1)
            }
            try await servers.waitUntil("b") { $0.openConnections == 0 }
        }
    }

    @Test("a wait ends when its task is cancelled")
    func cancelledWait() async throws {
        try await withServers([]) { servers in
            let wait = Task { try await servers.waitUntil("b") { $0.misses == 1 } }
            wait.cancel()
            await #expect(throws: CancellationError.self) { try await wait.value }
        }
    }

    @Test("a HEAD has the GET's headers and no body")
    func head() async throws {
        try await withServers([fixture("a", .init(path: "/"), .init(body: Array("12345".utf8)))]) { servers in
            let client = try RawClient(servers.urls["b"])
            try client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n" + get("/"))
            #expect(try client.response(toHead: true).head.contains("Content-Length: 5"))
            #expect(try client.response().body == "12345")
        }
    }

    @Test("a connection closes when the client asks for it, and after HTTP/1.0")
    func close() async throws {
        try await withServers([fixture("a", .init(path: "/"), .init(body: Array("12345".utf8)))]) { servers in
            for request in ["GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"] {
                let client = try RawClient(servers.urls["b"])
                try client.send(request)
                let response = try client.response()
                #expect(response.head.contains("\r\nConnection: close"))
                #expect(response.body == "12345")
                #expect(client.rest().end == .closed)
            }
        }
    }

    @Test("a body decides between fixtures, chunked or not, after 100 Continue")
    func requestBody() async throws {
        let json = try #require(ComparableJSON(parsing: Array(#"{"q":"ü"}"#.utf8)))
        let fixtures = [
            fixture("q", .init(method: "POST", path: "/g", body: .json(json)), .init(status: 201)),
            fixture("any", .init(method: "POST", path: "/g"), .init(status: 202)),
        ]
        try await withServers(fixtures) { servers in
            let client = try RawClient(servers.urls["b"])
            try client.send("POST /g HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\n\r\n{ \"q\": \"ü\"}")
            #expect(try client.response().head.hasPrefix("HTTP/1.1 201"))
            try client.send("POST /g HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n")
            #expect(try client.response().head == "HTTP/1.1 100 Continue")
            try client.send("5\r\n{\"q\":\r\n5\r\n\"ü\"}\r\n0\r\n\r\n")
            #expect(try client.response().head.hasPrefix("HTTP/1.1 201"))
            try client.send("POST /g HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
            #expect(try client.response().head.hasPrefix("HTTP/1.1 202"))
        }
    }

    @Test("a body over the limit is a 413, and what is not HTTP a 400; both close")
    func refused() async throws {
        try await withServers([], maxRequestBody: 10) { servers in
            let large = try RawClient(servers.urls["b"])
            try large.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n12345678901")
            #expect(try large.response().head.hasPrefix("HTTP/1.1 413"))
            #expect(large.rest().end == .closed)
            let wrong = try RawClient(servers.urls["b"])
            try wrong.send("what is this\r\n\r\n")
            #expect(try wrong.response().head.hasPrefix("HTTP/1.1 400"))
            #expect(wrong.rest().end == .closed)
        }
    }

    @Test("a miss says what was asked and which fixtures came nearest")
    func miss() async throws {
        let fixtures = [
            fixture("42", .init(path: "/users/42", query: ["expand": ["plan"]]), .init()),
            fixture("7", .init(path: "/users/7"), .init()),
        ]
        try await withServers(fixtures) { servers in
            let client = try RawClient(servers.urls["b"])
            try client.send("POST /users/42?expand=all HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n\"ü")
            let response = try client.response()
            #expect(response.head.hasPrefix("HTTP/1.1 404 Not Found\r\nContent-Type: application/problem+json\r\n"))
            #expect(
                response.body == #"{"title":"No fixture answers this request","status":404,"detail":"The backend 'b' "#
                    + #"was asked POST /users/42?expand=all; nearest is f/b/42.json.","backend":"b","#
                    + #""request":{"method":"POST","target":"/users/42?expand=all","body":"\"ü"},"nearest":["#
                    + #"{"fixture":"f/b/42.json","differences":["the method is POST, the fixture has GET","#
                    + #""the query parameter 'expand' is 'all', the fixture has 'plan'"]},"#
                    + #"{"fixture":"f/b/7.json","differences":["the method is POST, the fixture has GET","#
                    + #""the path is /users/42, the fixture has /users/7"]}]}"#
            )
            #expect(servers.counts(of: "b")?.misses == 1)
        }
    }

    @Test("a delayed answer takes at least its delay")
    func delay() async throws {
        try await withServers([fixture("a", .init(path: "/"), .init(delay: .milliseconds(60)))]) { servers in
            let client = try RawClient(servers.urls["b"])
            let start = ContinuousClock.now
            try client.send(get("/"))
            _ = try client.response()
            #expect(ContinuousClock.now - start >= .milliseconds(60))
        }
    }

    @Test("reset: the connection ends with RST and not a byte, after the delay")
    func reset() async throws {
        try await withServers([faulty(.reset, delay: .milliseconds(40))]) { servers in
            let client = try RawClient(servers.urls["b"])
            let start = ContinuousClock.now
            try client.send(get("/"))
            let rest = client.rest()
            #expect(rest == ("", .reset))
            #expect(ContinuousClock.now - start >= .milliseconds(40))
        }
    }

    @Test("timeout: nothing comes, and the connection stays; shutdown ends it")
    func timeout() async throws {
        let set = FixtureSet(backends: ["b": [faulty(.timeout)]])
        let servers = try await ReplayServers.start(set: set)
        let client = try RawClient(servers.urls["b"])
        try client.send(get("/") + get("/"))
        try await servers.waitUntil("b") { $0.totalRequests == 2 }
        #expect(client.rest(silentAfter: .milliseconds(50)) == ("", .silent))
        await servers.shutdown()
        #expect(client.rest().text == "")
        #expect(servers.counts(of: "b")?.openConnections == 0)
        #expect(throws: (any Error).self) { _ = try RawClient(servers.urls["b"]) }
        await servers.shutdown()
    }

    @Test("truncate: full length, half of the body, FIN")
    func truncate() async throws {
        try await withServers([faulty(.truncate)]) { servers in
            let client = try RawClient(servers.urls["b"])
            try client.send(get("/"))
            #expect(client.rest() == ("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n1234", .closed))
        }
    }

    @Test("malformed: a line that is not HTTP, FIN")
    func malformed() async throws {
        try await withServers([faulty(.malformed)]) { servers in
            let client = try RawClient(servers.urls["b"])
            try client.send(get("/"))
            #expect(client.rest() == ("\u{1}\u{2} this is not HTTP\n", .closed))
        }
    }

    @Test("slow: the whole body, no sooner than the delay, and the connection goes on")
    func slow() async throws {
        try await withServers([faulty(.slow, delay: .milliseconds(80))]) { servers in
            let client = try RawClient(servers.urls["b"])
            let start = ContinuousClock.now
            try client.send(get("/") + get("/miss"))
            #expect(try client.response().body == "12345678")
            #expect(ContinuousClock.now - start >= .milliseconds(80))
            #expect(try client.response().head.hasPrefix("HTTP/1.1 404"))
        }
    }

    @Test("a sequence goes on over connections, and a reset lets it begin anew")
    func sequence() async throws {
        let sequence = Fixture(
            backend: "b",
            name: "x",
            file: "f/b/x.json",
            request: .init(path: "/"),
            response: .init(status: 201),
            laterResponses: [.init(status: 202)]
        )
        try await withServers([sequence]) { servers in
            var statuses: [Substring] = []
            for round in 0..<4 {
                if round == 3 { servers.reset() }
                let client = try RawClient(servers.urls["b"])
                try client.send(get("/"))
                statuses.append(try client.response().head.dropFirst(9).prefix(3))
            }
            #expect(statuses == ["201", "202", "202", "201"])
            #expect(servers.counts(of: "b")?.requests == ["x": 4])
        }
    }

    @Test("a group of the caller's is used and left running; every backend has a port of its own")
    func sharedGroup() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let set = FixtureSet(backends: ["users": [], "orders": []])
        let servers = try await ReplayServers.start(set: set, group: group)
        #expect(Set(servers.urls.keys) == ["users", "orders"])
        #expect(Set(servers.urls.values).count == 2)
        await servers.shutdown()
        #expect(try await group.next().submit { 1 }.get() == 1)
    }
}
