import CurlTransport
import Diagnostics
import JSONSlices
import Testing

@testable import Composition

/// Compiles one composition; what is wrong comes back as `line:column: message`.
func compile(_ text: String, backends: [String]? = ["users", "orders"]) -> (plan: Plan?, errors: [String]) {
    let diagnostics = DiagnosticList()
    let file = SourceFile(path: "c.json", bytes: Array(text.utf8))
    let set = CompositionSet.compile([file], backends: backends, diagnostics: diagnostics)
    let errors = diagnostics.sorted().map { diagnostic in
        let position = diagnostic.place.map { $0.file.position(of: $0.range.lowerBound) }
        return "\(position?.line ?? 0):\(position?.column ?? 0): \(diagnostic.message)"
    }
    return (set.plans.first, errors)
}

@Suite("Compiling a composition")
struct CompileTests {
    @Test("calls are ordered by their references")
    func order() throws {
        let (plan, errors) = compile(
            """
            {"endpoint": "GET /home/{userId}",
             "calls": {
               "orders": {"backend": "orders", "path": "/o", "query": {"c": "{user.id}"}},
               "user": {"backend": "users", "path": "/u/{userId}"},
               "news": {"backend": "users", "path": "/news"}},
             "response": {"body": {"a": "{orders}", "b": "{news}"}}}
            """
        )
        #expect(errors == [])
        let made = try #require(plan)
        #expect(made.calls.map(\.needs) == [[1], [], []])
        #expect(made.initialCalls == [0, 1, 2])
        #expect(made.parameters.map(\.name) == ["userId"])
    }

