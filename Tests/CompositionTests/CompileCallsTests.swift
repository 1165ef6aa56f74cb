import Testing

@testable import Composition

@Suite("Compiling what a call can say")
struct CompileCallsTests {
    /// The errors of an endpoint whose call `b` has these members beside `backend` and `path`.
    private func errors(_ members: String, path: String = "/b") -> [String] {
        compile(
            """
            {"endpoint": "GET /a", "calls": {
              "a": {"backend": "users", "path": "/a"},
              "b": {"backend": "users", "path": "\(path)",
                \(members)}},
             "response": {"body": ["{a}", "{b}"]}}
            """
        ).errors
    }

    @Test(
        "what makes no sense is an error at its place",
        arguments: [
            (#""maxItems": 5"#, "4:17: 'maxItems' is about a list"),
            (#""batch": {"key": "id"}"#, "4:14: 'batch' is about a list"),
            (
                #""forEach": "a", "maxItems": 0"#,
                "4:33: 'maxItems' in the call 'b' must be a whole number from 1 to 10000"
            ),
            (#""forEach": "a", "maxConcurrency": 65"#, "4:39: 'maxConcurrency' in the call 'b' must be a whole number"),
            (#""forEach": "a", "batch": {"size": 3}"#, "4:30: 'batch' needs 'key'"),
            (#""forEach": "a", "batch": {"key": "id", "siz": 3}"#, "4:44: unknown key 'siz' in 'batch'"),
            (#""forEach": "item""#, "4:17: 'item' is an element of a list, and stands only in a call with"),
            (#""when": "item""#, "4:14: 'item' is an element of a list, and stands only in a call with"),
            (#""forEach": "b.list""#, "3:3: these calls wait for each other: b → b"),
            (#""when": "c""#, "4:14: no call or parameter is named 'c'"),
            (#""when": "a =""#, "4:16: syntax: "),
            (#""success": "status =""#, "4:24: syntax: "),
            (#""success": 200"#, "4:16: 'success' in the call 'b' must be a list of statuses from 100 to 599"),
        ]
    )
    func refused(members: String, message: String) {
        let errors = errors(members)
        #expect(errors.count == 1, "\(errors)")
        #expect(errors.first?.hasPrefix(message) == true, "\(errors)")
    }

    @Test("a list makes room for 'item' in every part of its call, and of no other")
    func item() throws {
        let plan = try #require(
            compile(
                """
                {"endpoint": "GET /a", "calls": {
                  "b": {"forEach": "['x']", "backend": "users", "method": "POST", "path": "/{item}", "query": {"q": "{item}"},
                        "headers": {"X-A": "{item}"}, "body": {"i": "{item}"}, "when": "item", "success": "$item == body.id",
                        "select": "merge({i: $item}, @)", "fallback": "{item}"}}}
                """
            ).plan
        )
        #expect(plan.calls.first?.forEach?.maxRequests == 100)
        #expect(plan.calls.first?.needs == [])
    }

    @Test("the body's member for what is missing needs an object, and a name of its own")
    func partial() {
        func errors(_ response: String) -> [String] {
            compile(
                """
                {"endpoint": "GET /a", "calls": {"a": {"backend": "users", "path": "/a", "fallback": null}},
                 "response": \(response)}
                """
            ).errors
        }
        #expect(errors(#"{"partial": "missing", "body": {"a": "{a}"}}"#) == [])
        #expect(errors(#"{"partial": "missing", "body": {"a": 1}}"#).count == 1)
        #expect(errors(#"{"partial": "a", "body": {"a": "{a}"}}"#) == ["2:26: the body has a member 'a'"])
        #expect(
            errors(#"{"partial": "missing", "body": "{a}"}"#)
                == ["2:26: 'partial' adds a member to the body, which is no object here"]
        )
    }
}
