import Diagnostics
import NIOHTTP1
import TestSupport
import Testing

@testable import Replay

@Suite("Scenarios")
struct ScenarioTests {
    private static let set = [
        "users/42": #"{"request":{"path":"/users/42"},"response":{"body":{"id":42}}}"#,
        "users/gone": #"{"request":{"path":"/users/7"},"response":{"fault":"reset"}}"#,
        "users/none": #"{"request":{"path":"/users/8"},"response":{"status":204}}"#,
        "orders/all": #"{"request":{"path":"/orders"},"response":{"body":[]}}"#,
    ]

    /// The set with one scenario, `x`, and what was found.
    private func load(_ scenario: String, named name: String? = "x") async throws -> (FixtureSet?, [String]) {
        let files = Self.set.merging(["_scenarios/x": scenario]) { $1 }
        return try await withFiles(files) { directory in
            let list = DiagnosticList()
            let set = FixtureSet.load(directory: directory, scenario: name, diagnostics: list)
            let findings = list.sorted().map { String($0.rendered().prefix { $0 != "\n" }) }
            return (set, findings.map { $0.replacing("\(directory)/", with: "") })
        }
    }

    private func loaded(_ scenario: String) async throws -> FixtureSet {
        let (set, findings) = try await load(scenario)
        #expect(findings == [])
        return try #require(set)
    }

    @Test("a backend that fails answers every request so, and the others as recorded")
    func failing() async throws {
        let set = try await loaded(#"{"backends":{"users":{"fault":"reset"}}}"#)
        #expect(set.backends["users"]?.isEmpty == true)
        #expect(set.catchAlls["users"]?.name == "_scenarios/x")
        #expect(set.catchAlls["users"]?.response.fault == .reset)
        #expect(set.backends["orders"]?.map(\.name) == ["all"])
        #expect(set.catchAlls["orders"] == nil)
    }

    @Test("a status, headers or a body are one answer to all")
    func answering() async throws {
        let set = try await loaded(#"{"backends":{"users":{"status":503,"headers":{"Retry-After":"1"},"delay":"1s"}}}"#)
        let response = try #require(set.catchAlls["users"]?.response)
        #expect(response.status == 503)
        #expect(response.headers.map(\.name) == ["Retry-After"])
        #expect(response.delay == .seconds(1))
        #expect(set.backends["users"]?.isEmpty == true)
    }

    @Test("a delay, and a fault that needs a body, befall what is recorded")
    func impaired() async throws {
        let set = try await loaded(#"{"backends":{"users":{"fault":"slow","delay":"3s"}}}"#)
        let users = try #require(set.backends["users"])
        #expect(users.map(\.name) == ["42", "gone", "none"])
        #expect(users.map(\.response.fault) == [.slow, .reset, nil])
        #expect(users.allSatisfy { $0.response.delay == .seconds(3) })
        #expect(set.catchAlls.isEmpty)
    }

    @Test("an exchange takes the place of an equal request's, or is added, whatever else the backend does")
    func exchanges() async throws {
        let fixtures = """
            "fixtures": [
              {"summary": "s", "request": {"path": "/users/%34%32"}, "response": {"status": 410}},
              {"request": {"path": "/users/42", "query": {"a": "1"}}, "response": {"status": 201}}
            ]
            """
        let replaced = try await loaded("{\"backends\":{\"users\":{\(fixtures)}}}")
        #expect(replaced.backends["users"]?.map(\.name) == ["gone", "none", "_scenarios/x#1", "_scenarios/x#2"])
        #expect(replaced.backends["users"]?.map(\.scenario) == [nil, nil, "x", "x"])
        let late = try await loaded("{\"backends\":{\"users\":{\"delay\":\"1s\",\(fixtures)}}}")
        #expect(late.backends["users"]?.map(\.response.delay) == [.seconds(1), .seconds(1), nil, nil])
        let alone = try await loaded("{\"backends\":{\"users\":{\"status\":500,\(fixtures)}}}")
        #expect(alone.backends["users"]?.map(\.name) == ["_scenarios/x#1", "_scenarios/x#2"])
        #expect(alone.catchAlls["users"]?.response.status == 500)
    }

    @Test("of a recorded and a scenario's exchange that match alike the scenario's answers")
    func precedence() {
        func fixture(_ name: String, _ header: String, scenario: String?) -> Fixture {
            let request = ExpectedRequest(path: "/", headers: [header: "1"])
            return Fixture(backend: "b", name: name, file: "", request: request, response: .init(), scenario: scenario)
        }
        let index = FixtureIndex([fixture("A", "x", scenario: nil), fixture("_scenarios/x#1", "y", scenario: "x")])
        let asked = AskedRequest(method: "GET", target: "/", headers: ["x": "1", "y": "1"])
        #expect(index.match(asked) == 1)
    }

    @Test(
        "each mistake is found where it stands, whether or not the scenario is asked for",
        arguments: [
            ("[]", "1:1: error: a scenario must be an object, not a list"),
            ("{}", "1:1: error: a scenario needs 'backends'"),
            (#"{"backends":{}}"#, "1:13: error: the scenario changes no backend"),
            (#"{"backends":{"users":{}}}"#, "1:22: error: nothing is changed of 'users'"),
            (#"{"backends":{"user":{"fault":"reset"}}}"#, "1:14: error: there is no backend 'user'"),
            (#"{"backends":{"users":{"fault":"rest"}}}"#, "1:31: error: there is no fault 'rest'"),
            (#"{"backends":{"users":{"status":200,"fault":"slow"}}}"#, "1:44: error: the fault 'slow' needs a body"),
            (#"{"backends":{"users":{"fixtures":{}}}}"#, "1:34: error: 'fixtures' in 'users' must be a list"),
            (#"{"backends":{"users":{"fixtures":[{}]}}}"#, "1:35: error: a fixture needs 'request'"),
            (#"{"backends":{"users":{"fixture":[]}}}"#, "1:23: error: unknown key 'fixture' in 'users'"),
        ]
    )
    func mistake(text: String, finding: String) async throws {
        for name in [nil, "x"] {
            let (set, findings) = try await load(text, named: name)
            #expect(set == nil)
            #expect(findings.first?.hasPrefix("_scenarios/x.json:" + finding) == true, "\(findings)")
        }
    }

    @Test("two exchanges of one scenario for the same request are an error that names the first")
    func duplicate() async throws {
        let exchange = #"{"request":{"path":"/a"},"response":{}}"#
        let (_, findings) = try await load("{\"backends\":{\"users\":{\"fixtures\":[\(exchange),\(exchange)]}}}")
        #expect(
            findings == [
                "_scenarios/x.json:1:86: error: the same request is answered by _scenarios/x.json:1:46"
            ]
        )
    }

    @Test("a scenario that is not there is an error that names the nearest")
    func unknown() async throws {
        let files = Self.set.merging(["_scenarios/reviews-down": #"{"backends":{"users":{"delay":"1s"}}}"#]) { $1 }
        try await withFiles(files) { directory in
            #expect(FixtureSet.scenarioNames(directory: directory) == ["reviews-down"])
            let list = DiagnosticList()
            #expect(FixtureSet.load(directory: directory, scenario: "review-down", diagnostics: list) == nil)
            #expect(
                list.diagnostics.map(\.message) == ["there is no scenario 'review-down' in \(directory)/_scenarios/"]
            )
            #expect(list.diagnostics.first?.help == "did you mean 'reviews-down'?")
        }
        #expect(FixtureSet.scenarioNames(directory: "/nowhere/fixtures") == [])
    }
}
