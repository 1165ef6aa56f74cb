import JSONSlices
import Replay
import Testing

@testable import Composition
@testable import CurlTransport

/// Bodies that are read on other threads than the loop's come to the same as small ones.
@Suite("Large bodies", .timeLimit(.minutes(2)))
struct LargeBodyTests {
    /// Two mebibytes and more.
    private static let count = 20_000

    private static func list(_ count: Int) -> String {
        let filler = String(repeating: "x", count: 90)
        return "[" + (0..<count).map { #"{"id":\#($0),"filler":"\#(filler)"}"# }.joined(separator: ",") + "]"
    }

    private static func order(_ count: Int, delay: String = "") -> [String: String] {
        ["orders/o": #"{"request": {"path": "/o"}, "response": {"body": \#(list(count)) \#(delay)}}"#]
    }

    private static func composition(_ select: String, more: String = "", body: String = "{o}") -> String {
        """
        {"endpoint": "GET /a", "calls": {
           "o": {"backend": "orders", "path": "/o", "select": "\(select)"} \(more)},
         "response": {"body": "\(body)"}}
        """
    }

    @Test("a large body is selected from, and passed on as it is")
    func reply() async throws {
        try await withBench(Self.composition("@"), fixtures: Self.order(Self.count)) { bench in
            let reply = await bench.run()
            #expect(reply.text == Self.list(Self.count))
        }
        try await withBench(Self.composition("[*].{n: id}"), fixtures: Self.order(Self.count)) { bench in
            let reply = await bench.run()
            let expected = "[" + (0..<Self.count).map { #"{"n":\#($0)}"# }.joined(separator: ",") + "]"
            #expect(reply.text == expected)
        }
    }

    @Test("calls that need a large body are sent from the loop again, one per item or for several at once")
    func items() async throws {
        for batch in ["", #""batch": {"size": 3, "key": "@"},"#] {
            let more = """
                , "p": {"forEach": "o", \(batch) "backend": "catalog", "path": "/p", "query": {"q": "{to_string(item)}"}}
                """
            var fixtures = Self.order(Self.count)
            for id in 0..<3 {
                fixtures["catalog/\(id)"] =
                    #"{"request": {"path": "/p", "query": {"q": "\#(id)"}}, "response": {"body": \#(id * 10)}}"#
            }
            fixtures["catalog/all"] =
                #"{"request": {"path": "/p", "query": {"q": "[0,1,2]"}}, "response": {"body": [2, 1, 0]}}"#
            let composition = Self.composition("[?id < `3`].id", more: more, body: "{p}")
            try await withBench(composition, fixtures: fixtures) { bench in
                let reply = await bench.run()
                #expect(reply.text == (batch.isEmpty ? "[0,10,20]" : "[0,1,2]"), "\(reply.failures)")
                #expect(bench.replay.counts(of: "catalog")?.totalRequests == (batch.isEmpty ? 3 : 1))
            }
        }
    }

    @Test("an expression that costs too much fails as it does on a small body")
    func budget() async throws {
        // The small list is gone through often enough to cost as much.
        let small = "let $all = @ in range(`0`, `100000`)[*].{n: length(to_string($all))}"
        let large = "let $all = @ in [*].{n: length(to_string($all))}"
        for (select, count) in [(small, 1_000), (large, Self.count)] {
            try await withBench(Self.composition(select), fixtures: Self.order(count)) { bench in
                let reply = await bench.run()
                #expect(reply.problem?.members.map(\.value) == ["o", "limit_exceeded"], "\(reply.failures)")
            }
        }
    }

    @Test("a request whose client goes while a large body comes or is read ends at once, and sends nothing more")
    func cancellation() async throws {
        let more = #", "p": {"backend": "catalog", "path": "/p/{length(o)}"}"#
        var fixtures = Self.order(Self.count)
        fixtures["catalog/p"] =
            #"{"request": {"path": "/p/20000"}, "response": {"body": 1, "delay": "60s"}}"#
        let composition = Self.composition("[*].{n: id}", more: more, body: "{p}")
        try await withBench(composition, fixtures: fixtures) { bench in
            for step in 0..<12 {
                let start = ContinuousClock.now
                let task = Task { await bench.run() }
                try await Task.sleep(for: .milliseconds(step * 8))
                task.cancel()
                let reply = await task.value
                #expect(reply.problem?.status == 503, "\(reply.failures)")
                #expect(.now - start < .seconds(8))
            }
        }
    }

    @Test("a large body that is cut short or no JSON is the backend's failure", arguments: [10, 2 << 20])
    func invalid(size: Int) async throws {
        let body = [UInt8](repeating: UInt8(ascii: "["), count: size)
        try await withRun { run in
            run.begin(at: .now)
            let sent = run.takeRequests()
            run.ended(ExchangeEnd(exchange: sent[0].exchange, result: .success(Self.answer(body))), at: .now)
            let reply = ReplyBuilder(plan: run.plan).reply(of: run)
            #expect(reply.status == 502)
            #expect(reply.problem?.members.map(\.value) == ["a", "invalid_json"])
        }
    }

    @Test("the time that a large body's reading takes is none that the next call has")
    func time() async throws {
        try await withRun { run in
            let before = ContinuousClock.now - .seconds(3)
            run.deadline = before + .seconds(5)
            run.begin(at: before)
            let first = run.takeRequests()
            #expect(first.map(\.request.timeout) == [.seconds(5)])
            // The clock was read three seconds ago.
            let answer = Self.answer(Array(Self.list(Self.count).utf8))
            run.ended(ExchangeEnd(exchange: first[0].exchange, result: .success(answer)), at: before)
            let second = run.takeRequests()
            #expect(second.count == 1)
            #expect(second.allSatisfy { $0.request.timeout <= .seconds(2) })
        }
    }

    private static func answer(_ body: [UInt8]) -> Answer {
        Answer(
            TransportResponse(
                status: 200,
                section: HeaderSection(),
                body: body,
                timings: TransferTimings(queue: 0, connect: 0, firstByte: 0, total: 0)
            )
        )
    }

    /// A run of two calls, one after the other, without a driver.
    private func withRun(_ body: (inout CompositionRun) throws -> Void) async throws {
        let (compiled, errors) = compile(
            """
            {"endpoint": "GET /a", "calls": {
               "a": {"backend": "users", "path": "/a"}, "b": {"backend": "users", "path": "/b/{length(a)}"}},
             "response": {"body": "{b}"}}
            """
        )
        let plan = try #require(compiled, "\(errors)")
        let transport = try CurlTransport(backends: [BackendOptions(name: "users")], loops: 1)
        let backend = BoundBackend(backend: try #require(transport.backend(named: "users")), base: "http://users")
        await transport.shutdown()
        var run = CompositionRun(
            plan: plan,
            backends: plan.calls.map { _ in [backend] },
            forwarded: [],
            slots: plan.slotSources.map { _ in .null },
            start: .now
        )
        try body(&run)
    }
}