    @Test(
        "each mistake is found, at its place",
        arguments: [
            (
                #"{"endpoint": "GET /a", "calls": {"u": {"backend": "usrs", "path": "/"}}}"#,
                #"1:51: no backend is named 'usrs'"#
            ),
            (
                #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/{x}"}}}"#,
                "1:71: no call or parameter is named 'x'"
            ),
            (
                #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/"}}, "respons": {}}"#,
                "1:75: unknown key 'respons' in a composition"
            ),
            (#"{"endpoint": "FETCH /a", "calls": {}}"#, "1:15: 'FETCH' is no method that an endpoint can have"),
            (#"{"endpoint": "GET /a/", "calls": {}}"#, "1:15: a path has no empty segments and no slash at its end"),
            (#"{"endpoint": "GET /{a}/{a}", "calls": {}}"#, "1:15: the parameter 'a' stands twice in the path"),
            (
                #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "x"}}}"#,
                "1:68: a path begins with '/'; it is appended to the backend's own"
            ),
            (
                #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/a?b=1"}}}"#,
                "1:68: a path holds no '?'"
            ),
            (
                #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/../x"}}}"#,
                "1:68: a path cannot hold '..'"
            ),
            (
                #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/%2E%2e/x"}}}"#,
                "1:68: '%2E' is a dot in disguise"
            ),
            (
                #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/", "headers": {"Host": "x"}}}}"#,
                "1:85: the header 'Host' is the transport's to write"
            ),
            (
                #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/", "headers": {"A": "x\ny"}}}}"#,
                "1:90: a header's value cannot hold control characters"
            ),
            (
                #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/", "body": {}}}}"#,
                "1:81: a GET has no body"
            ),
            (
                #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/", "timeout": "5"}}}"#,
                #"1:84: 'timeout' in the call 'u' must be a duration such as "250ms" or "2s", from 1ms to 1h, not "5""#
            ),
            (
                #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/", "select": "a["}}}"#,
                "1:86: syntax"
            ),
            (
                #"{"endpoint": "GET /a", "calls": {"request": {"backend": "users", "path": "/"}}}"#,
                "1:34: 'request' is a reserved name"
            ),
            (
                #"{"endpoint": "GET /{u}", "calls": {"u": {"backend": "users", "path": "/"}}}"#,
                "1:36: 'u' names a parameter and a call"
            ),
            (
                #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/"}, "v": {"backend": "users", "path": "/"}}}"#,
                "1:1: with 2 calls the response needs a 'body'"
            ),
            (
                #"{"endpoint": "GET /a", "parameters": {"n": {"in": "path"}}, "calls": {"u": {"backend": "users", "path": "/"}}}"#,
                "1:39: the path /a has no {n}"
            ),
            (
                #"{"endpoint": "GET /a", "parameters": {"n": {"type": "integer", "default": "x"}}, "calls": {"u": {"backend": "users", "path": "/"}}}"#,
                "1:75: the default is no integer"
            ),
            (
                #"{"endpoint": "GET /a", "parameters": {"n": {"type": "integer", "minimum": 5, "maximum": 1}}, "calls": {"u": {"backend": "users", "path": "/"}}}"#,
                "1:89: the maximum is less than the minimum"
            ),
            (
                #"{"endpoint": "GET /a", "parameters": {"n": {"pattern": "("}}, "calls": {"u": {"backend": "users", "path": "/"}}}"#,
                "1:57: pattern: the group is never closed"
            ),
            (
                #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/"}}, "response": {"status": 99, "body": "{u}"}}"#,
                "1:98: 'status' in 'response' must be a whole number from 200 to 599, not 99"
            ),
            (
                #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/"}}, "response": {"body": "{{u}}"}}"#,
                "1:97: a template's expressions stand in single braces"
            ),
            (
                #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/"}}, "response": {"body": "{request}"}}"#,
                "1:98: 'request' is no value by itself"
            ),
            (
                #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/"}}, "response": {"body": "{calls.u.state}"}}"#,
                "'calls.u' has no 'state'"
            ),
            (
                #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/"}}, "response": {"body": {"a": 1, "a?": 2}}}"#,
                "1:105: the member 'a' stands twice"
            ),
            (
                #"{"endpoint": "GET /_medley/x", "calls": {"u": {"backend": "users", "path": "/"}}}"#,
                "paths below /_medley are the gateway's own"
            ),
            (
                #"{"endpoint": "GET /%2e%2E/x", "calls": {"u": {"backend": "users", "path": "/"}}}"#,
                "no request can have the segment '%2e%2E'"
            ),
            (
                #"{"endpoint": "GET /{request}", "calls": {"u": {"backend": "users", "path": "/"}}}"#,
                "'request' is no parameter name"
            ),
            (
                #"{"endpoint": "GET /{id}", "parameters": {"id": {"in": "query", "name": "x"}}, "calls": {"u": {"backend": "users", "path": "/{id}"}}}"#,
                "'id' names a parameter of the path and another one"
            ),
            (
                #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/"}}, "response": {"headers": {"Server": "x"}, "body": "{u}"}}"#,
                "Medley writes the header 'Server' itself"
            ),
            (#"["#, "1:2: not JSON"),
            (#"[]"#, "1:1: a composition must be an object, not a list"),
        ]
    )
    func mistakes(text: String, expected: String) {
        let (plan, errors) = compile(text)
        #expect(plan == nil)
        #expect(errors.contains { $0.contains(expected) }, "found \(errors)")
    }

    @Test("calls that wait for each other are refused, and the circle is shown")
    func cycles() {
        let (_, errors) = compile(
            """
            {"endpoint": "GET /a", "calls": {
              "a": {"backend": "users", "path": "/{b.id}"},
              "b": {"backend": "users", "path": "/{c.id}"},
              "c": {"backend": "users", "path": "/{a.id}"}},
             "response": {"body": "{a}"}}
            """
        )
        #expect(errors == ["2:3: these calls wait for each other: a → b → c → a"])
    }

    @Test("a GET that nothing uses is refused, an unsafe call is an effect")
    func unused() throws {
        let text = """
            {"endpoint": "GET /a", "calls": {
              "a": {"backend": "users", "path": "/a"},
              "b": {"backend": "users", "method": "METHOD", "path": "/b"}},
             "response": {"body": "{a}"}}
            """
        #expect(compile(text.replacing("METHOD", with: "GET")).errors == ["3:3: nothing uses the call 'b'"])
        let plan = try #require(compile(text.replacing("METHOD", with: "POST")).plan)
        #expect(plan.initialCalls == [0, 1])
    }

    @Test(
        "a call that only a fallback mentions does not run at first, an unsafe one neither",
        arguments: ["GET", "POST"]
    )
    func spare(method: String) throws {
        let plan = try #require(
            compile(
                """
                {"endpoint": "GET /a", "calls": {
                  "a": {"backend": "users", "path": "/a", "fallback": "{b}"},
                  "b": {"backend": "users", "method": "\(method)", "path": "/b"}},
                 "response": {"body": "{a}"}}
                """
            ).plan
        )
        #expect(plan.initialCalls == [0])
        var progress = Progress(plan: plan)
        let steps = [progress.begin(), progress.failed(0), progress.settled(1)]
        #expect(steps == [.init(starts: [0]), .init(starts: [1]), .init(fallbacks: [0])])
        let last = progress.settled(0)
        #expect(last == .init())
    }

    @Test("after a cancelled call nothing is started, and no fallback is used")
    func cancelled() async throws {
        let plan = try #require(
            compile(
                """
                {"endpoint": "GET /a", "calls": {
                  "a": {"backend": "users", "path": "/a", "fallback": null},
                  "b": {"backend": "users", "path": "/b", "query": {"q": "{a.id}"}}},
                 "response": {"body": "{b}"}}
                """
            ).plan
        )
        let transport = try CurlTransport(backends: [BackendOptions(name: "users")], loops: 1)
        let backend = BoundBackend(backend: try #require(transport.backend(named: "users")), base: "http://users")
        var run = CompositionRun(
            plan: plan,
            backends: [[backend], [backend]],
            forwarded: [],
            slots: plan.slotSources.map { _ in .null },
            start: .now
        )
        run.begin(at: .now)
        #expect(run.takeRequests().map(\.request.url) == ["http://users/a"])
        run.ended(ExchangeEnd(exchange: 0, result: .failure(.cancelled)), at: .now)
        #expect(run.takeRequests().isEmpty)
        #expect(run.isCancelled)
        await transport.shutdown()
        #expect(run.fallbacks.isEmpty)
        #expect(ReplyBuilder(plan: plan).reply(of: run).failures.isEmpty)
    }

    @Test("one mistake is one error, however often its name is used")
    func noFollowingErrors() {
        let (_, errors) = compile(
            """
            {"endpoint": "GET /a/{id}/", "parameters": {"limit": {"type": "int"}}, "calls": {
              "a": {"bakend": "users", "path": "/{id}", "query": {"l": "{limit}", "m": "{limit}"}}}}
            """
        )
        #expect(
            errors.map { $0.split(separator: ": ", maxSplits: 1).last.map(String.init) } == [
                "a path has no empty segments and no slash at its end",
                "'type' in the parameter 'limit' must be one of string, integer, number, boolean, array, not \"int\"",
                "unknown key 'bakend' in the call 'a'",
            ]
        )
    }

    @Test("all mistakes of all files are found at once")
    func allAtOnce() {
        let diagnostics = DiagnosticList()
        let files = ["a.json", "b.json"].map {
            SourceFile(
                path: $0,
                bytes: Array(
                    #"{"endpoint": "GET /x", "callz": {}, "calls": {"u": {"backend": "no", "path": "/"}}}"#.utf8
                )
            )
        }
        let set = CompositionSet.compile(files, backends: ["yes"], diagnostics: diagnostics)
        #expect(set.plans.isEmpty)
        #expect(diagnostics.errorCount == 4)
        #expect(diagnostics.sorted().map { $0.place?.file.path } == ["a.json", "a.json", "b.json", "b.json"])
    }

    @Test(
        "two endpoints that answer the same requests conflict",
        arguments: ["GET /x/{b}", "GET /x/{a}", "GET /%78/{a}"]
    )
    func conflicts(endpoint: String) {
        let diagnostics = DiagnosticList()
        let files = ["GET /x/{a}", endpoint].enumerated().map { index, endpoint in
            SourceFile(
                path: "\(index).json",
                bytes: Array(#"{"endpoint": "\#(endpoint)", "calls": {"u": {"backend": "users", "path": "/"}}}"#.utf8)
            )
        }
        _ = CompositionSet.compile(files, backends: nil, diagnostics: diagnostics)
        #expect(diagnostics.errorCount == 1)
        #expect(diagnostics.sorted().first?.help == "the other stands at 0.json:1:14")
    }
}
