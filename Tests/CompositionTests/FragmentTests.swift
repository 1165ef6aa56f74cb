import Diagnostics
import Testing

@testable import Composition

/// Compiles compositions with the fragments of their directory; what is found comes back as the command line prints it.
private func compile(
    _ endpoints: [(path: String, text: String)],
    fragments: [(path: String, text: String)]
) -> (plans: [Plan], findings: [String]) {
    func files(_ texts: [(path: String, text: String)]) -> [SourceFile] {
        texts.map { SourceFile(path: "compositions/\($0.path)", bytes: Array($0.text.utf8)) }
    }
    let diagnostics = DiagnosticList()
    let set = CompositionSet.compile(
        files(endpoints),
        fragments: Fragments(directory: "compositions", files: files(fragments)),
        backends: ["users", "orders"],
        diagnostics: diagnostics
    )
    return (set.plans, diagnostics.sorted().map { $0.rendered() })
}

/// One endpoint whose call `user` is this text.
private func home(call: String, name: String = "home") -> (path: String, text: String) {
    ("\(name).json", "{\"endpoint\": \"GET /\(name)\", \"calls\": {\n\"user\": \(call)}}")
}

@Suite("Fragments")
struct FragmentTests {
    private let user: (path: String, text: String) = (
        "_shared/user.json",
        #"{"$schema": "x", "calls": {"user": {"backend": "users", "path": "/u", "timeout": "2s", "query": {"q": "1"}}}}"#
    )

    @Test("a reference stands for a call, and what stands beside it overrides members of the same name")
    func overrides() throws {
        let (plans, findings) = compile(
            [
                home(
                    call:
                        ##"{"$ref": "_shared/user.json#/calls/user", "timeout": "1s", "query": {"p": "2"}, "fallback": null}"##
                )
            ],
            fragments: [user]
        )
        #expect(findings == [])
        let call = try #require(plans.first?.calls.first)
        #expect(call.path.source == "/u")
        #expect(call.timeout == .seconds(1))
        #expect(call.fallback != nil)
        guard case .fields(let fields) = call.query else {
            Issue.record("no fields")
            return
        }
        #expect(fields.map(\.name) == ["p"], "one level: a member is replaced as a whole")
    }

