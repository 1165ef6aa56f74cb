import Replay
import Testing

@testable import Composition

@Suite("Making good after a failure")
struct CompensationTests {
    private static let composition = """
        {"endpoint": "POST /orders", "timeout": "2s", "calls": {
           "reserved": {"backend": "stock", "method": "POST", "path": "/reservations"},
           "paid": {"backend": "payments", "method": "POST", "path": "/payments", "body": {"for": "{reserved.id}"}},
           "released": {"when": "calls.paid.error", "backend": "stock", "method": "DELETE", "path": "/reservations/{reserved.id}",
                        "headers": {"X-Why": "{calls.paid.error}"}}},
         "response": {"body": {"paid": "{paid.id}"}}}
        """

    private static func fixtures(reserve: Int = 201, pay: String) -> [String: String] {
        [
            "stock/reserve":
                #"{"request": {"method": "POST", "path": "/reservations"}, "response": {"status": \#(reserve), "body": {"id": 7}}}"#,
            "stock/release":
                #"{"request": {"method": "DELETE", "path": "/reservations/7"}, "response": {"status": 204}}"#,
            "payments/pay": #"{"request": {"method": "POST", "path": "/payments"}, "response": \#(pay)}"#,
        ]
    }

    @Test("runs when the required call failed, before the reply, which tells of that failure")
    func failed() async throws {
        try await withBench(Self.composition, fixtures: Self.fixtures(pay: #"{"status": 409, "body": {}}"#)) { bench in
            let reply = await bench.run(method: "POST")
            #expect(reply.status == 409)
            #expect(reply.problem?.members.map(\.value) == ["paid", "upstream_status"])
            #expect(bench.replay.counts(of: "stock")?.totalRequests == 2)
            #expect(bench.replay.counts(of: "stock")?.misses == 0)
            #expect(reply.failures.map(\.call) == ["paid"])
        }
    }

    @Test("does not run when all went well")
    func succeeded() async throws {
        let fixtures = Self.fixtures(pay: #"{"status": 201, "body": {"id": 9}}"#)
        try await withBench(Self.composition, fixtures: fixtures) { bench in
            let reply = await bench.run(method: "POST")
            #expect(reply.text == #"{"paid":9}"#)
            #expect(bench.replay.counts(of: "stock")?.totalRequests == 1)
        }
    }

    @Test("is skipped when what it would undo never came to be")
    func nothingToUndo() async throws {
        let fixtures = Self.fixtures(reserve: 500, pay: #"{"status": 201, "body": {"id": 9}}"#)
        try await withBench(Self.composition, fixtures: fixtures) { bench in
            let reply = await bench.run(method: "POST")
            #expect(reply.status == 502)
            #expect(reply.problem?.members.map(\.value) == ["reserved", "upstream_status"])
            #expect(reply.failures.map(\.call) == ["reserved"])
            #expect(bench.replay.counts(of: "stock")?.totalRequests == 1)
            #expect(bench.replay.counts(of: "payments")?.totalRequests == 0)
        }
    }

    @Test("has time of its own when the endpoint's is over")
    func afterTimeout() async throws {
        let composition = Self.composition.replacing(#""timeout": "2s""#, with: #""timeout": "300ms""#)
        let fixtures = Self.fixtures(pay: #"{"status": 201, "body": 1, "fault": "timeout"}"#)
        try await withBench(composition, fixtures: fixtures) { bench in
            let reply = await bench.run(method: "POST")
            #expect(reply.status == 504)
            #expect(bench.replay.counts(of: "stock")?.totalRequests == 2)
        }
    }

    @Test("when it fails too, the reply stays and the failure is reported")
    func compensationFails() async throws {
        var fixtures = Self.fixtures(pay: #"{"status": 409, "body": {}}"#)
        fixtures["stock/release"] =
            #"{"request": {"method": "DELETE", "path": "/reservations/7"}, "response": {"status": 500}}"#
        try await withBench(Self.composition, fixtures: fixtures) { bench in
            let reply = await bench.run(method: "POST")
            #expect(reply.status == 409)
            #expect(reply.failures.map(\.call) == ["paid", "released"])
        }
    }

    @Test("runs although the client has gone meanwhile")
    func clientGone() async throws {
        let fixtures = Self.fixtures(pay: #"{"status": 409, "body": {}, "delay": "150ms"}"#)
        try await withBench(Self.composition, fixtures: fixtures) { bench in
            let client = Task { await bench.run(method: "POST") }
            try await bench.replay.waitUntil("payments") { $0.totalRequests == 1 }
            client.cancel()
            _ = await client.value
            #expect(bench.replay.counts(of: "stock")?.totalRequests == 2)
        }
    }

    @Test("runs for what was broken off when another call failed, or the client went")
    func brokenOff() async throws {
        let composition = """
            {"endpoint": "POST /orders", "timeout": "5s", "calls": {
               "reserved": {"backend": "stock", "method": "POST", "path": "/reservations"},
               "quote": {"backend": "payments", "path": "/quote/{reserved.id}"},
               "check": {"backend": "payments", "path": "/check/{reserved.id}"},
               "released": {"when": "calls.quote.error", "backend": "stock", "method": "DELETE", "path": "/reservations/{reserved.id}"}},
             "response": {"body": ["{quote}", "{check}"]}}
            """
        var fixtures = Self.fixtures(pay: #"{"status": 201}"#)
        fixtures["payments/quote"] =
            #"{"request": {"path": "/quote/7"}, "response": {"body": 1, "delay": "3s"}}"#
        fixtures["payments/check"] = #"{"request": {"path": "/check/7"}, "response": {"status": 500}}"#
        try await withBench(composition, fixtures: fixtures) { bench in
            let reply = await bench.run(method: "POST")
            #expect(reply.problem?.members.map(\.value) == ["check", "upstream_status"])
            #expect(reply.effects == ["reserved", "released"])
            #expect(bench.replay.counts(of: "stock")?.totalRequests == 2)
        }
    }

    @Test("runs when the client went while the first unsafe request was under way, and nothing else is begun")
    func clientGoneEarly() async throws {
        var fixtures = Self.fixtures(pay: #"{"status": 201, "body": {"id": 9}}"#)
        fixtures["stock/reserve"] =
            #"{"request": {"method": "POST", "path": "/reservations"}, "response": {"status": 201, "body": {"id": 7}, "delay": "4s"}}"#
        // The client leaves as soon as the request has arrived, long before it is answered.
        let composition = Self.composition.replacing(#""timeout": "2s""#, with: #""timeout": "30s""#)
        try await withBench(composition, fixtures: fixtures) { bench in
            let client = Task { await bench.run(method: "POST") }
            try await bench.replay.waitUntil("stock") { $0.totalRequests == 1 }
            client.cancel()
            _ = await client.value
            #expect(bench.replay.counts(of: "stock")?.totalRequests == 2)
            #expect(bench.replay.counts(of: "payments")?.totalRequests == 0)
        }
    }
}
