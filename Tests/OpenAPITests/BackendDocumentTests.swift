import Diagnostics
import JSONSlices
import TestSupport
import Testing

@testable import OpenAPI

/// A document with these paths and schemas, and what is found wrong with it.
func backendDocument(_ text: String) -> (document: BackendDocument?, findings: [String]) {
    let diagnostics = DiagnosticList()
    let file = SourceFile(path: "b.json", bytes: Array(text.utf8))
    let document = BackendDocument.read(file, diagnostics: diagnostics)
    let findings = diagnostics.sorted().map { $0.rendered().split(separator: "\n").first.map(String.init) ?? "" }
    return (document, findings)
}

private func document(schemas: String = "{}", paths: String) throws -> BackendDocument {
    let (document, findings) = backendDocument(
        #"{"openapi": "3.1.0", "paths": \#(paths), "components": {"schemas": \#(schemas)}}"#
    )
    #expect(findings == [])
    return try #require(document)
}

@Suite("A backend's document")
struct BackendDocumentTests {
    @Test(
        "that cannot be read is an error with its place",
        arguments: [
            ("", "b.json:1:1: error: not JSON: expected a value, found an empty document"),
            ("[]", "b.json:1:1: error: an OpenAPI document is an object"),
            ("{}", "b.json:1:1: error: this is no OpenAPI document of version 3"),
            (#"{"openapi": 3}"#, "b.json:1:13: error: this is no OpenAPI document of version 3"),
            (#"{"openapi": "4.0.0"}"#, "b.json:1:13: error: this is no OpenAPI document of version 3"),
            (#"{"swagger": "2.0"}"#, "b.json:1:13: error: this is a Swagger document, and OpenAPI 3 is read"),
            (#"{"openapi": "3.0.0", "paths": []}"#, "b.json:1:31: error: 'paths' must be an object"),
            (
                "\n# The API\nopenapi: 3.0.0\n",
                "b.json:2:1: error: this looks like YAML, and an OpenAPI document is read as JSON"
            ),
        ]
    )
    func refused(text: String, expected: String) {
        let (document, findings) = backendDocument(text)
        #expect(document == nil)
        #expect(findings == [expected])
    }

    @Test("is read without the parts that make no sense, and says so")
    func leftOut() {
        let (document, findings) = backendDocument(
            #"{"openapi": "3.1.0", "paths": {"a": {}, "x-more": 1, "/b": 1, "/c": {"get": [], "put": {}, "summary": "C"}}}"#
        )
        #expect(document?.operations.map { "\($0.method) \($0.path)" } == ["PUT /c"])
        #expect(findings.map { $0.replacing("b.json:1:", with: "") }.count == 3)
        #expect(findings.allSatisfy { $0.contains(": warning: ") })
    }

    @Test("has the paths of its items and of those that they refer to")
    func items() throws {
        let text = #"""
            {"openapi": "3.0.3", "paths": {"/a/{id}/b.{format}": {"$ref": "#/components/pathItems/a~1b%7Bc"}},
             "components": {"pathItems": {"a/b{c": {"get": {}, "delete": {}}}}}
            """#
        let document = try #require(backendDocument(text).document)
        #expect(document.operations.map(\.method) == ["GET", "DELETE"])
        #expect(document.operations.first?.segments == ["a", nil, nil])
    }

    @Test("of any form is read to its end", arguments: 1...6 as ClosedRange<UInt64>)
    func damaged(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let text = #"""
            {"openapi": "3.1.0", "paths": {"/a/{id}": {"parameters": [{"name": "id", "in": "path", "schema": {"type":
            "integer", "minimum": 2}}], "get": {"operationId": "getA", "responses": {"200": {"$ref": "#/components/responses/A"},
            "default": {"content": {"application/json": {"example": 1}}}}}}, "/b": {"get": {"responses": {"2XX": {"content":
            {"application/json; charset=utf-8": {"schema": {"allOf": [{"$ref": "#/components/schemas/A"}, {"required": ["b"],
            "properties": {"b": {"type": ["array", "null"], "minItems": 3, "items": {"$ref": "#/components/schemas/B"}}}}]}}}}}}}},
            "components": {"responses": {"A": {"content": {"text/plain": {}, "application/hal+json": {"schema": {"$ref":
            "#/components/schemas/A"}, "examples": {"one": {"value": null}}}}}}, "schemas": {"A": {"type": "object",
            "properties": {"self": {"$ref": "#/components/schemas/A"}, "n": {"type": "number", "exclusiveMinimum": 1.5}},
            "additionalProperties": false}, "B": {"oneOf": [{"$ref": "#/components/schemas/C"}, {"type": "string", "enum": []}]},
            "C": {"anyOf": [{"$ref": "#/components/schemas/B"}, true]}}}}
            """#
        let replacements = [
            "null", "true", "-1", "1e400", "99999999999999999999", #""""#, #""object""#, "[]", "[[]]", "{}",
            #"{"a": {}}"#,
            ##"{"$ref": "#"}"##, ##"{"$ref": "#/components/schemas/A"}"##, ##"{"$ref": "#/paths/~1b/get"}"##,
            ##"{"$ref": "#/components/schemas/C"}"##, #"{"$ref": "other.json#/A"}"#, #"{"$ref": 1}"#,
            #"{"type": "array", "minItems": 1000000000, "items": {"type": "array", "minItems": 16, "items": {"minLength": 1e9, "type": "string"}}}"#,
        ]
        var read = 0
        for _ in 0..<250 {
            var bytes = Array(text.utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                guard let root = try? JSONDocument(parsing: bytes).root else { break }
                var slices: [JSONSlice] = []
                func visit(_ slice: JSONSlice) {
                    slices.append(slice)
                    for element in slice.elements { visit(element) }
                    for member in slice.members { visit(member.value) }
                }
                visit(root)
                let chosen = try #require(slices.randomElement(using: &random))
                let other = try #require(replacements.randomElement(using: &random))
                bytes.replaceSubrange(chosen.byteRange, with: other.utf8)
            }
            guard let document = backendDocument(String(decoding: bytes, as: UTF8.self)).document else { continue }
            read += 1
            for operation in document.operations { _ = document.answer(to: operation) { _ in true } }
            for exchange in document.exchanges() {
                var writer = JSONWriter()
                writer.write(exchange.body)
                #expect(throws: Never.self) { try JSONDocument(parsing: writer.finish()) }
                #expect(
                    exchange.path.wholeMatch(of: /(\/(\{[A-Za-z_][A-Za-z0-9_]*\}|[^{}%]|%[0-9A-Fa-f]{2})*)+/) != nil
                )
            }
        }
        #expect(read > 100)
    }

    @Test("with schemas that double at each step, or go deep, is read within its budget")
    func explosive() throws {
        var schemas: [String] = []
        for number in 0..<60 {
            let next = ##"{"$ref": "#/components/schemas/S\##(number + 1)"}"##
            schemas.append(
                #""S\#(number)": {"type": "object", "required": ["a"], "properties": {"a": \#(next), "b": \#(next)}}"#
            )
        }
        schemas.append(#""S60": {"type": "string"}"#)
        let paths =
            ##"{"/a": {"get": {"responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/S0"}}}}}}}}"##
        let document = try document(schemas: "{\(schemas.joined(separator: ","))}", paths: paths)
        let operation = try #require(document.operations.first)
        guard case .object = document.answer(to: operation, accepts: { _ in true }) else {
            Issue.record("no object")
            return
        }
        #expect(document.exchanges().count == 1)
    }
}

@Suite("An example of a schema")
struct ExampleMakerTests {
    private func example(of schema: String, schemas: String = "{}") throws -> String {
        let paths =
            #"{"/a": {"get": {"responses": {"200": {"content": {"application/json": {"schema": \#(schema)}}}}}}}"#
        let exchange = try #require(try document(schemas: schemas, paths: paths).exchanges().first)
        return exchange.body.text
    }

    @Test(
        "is what the schema shows, or the first that it allows",
        arguments: [
            (#"{"type": "string", "example": "tea"}"#, #""tea""#), (#"{"type": "integer", "examples": [7, 8]}"#, "7"),
            (#"{"const": {"a": 1}}"#, #"{"a": 1}"#), (#"{"type": "string", "default": "x"}"#, #""x""#),
            (#"{"type": "string", "enum": ["b", "a"]}"#, #""b""#), (#"{"type": "boolean"}"#, "true"),
            (#"{"type": "integer"}"#, "1"), (#"{"type": "number"}"#, "1.5"),
            (#"{"type": "integer", "minimum": 10}"#, "10"), (#"{"type": "integer", "exclusiveMinimum": 10}"#, "11"),
            (#"{"type": "integer", "minimum": 10, "exclusiveMinimum": true}"#, "11"),
            (#"{"type": "integer", "maximum": -3}"#, "-3"), (#"{"type": "string", "maxLength": 2}"#, #""te""#),
            (#"{"type": "string", "minLength": 6}"#, #""textte""#),
            (#"{"type": "string", "format": "date"}"#, #""2026-01-01""#), (#"{"type": ["null", "integer"]}"#, "1"),
            (#"{"type": "null"}"#, "null"), ("{}", "null"), ("true", "null"),
            (#"{"type": "array", "items": {"type": "integer"}, "minItems": 2}"#, "[1,1]"),
            (#"{"items": {"type": "integer"}}"#, "[1]"), (#"{"type": "array"}"#, "[]"),
            (#"{"type": "object"}"#, "{}"),
            (#"{"properties": {"b": {"type": "integer"}, "a": {"type": "string", "writeOnly": true}}}"#, #"{"b":1}"#),
            (#"{"oneOf": [{"type": "integer"}, {"type": "string"}]}"#, "1"),
            (
                #"{"allOf": [{"properties": {"a": {"type": "integer"}}}, {"description": "More."}, {"properties": {"b": {"type": "boolean"}}}], "properties": {"c": {"const": 1}}}"#,
                #"{"a":1,"b":true,"c":1}"#
            ),
        ]
    )
    func shown(schema: String, expected: String) throws {
        #expect(try example(of: schema) == expected)
    }

    @Test("ends where a schema leads to itself")
    func cycles() throws {
        let schemas = ##"""
            {"Node": {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"},
             "parent": {"$ref": "#/components/schemas/Node"},
             "children": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}}}},
             "Endless": {"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#/components/schemas/Endless"}}}}
            """##
        #expect(
            try example(of: ##"{"$ref": "#/components/schemas/Node"}"##, schemas: schemas) == #"{"id":1,"children":[]}"#
        )
        #expect(try example(of: ##"{"$ref": "#/components/schemas/Endless"}"##, schemas: schemas) == "null")
    }

    @Test("stands under a name of its operation, at a path with a placeholder or a value for each parameter")
    func exchanges() throws {
        let document = try document(
            paths: #"""
                {"/users/{id}/tags/{tag}.json": {"parameters": [{"name": "id", "in": "path", "example": 42}], "get": {
                   "operationId": "getUserTag", "summary": "A tag.",
                   "parameters": [{"name": "tag", "in": "path", "schema": {"enum": ["a/b %20c"]}}],
                   "responses": {"204": {}, "201": {"content": {"application/json": {"example": {"a": 1.10}}}}}}},
                 "/plain": {"get": {"responses": {"200": {"content": {"text/plain": {}}}}}},
                 "/a/{b}": {"get": {"responses": {"default": {"content": {"application/problem+json": {}}}}},
                            "post": {"responses": {"200": {"content": {"application/json": {}}}}}}}
                """#
        )
        let exchanges = document.exchanges()
        #expect(exchanges.map(\.name) == ["get-user-tag", "a-b"])
        #expect(exchanges.map(\.path) == ["/users/{id}/tags/a%2Fb%20%2520c.json", "/a/{b}"])
        #expect(exchanges.map(\.status) == [201, 200])
        #expect(exchanges.map(\.summary) == ["A tag.", nil])
        #expect(exchanges.map(\.body.text) == [#"{"a": 1.10}"#, "null"])
    }

    @Test(
        "stands at a path that a fixture can have",
        arguments: [
            ("/levels/{sku}", "/levels/{sku}"), ("/a/{item-id}/{item.id}", "/a/{item_id}/{item_id_2}"),
            ("/{2nd}", "/{_2nd}"), ("/{}", "/{value}"), ("/{é}", "/{_}"), ("/a{b}", "/a1"), ("/{a}{b}", "/11"),
            ("/{a}.{b}/{c}", "/1.1/{c}"), ("/a}", "/a%7D"), ("/{a", "/%7Ba"), ("/50%", "/50%25"),
            ("/50%zz", "/50%25zz"), ("/a%2fb", "/a%2fb"), ("/a%2", "/a%252"), ("/a b?", "/a%20b%3F"), ("/", "/"),
            ("/a//", "/a//"),
        ]
    )
    func path(written: String, expected: String) throws {
        let content = #"{"content": {"application/json": {"example": 1}}}"#
        let document = try document(paths: #"{"\#(written)": {"get": {"responses": {"200": \#(content)}}}}"#)
        #expect(document.exchanges().map(\.path) == [expected])
    }

    @Test(
        "is one of a success: the default answer where none is listed, else it is for errors",
        arguments: [
            ([], true), (["404", "4XX", "500"], true), (["204"], false), (["302"], false), (["3XX"], false),
            (["201"], false), (["2xx"], false),
        ]
    )
    func defaults(statuses: [String], isShown: Bool) throws {
        let others = statuses.map { #""\#($0)": {"description": ""},"# }.joined()
        let content = #"{"content": {"application/json": {"example": 1, "schema": {"type": "integer"}}}}"#
        let document = try document(paths: #"{"/a": {"get": {"responses": {\#(others) "default": \#(content)}}}}"#)
        #expect(document.exchanges().map(\.status) == (isShown ? [200] : []))
        let operation = try #require(document.operations.first)
        guard case .integer = document.answer(to: operation, accepts: { _ in true }) else {
            #expect(!isShown)
            return
        }
        #expect(isShown)
    }
}
