import NIOHTTP1
import Testing

@testable import Replay

@Suite("The journal of the fixture backends", .timeLimit(.minutes(1)))
struct JournalTests {
    private func asked(_ target: String, id: String?, body: String = "") -> AskedRequest {
        let headers = id.map { [("X-Request-Id", $0)] } ?? []
        return AskedRequest(method: "GET", target: target, headers: .init(headers), body: Array(body.utf8))
    }

    private func journal(_ limits: JournalLimits = JournalLimits()) -> ReplayJournal {
        ReplayJournal(limits: limits)
    }

    @Test("entries are found by their request's id, in the order in which they came")
    func byID() {
        let journal = journal()
        for (target, id) in [("/1", "a"), ("/2", "b"), ("/3", "a"), ("/4", nil)] {
            _ = journal.record(asked(target, id: id), backend: "u", fixture: nil)
        }
        #expect(journal.exchanges(requestID: "a").map(\.target) == ["/1", "/3"])
        #expect(journal.exchanges(requestID: "c").isEmpty)
        #expect(journal.allExchanges().map(\.target) == ["/1", "/2", "/3", "/4"])
        journal.forget(requestID: "a")
        #expect(journal.exchanges(requestID: "a").isEmpty)
        #expect(journal.allExchanges().map(\.target) == ["/2", "/4"])
        #expect(journal.dropped == 0)
    }

    @Test("an entry ends once, and not after it is gone")
    func ends() throws {
        let journal = journal()
        let number = journal.record(asked("/", id: "a"), backend: "u", fixture: "f")
        #expect(journal.allExchanges().map(\.ended) == [nil])
        journal.finish(number)
        let exchange = try #require(journal.allExchanges().first)
        let ended = try #require(exchange.ended)
        #expect(ended >= exchange.began)
        journal.finish(number)
        #expect(journal.allExchanges().map(\.ended) == [ended])
        journal.forget(requestID: "a")
        journal.finish(number)
        #expect(journal.allExchanges().isEmpty)
    }

    @Test("beyond a limit the oldest give way, and are counted")
    func limits() {
        let few = journal(JournalLimits(entries: 2))
        for target in ["/1", "/2", "/3", "/4"] { _ = few.record(asked(target, id: "a"), backend: "u", fixture: nil) }
        #expect(few.exchanges(requestID: "a").map(\.target) == ["/3", "/4"])
        #expect(few.dropped == 2)
        let small = journal(JournalLimits(bytes: 50))
        for target in ["/1", "/2", "/3"] {
            _ = small.record(asked(target, id: nil, body: "12345678901234567890"), backend: "u", fixture: nil)
        }
        #expect(small.allExchanges().map(\.target) == ["/2", "/3"])
        _ = small.record(asked("/4", id: nil, body: String(repeating: "x", count: 60)), backend: "u", fixture: nil)
        #expect(small.allExchanges().isEmpty)
        #expect(small.dropped == 4)
    }

    private func fixture(_ name: String, _ response: CannedResponse) -> Fixture {
        let request = ExpectedRequest(method: "POST", path: "/\(name)")
        return Fixture(backend: "b", name: name, file: "f/b/\(name).json", request: request, response: response)
    }

    private func serve(
        _ set: FixtureSet,
        keepsJournal: Bool = true,
        _ body: (ReplayServers) async throws -> Void
    ) async throws {
        let servers = try await ReplayServers.start(set: set, keepsJournal: keepsJournal)
        do {
            try await body(servers)
        } catch {
            await servers.shutdown()
            throw error
        }
        await servers.shutdown()
    }

    private func post(_ path: String, id: String = "a") -> String {
        "POST \(path) HTTP/1.1\r\nHost: x\r\nX-Request-ID: \(id)\r\nContent-Length: 2\r\n\r\n{}"
    }

