import CurlTransport
import Gateway
import Testing

@testable import Cases

@Suite("Running cases")
struct RunnerTests {
    private static let files = [
        "compositions/home.json": """
        { "endpoint": "GET /home/{id}",
          "calls": {
            "user": { "backend": "users", "path": "/users/{id}" },
            "badges": { "backend": "reviews", "path": "/badges/{id}", "fallback": [] },
            "orders": { "backend": "orders", "path": "/orders", "query": { "of": "{user.id}" } }
          },
          "response": { "body": { "name": "{user.name}", "orders": "{orders}", "badges": "{badges}" } } }
        """,
        "compositions/kept.json": """
        { "endpoint": "GET /kept",
          "calls": { "user": { "backend": "users", "path": "/users/1", "cache": { "maxAge": "60s" } } } }
        """,
        "compositions/turns.json": """
        { "endpoint": "GET /turns",
          "calls": { "first": { "backend": "orders", "path": "/turns" } } }
        """,
        "compositions/own.json": """
        { "endpoint": "GET /own/{id}",
          "calls": { "user": { "backend": "users", "path": "/users/{id}", "headers": { "x-request-id": "own" } } } }
        """,
        "compositions/after.json": """
        { "endpoint": "GET /after",
          "calls": {
            "badges": { "backend": "reviews", "path": "/badges/1", "fallback": null, "timeout": "300ms" },
            "user": { "backend": "users", "path": "/users/1", "when": "badges == `null`" }
          },
          "response": { "body": { "badges": "{badges}", "user": "{user}" } } }
        """,
        "fixtures/orders/turns.json": """
        { "request": { "path": "/turns" }, "responses": [{ "body": "first" }, { "body": "second" }] }
        """,
        "fixtures/users/1.json": """
        { "request": { "path": "/users/1" }, "response": { "body": { "id": 1, "name": "Ada" } } }
        """,
        "fixtures/reviews/1.json": #"{ "request": { "path": "/badges/1" }, "response": { "body": ["new"] } }"#,
        "fixtures/orders/1.json": """
        { "request": { "path": "/orders", "query": { "of": "1" } }, "response": { "body": [12.50] } }
        """,
        "fixtures/_scenarios/reviews-down.json": #"{ "backends": { "reviews": { "fault": "reset" } } }"#,
        "fixtures/_scenarios/reset.json": reviews(answering: "reset"),
        "fixtures/_scenarios/timeout.json": reviews(answering: "timeout"),
        "fixtures/_scenarios/truncate.json": reviews(answering: "truncate"),
        "fixtures/_scenarios/malformed.json": reviews(answering: "malformed"),
    ]

    private static func reviews(answering fault: String) -> String {
        let body = fault == "truncate" ? #""body": ["new"], "# : ""
        return #"{ "backends": { "reviews": { \#(body)"fault": "\#(fault)" } } }"#
    }