    @Test(
        "a reference may stand wherever an object does",
        arguments: [
            ##"{"endpoint": "GET /a", "calls": {"$ref": "_shared/user.json#/calls"}}"##,
            ##"{"endpoint": "GET /a", "calls": {"user": {"$ref": "_shared/user.json#/calls/user"}}}"##,
            ##"{"endpoint": "GET /a", "parameters": {"$ref": "_p.json"}, "calls": {"user": {"backend": "users", "path": "/{id}"}}}"##,
            ##"{"endpoint": "GET /a", "parameters": {"id": {"$ref": "_p.json#/id", "default": 5}}, "calls": {"user": {"backend": "users", "path": "/{id}"}}}"##,
            ##"{"endpoint": "GET /a", "calls": {"user": {"backend": "users", "path": "/"}}, "response": {"$ref": "_r.json#/response"}}"##,
            ##"{"endpoint": "GET /a", "calls": {"user": {"backend": "users", "path": "/"}}, "response": {"body": {"a": [{"$ref": "_r.json#/list/1/x~1y"}]}}}"##,
            ##"{"endpoint": "GET /a", "calls": {"user": {"backend": "users", "path": "/"}}, "response": {"body": {"...": {"$ref": "_r.json#/list/1"}}}}"##,
            ##"{"endpoint": "GET /a", "calls": {"user": {"backend": "users", "path": "/"}}, "response": {"body": {"$ref": "_r.json#/list"}}}"##,
            ##"{"endpoint": "GET /a", "calls": {"user": {"backend": "users", "path": "/", "headers": {"$ref": "_r.json#/a%20b~0"}}}}"##,
            ##"{"endpoint": "GET /a", "calls": {"user": {"backend": "users", "path": "/", "fallback": {"$ref": "#/calls/user/query"}, "query": {"a": "1"}}}}"##,
        ]
    )
    func places(text: String) {
        let fragments = [
            user, ("_p.json", #"{"id": {"type": "integer"}}"#),
            (
                "_r.json",
                #"{"response": {"status": 201, "body": "{user}"}, "list": [0, {"x/y": {"n": "{user.n}"}}], "a b~": {"X-A": "1"}}"#
            ),
        ]
        let (plans, findings) = compile([("a.json", text)], fragments: fragments)
        #expect(plans.count == 1)
        #expect(findings.allSatisfy { $0.contains("warning: no composition uses this fragment") }, "\(findings)")
    }

    @Test("fragments reference one another, each by its own place")
    func nested() throws {
        let (plans, findings) = compile(
            [
                (
                    "mobile/home.json",
                    ##"{"endpoint": "GET /home", "calls": {"user": {"$ref": "../_shared/a/calls.json#/user", "path": "/x"}}}"##
                )
            ],
            fragments: [
                ("_shared/a/calls.json", ##"{"user": {"$ref": "../base.json", "timeout": "1s"}}"##),
                (
                    "_shared/base.json",
                    ##"{"$schema": "x", "backend": "users", "path": "/u", "query": {"$ref": "base2.json#/query"}}"##
                ),
                ("_shared/base2.json", #"{"query": {"a": "1"}}"#),
            ]
        )
        #expect(findings == [])
        let call = try #require(plans.first?.calls.first)
        #expect(call.path.source == "/x")
        #expect(call.timeout == .seconds(1))
    }

    @Test("an error in a fragment points into it, says from where it is used, and stands there once")
    func errors() {
        let (plans, findings) = compile(
            [
                home(call: ##"{"$ref": "_calls.json#/user"}"##),
                home(call: ##"{"$ref": "_calls.json#/user", "timeout": "1s"}"##, name: "other"),
            ],
            fragments: [("_calls.json", "{\"user\": {\n  \"backend\": \"users\", \"path\": \"/{usr.id}\"}}")]
        )
        #expect(plans.isEmpty)
        #expect(
            findings == [
                """
                compositions/_calls.json:2:34: error: no call or parameter is named 'usr'; did you mean 'user'?
                 2 |   "backend": "users", "path": "/{usr.id}"}}
                   |                                  ^~~
                  used by compositions/home.json:2:18
                  used by compositions/other.json:2:18
                """
            ]
        )
    }

    @Test("an error in what overrides a fragment points to the override")
    func overrideErrors() {
        let (_, findings) = compile(
            [home(call: ##"{"$ref": "_shared/user.json#/calls/user", "timeout": "1x", "pth": 1}"##)],
            fragments: [user]
        )
        #expect(findings.count == 2)
        #expect(findings.first?.hasPrefix("compositions/home.json:2:62: error: 'timeout' in the call 'user'") == true)
        #expect(
            findings.last?.hasPrefix("compositions/home.json:2:68: error: unknown key 'pth' in the call 'user'") == true
        )
    }

    @Test("a chain of references is told from the inside out")
    func chains() {
        let (_, findings) = compile(
            [home(call: ##"{"$ref": "_a.json#/x"}"##)],
            fragments: [
                ("_a.json", ##"{"x": {"$ref": "_b.json#/y"}}"##), ("_b.json", #"{"y": {"backend": "users"}}"#),
            ]
        )
        #expect(
            findings == [
                """
                compositions/_b.json:1:7: error: the call 'user' needs 'path'
                 1 | {"y": {"backend": "users"}}
                   |       ^
                  used by compositions/_a.json:1:16, which is used by compositions/home.json:2:18
                """
            ]
        )
    }

    @Test(
        "a reference that leads nowhere is one error, with the nearest name",
        arguments: [
            (
                "_shared/usr.json#/calls/user", "there is no fragment '_shared/usr.json'",
                "did you mean '_shared/user.json'?"
            ),
            ("_shared/user.json#/calls/usr", "'_shared/user.json#/calls' has no 'usr'", "did you mean 'user'?"),
            (
                "_shared/user.json#/calls/user/path/x",
                "'_shared/user.json#/calls/user/path' is a string, and has no 'x'", ""
            ),
            ("_shared/user.json#calls", "behind '#' stands a path of names", "write '#/calls'"),
            (
                "../_x.json", "'../_x.json' is outside of the compositions directory",
                "fragments stand in files below it"
            ),
            ("other.json#/calls/user", "'other.json' is no fragment", "begins with '_'"),
            ("/etc/_x.json", "a reference names a file by its path relative to this one", ""),
            ("https://x/_y.json", "a reference names a file by its path relative to this one", ""),
            ("", "an empty reference", "for instance"),
            ("_shared/user.json#/a~2", "'~' stands alone in 'a~2'", "write '~0' for '~'"),
            ("_shared/user.json#/%zz", "'%zz' is no percent-encoded UTF-8", ""),
            (
                "#/calls/user",
                "these references lead back to where they began: home.json#/calls/user → home.json#/calls/user", ""
            ),
            ("#", "these references lead back to where they began: home.json# → home.json#", ""),
        ]
    )
    func leadingNowhere(reference: String, message: String, help: String) {
        let (plans, findings) = compile([home(call: "{\"$ref\": \"\(reference)\"}")], fragments: [user])
        let errors = findings.filter { !$0.contains("warning:") }
        #expect(plans.isEmpty)
        #expect(errors.count == 1, "\(errors)")
        #expect(errors.first?.hasPrefix("compositions/home.json:2:18: error: \(message)") == true, "\(errors)")
        #expect(errors.first?.contains(help) == true, "\(errors)")
    }

    @Test(
        "what cannot be a reference, or cannot be merged, is an error",
        arguments: [
            (#"{"$ref": 5}"#, "'$ref' must be a string, not a number"),
            (##"{"$ref": "_l.json#/0", "$ref": "_l.json"}"##, "the key '$ref' stands twice"),
            (##"{"$ref": "_l.json#/0", "path": "/", "path": "/"}"##, "the key 'path' stands twice in the call 'user'"),
            (##"{"$ref": "_l.json#/1"}"##, "'_l.json#' is a list of 1, and has no '1'"),
            (
                ##"{"$ref": "_l.json", "path": "/"}"##,
                "the reference is a list, and has no members that others could stand beside"
            ),
            (##"{"$ref": "_l.json"}"##, "the call 'user' must be an object, not a list"),
        ]
    )
    func mismatches(call: String, message: String) {
        let (_, findings) = compile([home(call: call)], fragments: [("_l.json", #"[{"backend": "users"}]"#)])
        #expect(findings.contains { $0.contains("error: \(message)") }, "\(findings)")
    }

    @Test("references that lead in a circle are told with the circle")
    func cycle() {
        let (_, findings) = compile(
            [home(call: ##"{"$ref": "_a.json#/x"}"##)],
            fragments: [
                ("_a.json", ##"{"x": {"$ref": "_b.json#/y"}}"##),
                ("_b.json", ##"{"y": {"body": {"$ref": "_a.json#/x"}}}"##),
            ]
        )
        #expect(findings.count == 1)
        #expect(
            findings.first?.hasPrefix(
                """
                compositions/_a.json:1:16: error: these references lead back to where they began: \
                _b.json#/y → _a.json#/x → _b.json#/y
                """
            ) == true,
            "\(findings)"
        )
    }

    @Test("fragments that use others twice are refused before they fill the memory")
    func explosion() {
        let fragments = (0..<31).map { index in
            ("_\(index).json", ##"{"a": {"$ref": "_\##(index + 1).json"}, "b": {"$ref": "_\##(index + 1).json"}}"##)
        }
        let (plans, findings) = compile(
            [home(call: ##"{"$ref": "_0.json"}"##)],
            fragments: fragments + [("_31.json", "{\"text\": \"\(String(repeating: "x", count: 4096))\"}")]
        )
        #expect(plans.isEmpty)
        #expect(
            findings.map { $0.prefix(98) } == [
                "compositions/home.json:1:1: error: with its fragments the composition is longer than 16 MiB\n 1 | {"
            ]
        )
    }

    @Test("where the calls as a whole are missing, nothing follows from it")
    func missingCalls() {
        let (_, findings) = compile(
            [("a.json", ##"{"endpoint": "GET /a", "calls": {"$ref": "_x.json"}, "response": {"body": "{user}"}}"##)],
            fragments: []
        )
        #expect(findings.count == 1)
        #expect(findings.first?.contains("there is no fragment '_x.json'") == true)
    }

    @Test("a mistake in the file itself that a reference repeats stands there once, and so does each use")
    func sameFile() {
        let (_, findings) = compile(
            [
                (
                    "a.json",
                    """
                    {"endpoint": "GET /a", "calls": {
                    "u": {"backend": "users", "path": "/{idd}"}, "v": {"$ref": "#/calls/u"}, "w": {"$ref": "#/calls/u"}}}
                    """
                )
            ],
            fragments: []
        )
        let found = findings.filter { $0.contains("no call or parameter is named 'idd'") }
        #expect(found.count == 1)
        #expect(found.first?.ranges(of: "used by compositions/a.json:").count == 2)
    }

    @Test("a fragment that nothing uses is a warning, one that is no JSON an error")
    func unused() {
        let (plans, findings) = compile(
            [home(call: #"{"backend": "users", "path": "/"}"#)],
            fragments: [user, ("_broken.json", "{")]
        )
        #expect(plans.count == 1)
        #expect(findings.count == 2)
        #expect(findings.first?.hasPrefix("compositions/_broken.json:1:2: error: not JSON") == true)
        #expect(
            findings.last?.hasPrefix("compositions/_shared/user.json:1:1: warning: no composition uses this fragment")
                == true
        )
    }

    @Test("a whole composition is no reference")
    func wholeComposition() {
        let (_, findings) = compile([("a.json", ##"{"$ref": "_shared/user.json"}"##)], fragments: [user])
        #expect(
            findings.first?.hasPrefix("compositions/a.json:1:2: error: '$ref' cannot stand for a whole composition")
                == true
        )
    }

    @Test(
        "names and folders that begin with an underscore are fragments",
        arguments: [
            ("_a.json", true), ("_s/a.json", true), ("m/_s/a.json", true), ("a.json", false), ("m/a_.json", false),
        ]
    )
    func names(path: String, isFragment: Bool) {
        #expect(Fragments.isFragment(path) == isFragment)
    }

    @Test("an expression of a fragment that fails on its data is logged with the fragment's place")
    func runtimePlace() async throws {
        try await withBench(
            ##"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/u"}}, "response": {"body": {"a": {"$ref": "_b.json#/body"}}}}"##,
            fragments: ["_b.json": "{\"body\":\n {\"n\": \"{length(u.n)}\"}}"],
            fixtures: ["users/u": #"{"request": {"path": "/u"}, "response": {"body": {"n": 5}}}"#]
        ) { bench in
            let reply = await bench.run()
            #expect(reply.status == 500)
            #expect(reply.problem?.members.map(\.value) == ["response.body.a.n", "expression_error"])
            #expect(reply.responseFailure?.hasPrefix("_b.json:2:10: ") == true, "\(reply.responseFailure ?? "")")
        }
    }
}