    @Test("a request is entered as it was read, with its fixture and its times; a miss without one")
    func entries() async throws {
        let late = fixture("late", .init(body: [1], delay: .milliseconds(30)))
        try await serve(FixtureSet(backends: ["b": [late]])) { servers in
            let client = try RawClient(servers.urls["b"])
            try client.send(post("/late?a=%20") + post("/miss", id: "other"))
            _ = try client.response()
            _ = try client.response()
            let exchange = try #require(servers.exchanges(requestID: "a").first)
            #expect(exchange.backend == "b")
            #expect(exchange.method == "POST")
            #expect(exchange.target == "/late?a=%20")
            #expect(exchange.headers.map(\.name) == ["Host", "X-Request-ID", "Content-Length"])
            #expect(exchange.body == Array("{}".utf8))
            #expect(exchange.fixture == "late")
            // The client can have the bytes before the write is known to be done.
            while servers.allExchanges().contains(where: { $0.ended == nil }) { await Task.yield() }
            let ended = try #require(servers.exchanges(requestID: "a").first?.ended)
            #expect(ended - exchange.began >= .milliseconds(30))
            #expect(servers.exchanges(requestID: "other").map(\.fixture) == [nil])
            #expect(servers.allExchanges().map(\.target) == ["/late?a=%20", "/miss"])
            servers.forget(requestID: "a")
            #expect(servers.allExchanges().map(\.target) == ["/miss"])
            #expect(servers.droppedExchanges == 0)
        }
    }

    @Test(
        "an answer that does not arrive whole ends with the connection, before the client knows",
        arguments: [CannedResponse.Fault.reset, .truncate, .malformed]
    )
    func broken(fault: CannedResponse.Fault) async throws {
        let broken = fixture("broken", .init(body: Array("1234".utf8), fault: fault))
        try await serve(FixtureSet(backends: ["b": [broken]])) { servers in
            let client = try RawClient(servers.urls["b"])
            try client.send(post("/broken"))
            _ = client.rest()
            let now = ContinuousClock.now
            #expect(servers.allExchanges().map { $0.ended.map { $0 <= now } } == [true])
            #expect(servers.allExchanges().map(\.fixture) == ["broken"])
        }
    }

    @Test("an answer that never comes ends when the client goes, and so does one that waits behind it")
    func gone() async throws {
        let (hung, next) = (fixture("hung", .init(fault: .timeout)), fixture("next", .init()))
        try await serve(FixtureSet(backends: ["b": [hung, next]])) { servers in
            do {
                let client = try RawClient(servers.urls["b"])
                try client.send(post("/hung") + post("/next"))
                #expect(client.rest(silentAfter: .milliseconds(50)).end == .silent)
                #expect(servers.allExchanges().map(\.ended) == [nil, nil])
            }
            try await servers.waitUntil("b") { $0.openConnections == 0 }
            #expect(servers.allExchanges().map { $0.ended != nil } == [true, true])
        }
    }

    @Test("what a scenario answers to all bears its name, and is counted by it")
    func catchAll() async throws {
        let down = CatchAll(name: "_scenarios/down", response: .init(status: 503))
        try await serve(FixtureSet(backends: ["b": [fixture("x", .init())]], catchAlls: ["b": down])) { servers in
            let client = try RawClient(servers.urls["b"])
            try client.send(post("/any") + post("/x"))
            #expect(try client.response().head.hasPrefix("HTTP/1.1 503"))
            #expect(try client.response().head.hasPrefix("HTTP/1.1 200"))
            #expect(servers.allExchanges().map(\.fixture) == ["_scenarios/down", "x"])
            #expect(servers.counts(of: "b")?.requests == ["_scenarios/down": 1, "x": 1])
            #expect(servers.counts(of: "b")?.misses == 0)
        }
    }

    @Test("without a journal nothing is kept")
    func off() async throws {
        try await serve(FixtureSet(backends: ["b": []]), keepsJournal: false) { servers in
            let client = try RawClient(servers.urls["b"])
            try client.send(post("/"))
            _ = try client.response()
            #expect(servers.allExchanges().isEmpty)
            #expect(servers.exchanges(requestID: "a").isEmpty)
            servers.forget(requestID: "a")
            #expect(servers.droppedExchanges == 0)
        }
    }
}