    private func results(
        _ text: String,
        concurrency: Int = 16,
        settings: GatewaySettings = GatewaySettings()
    ) async throws -> [CaseResult] {
        let (file, findings) = read(text)
        #expect(findings == [])
        var world = try await world(Self.files)
        world.settings = settings
        var told: [String] = []
        let results = try await CaseRunner(world: world, concurrency: concurrency).run([try #require(file)]) {
            told.append($0.subject.name)
        }
        #expect(told == file?.cases.map(\.name))
        return results
    }

    @Test("replies, scenarios, and what backends were asked, case by case")
    func all() async throws {
        let results = try await results(
            """
            { "cases": [
              { "name": "whole", "request": { "path": "/home/1" },
                "response": { "status": 200, "body": { "name": "Ada", "orders": [12.50], "badges": ["new"] } },
                "backends": {
                  "users": { "requests": 1, "sent": [{ "method": "GET", "path": "/users/1" }] },
                  "orders": { "requests": 1, "sent": [{ "query": { "of": "1" } }] }
                },
                "parallel": ["users", "reviews"], "sequence": ["users", "orders"] },
              { "name": "reviews are down", "scenario": "reviews-down", "request": { "path": "/home/1" },
                "response": {
                  "status": 200, "headers": { "Medley-Partial": "badges;…" }, "expect": ["badges == `[]`"]
                } },
              { "name": "nobody", "request": { "path": "/home/2" },
                "response": { "status": 404 }, "backends": { "orders": { "requests": 0 } } },
              { "name": "wrong", "request": { "path": "/home/1" },
                "response": { "status": 200, "bodyContains": { "orders": [12.5] } },
                "sequence": ["orders", "users"] }
            ] }
            """
        )
        #expect(results.prefix(3).flatMap(\.mismatches).map(\.message) == [])
        #expect(results.last?.mismatches.map(\.path) == ["body.orders[0]", "sequence orders, users"])
        #expect(results.last?.received.map(\.backend).sorted() == ["orders", "reviews", "users"])
    }

    @Test("many cases at once see their own requests alone", arguments: [1, 16])
    func apart(concurrency: Int) async throws {
        let cases = (0..<60).map { number in
            """
            { "name": "\(number)", "request": { "path": "/home/\(number % 2 + 1)" },
              "response": { "status": \(number % 2 == 0 ? 200 : 404) },
              "backends": { "users": { "requests": 1 }, "orders": { "requests": \(number % 2 == 0 ? 1 : 0) } } }
            """
        }
        let results = try await results("{ \"cases\": [\(cases.joined(separator: ","))] }", concurrency: concurrency)
        #expect(results.count == 60)
        #expect(results.flatMap(\.mismatches).map(\.message) == [])
    }

    @Test("no case is answered by what another one has left in a cache")
    func caches() async throws {
        let cases = (0..<8).map { number in
            """
            { "name": "\(number)", "request": { "path": "/kept" }, "response": { "status": 200 },
              "backends": { "users": { "requests": 1 } } }
            """
        }
        let results = try await results("{ \"cases\": [\(cases.joined(separator: ","))] }")
        #expect(results.flatMap(\.mismatches).map(\.message) == [])
    }

    @Test("a request that no fixture answers is told with the nearest one")
    func misses() async throws {
        let results = try await results(
            """
            { "cases": [ { "name": "a", "request": { "path": "/home/3" }, "response": { "status": 200 } } ] }
            """
        )
        let miss = try #require(results.first?.misses.first { $0.contains("'users'") })
        #expect(miss.hasPrefix("The backend 'users' was asked GET /users/3; nearest is "))
    }

    @Test("each case gets the first of the answers that a backend gives in turn")
    func turns() async throws {
        let cases = (0..<8).map { number in
            #"{ "name": "\#(number)", "request": { "path": "/turns" }, "response": { "status": 200, "body": "first" } }"#
        }
        let results = try await results("{ \"cases\": [\(cases.joined(separator: ","))] }")
        #expect(results.flatMap(\.mismatches).map(\.message) == [])
    }

    @Test("a request id of the case's own is what is sent")
    func requestID() async throws {
        let results = try await results(
            """
            { "cases": [ { "name": "a", "request": { "path": "/home/1", "headers": { "X-Request-Id": "mine" } },
              "response": { "status": 200, "headers": { "X-Request-Id": "mine" } },
              "backends": { "users": { "sent": [{ "headers": { "X-Request-Id": "mine" } }] } } } ] }
            """
        )
        #expect(results.flatMap(\.mismatches).map(\.message) == [])
    }

    @Test(
        "requests are seen whatever they are called: by a call, or by the settings of a backend",
        arguments: [true, false]
    )
    func otherNames(isCallsOwn: Bool) async throws {
        var users = BackendSettings(name: "users", url: "http://127.0.0.1:1")
        if !isCallsOwn { users.headers = [("X-REQUEST-ID", "settings")] }
        var settings = GatewaySettings()
        settings.backends = [users]
        let path = isCallsOwn ? "own" : "home"
        let cases = (0..<6).map { number in
            """
            { "name": "\(number)", "request": { "path": "/\(path)/\(number % 2 + 1)" },
              "response": { "status": \(number % 2 == 0 ? 200 : 404) }, "backends": { "users": { "requests": 1 } } }
            """
        }
        let results = try await results("{ \"cases\": [\(cases.joined(separator: ","))] }", settings: settings)
        #expect(results.flatMap(\.mismatches).map(\.message) == [])
    }

    @Test(
        "what is asked after an answer that did not arrive whole was not asked beside it",
        arguments: ["reset", "timeout", "truncate", "malformed"]
    )
    func afterFault(scenario: String) async throws {
        let response = #""response": { "status": 200, "headers": { "Medley-Partial": "badges;…" } }"#
        let results = try await results(
            """
            { "cases": [
              { "name": "parallel", "scenario": "\(scenario)", "request": { "path": "/after" }, \(response),
                "parallel": ["reviews", "users"] },
              { "name": "sequence", "scenario": "\(scenario)", "request": { "path": "/after" }, \(response),
                "sequence": ["reviews", "users"] }
            ] }
            """
        )
        #expect(results.map { $0.mismatches.map(\.path) } == [["parallel reviews, users"], []])
    }

    @Test("a request that no endpoint answers is known as one")
    func endpoints() async throws {
        let results = try await results(
            """
            { "cases": [
              { "name": "a", "request": { "path": "/hom/1" }, "response": { "status": 404 } },
              { "name": "b", "request": { "path": "/home/1" }, "response": { "status": 200 } }
            ] }
            """
        )
        #expect(results.map(\.hasEndpoint) == [false, true])
    }
}
