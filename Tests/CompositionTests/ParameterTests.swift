import Diagnostics
import JSONSlices
import Testing

@testable import Composition

@Suite("Declaring what a request brings")
struct ParameterTests {
    @Test(
        "each mistake in a declaration is found, at its place",
        arguments: [
            (#"{"in": "body"}"#, "must be one of path, query, header, cookie, not \"body\""),
            (#"{"in": "header", "name": "X A"}"#, "'X A' is no header name"),
            (#"{"in": "cookie", "name": "a;b"}"#, "'a;b' is no cookie name"),
            (#"{"in": "path"}"#, "the path /a has no {p}"),
            (#"{"type": "object"}"#, "must be one of string, integer, number, boolean, array, not \"object\""),
            (#"{"type": ["string", "null"]}"#, "must be one of string, integer, number, boolean, array, not a list"),
            (#"{"properties": {}}"#, "unknown key 'properties' in the parameter 'p'"),
            (
                #"{"type": "array", "items": {"type": "array"}}"#,
                "'type' in the items of 'p' must be one of string, integer, number, boolean, not \"array\""
            ),
            (#"{"type": "array", "items": {"items": {}}}"#, "unknown key 'items' in the items of 'p'"),
            (#"{"type": "array", "pattern": "a"}"#, "'pattern' says nothing about the type array"),
            (#"{"type": "array", "enum": ["a"]}"#, "'enum' says nothing about the type array"),
            (#"{"items": {}}"#, "'items' says nothing about the type string"),
            (#"{"type": "array", "default": "a"}"#, "the default is no array"),
            (
                #"{"type": "array", "items": {"type": "integer"}, "default": [1, "x"]}"#,
                "the default must be a whole number (item 2)"
            ),
            (#"{"required": true, "default": "a"}"#, "a required parameter has no use for a default"),
            (#"{"required": ["a"]}"#, "'required' in the parameter 'p' must be true or false, not a list"),
            (#"{"description": 1}"#, "'description' in the parameter 'p' must be a string, not 1"),
            (
                #"{"type": "array", "items": {"description": 1}}"#,
                "'description' in the items of 'p' must be a string, not 1"
            ),
        ]
    )
    func mistakes(declaration: String, expected: String) {
        let (_, errors) = compile(
            #"{"endpoint": "GET /a", "parameters": {"p": \#(declaration)}, "calls": {"u": {"backend": "users", "path": "/", "query": {"p": "{p}"}}}}"#
        )
        #expect(errors.count == 1 && errors.first?.hasSuffix(expected) == true, "found \(errors)")
    }

    @Test("a GET has no body to declare or to read")
    func bodyOfGet() {
        let declared = compile(
            #"{"endpoint": "GET /a", "requestBody": {"type": "object"}, "calls": {"u": {"backend": "users", "path": "/"}}}"#
        )
        #expect(declared.errors == ["1:39: a GET has no body"])
        let read = compile(
            #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/{request.body.id}"}}}"#
        )
        #expect(read.errors == ["1:79: a GET has no body that could be read"])
        let delete = compile(
            #"{"endpoint": "DELETE /a", "calls": {"u": {"backend": "users", "path": "/{request.body.id}"}}}"#
        )
        #expect(delete.errors == [])
    }

    @Test("an endpoint that is refused keeps its method, so that its body is no second mistake")
    func refusedEndpoint() {
        let (_, errors) = compile(
            #"{"endpoint": "POST /a/", "requestBody": {}, "calls": {"u": {"backend": "users", "path": "/{request.body.id}"}}}"#
        )
        #expect(errors == ["1:15: a path has no empty segments and no slash at its end"])
    }

    @Test(
        "an example path is one that the endpoint's parameters accept",
        arguments: [
            (#""id": {"type": "integer"}"#, "/a/7"),
            (#""id": {"type": "array", "items": {"type": "integer"}}"#, "/a/7"),
            (#""id": {"type": "integer", "minimum": 8}"#, nil), (#""id": {"type": "boolean"}"#, nil),
            (#""h": {"in": "header"}"#, "/a/7"), (#""h": {"in": "header", "required": true}"#, nil),
            (#""c": {"in": "cookie", "required": true}"#, nil), (#""q": {"required": true}"#, nil),
        ]
    )
    func examplePath(declaration: String, expected: String?) throws {
        let (plan, errors) = compile(
            #"{"endpoint": "GET /a/{id}", "parameters": {\#(declaration)}, "calls": {"u": {"backend": "users", "path": "/u/{id}"}}}"#
        )
        #expect(errors == [])
        #expect(try #require(plan).examplePath(from: ["users": ["/u/7"]]) == expected)
    }

    @Test("schemas can be fragments, and their mistakes are told where they stand")
    func fragments() throws {
        let composition = #"""
            {"endpoint": "POST /a", "requestBody": {"$ref": "_order.json#/body"},
             "calls": {"u": {"backend": "users", "method": "POST", "path": "/", "body": "{request.body}"}}}
            """#
        let fragment = #"""
            {"body": {"type": "object", "properties": {"line": {"$ref": "#/line"}}},
             "line": {"type": "object", "properties": {"qty": {"type": "TYPE"}}}}
            """#
        func compiled(_ type: String) -> (Plan?, [String]) {
            let diagnostics = DiagnosticList()
            let set = CompositionSet.compile(
                [SourceFile(path: "c.json", bytes: Array(composition.utf8))],
                fragments: Fragments(
                    directory: "",
                    files: [
                        SourceFile(path: "_order.json", bytes: Array(fragment.replacing("TYPE", with: type).utf8))
                    ]
                ),
                backends: nil,
                diagnostics: diagnostics
            )
            return (set.plans.first, diagnostics.sorted().map { $0.rendered() })
        }
        let (plan, _) = compiled("integer")
        let schema = try #require(plan?.requestBody)
        var check = SchemaCheck()
        check.check(.slice(try JSONDocument(parsing: #"{"line": {"qty": "1"}}"#).root), against: schema)
        #expect(check.mismatches == [SchemaMismatch(pointer: "/line/qty", message: "must be a whole number")])
        let (_, errors) = compiled("int")
        #expect(errors.count == 1)
        #expect(
            errors.first?.hasPrefix("_order.json:2:60: error: 'type' in the property 'line.qty' must be one of") == true
        )
    }
}
