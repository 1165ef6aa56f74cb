import Testing

@testable import Composition

@Suite("Fragments")
struct FragmentTests {
    @Test("a reference stands for a call, and what stands beside it overrides members of the same name")
    func overrides() throws {
        let (plans, findings) = compile(
            [
                home(
                    call:
                        ##"{"$ref": "_shared/user.json#/calls/user", "timeout": "1s", "query": {"p": "2"}, "fallback": null}"##
                )
            ],
            fragments: [userFragment]
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
            userFragment, ("_p.json", #"{"id": {"type": "integer"}}"#),
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

    @Test("a fragment that nothing uses is a warning, one that is no JSON an error")
    func unused() {
        let (plans, findings) = compile(
            [home(call: #"{"backend": "users", "path": "/"}"#)],
            fragments: [userFragment, ("_broken.json", "{")]
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
        let (_, findings) = compile([("a.json", ##"{"$ref": "_shared/user.json"}"##)], fragments: [userFragment])
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
