import Composition
import Diagnostics
import JSONSlices
import OpenAPI
import Testing

/// What is found in compositions about backends that have a document.
@Suite("Calls held against a backend's document")
struct DescriptionFindingTests {
    private static let text = ##"""
        {
          "openapi": "3.1.0",
          "paths": {
            "/users/{id}": {
              "get": { "responses": { "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/User" } } } } } },
              "put": { "responses": { "204": {} } }
            },
            "/users/me": {
              "get": { "responses": { "2XX": { "content": { "application/json": { "schema": { "properties": { "session": { "type": "string" } } } } } } } }
            },
            "/orders": {
              "get": { "responses": { "default": { "content": { "application/json": { "schema": { "type": "array", "items": { "$ref": "#/components/schemas/Order" } } } } } } }
            },
            "/anything": { "get": { "responses": { "200": { "content": { "application/json": {} } } } } }
          },
          "components": { "schemas": {
            "Named": { "type": "object", "required": ["name"], "properties": { "name": { "type": "string" } } },
            "User": { "allOf": [{ "$ref": "#/components/schemas/Named" }, { "type": "object", "properties": {
              "id": { "type": "integer" }, "boss": { "$ref": "#/components/schemas/User" },
              "extra": { "type": "object", "additionalProperties": { "type": "integer" } } } }] },
            "Order": { "oneOf": [{ "properties": { "total": { "type": "number" } } }, { "properties": { "refund": { "type": ["number", "null"] } } }] }
          } }
        }
        """##

    private static func descriptions() throws -> BackendDescriptions {
        BackendDescriptions(["b": try #require(backendDocument(text).document)])
    }

    private func findings(call: String, read: String, answer: String? = nil) throws -> [String] {
        let text = #"""
            {"endpoint": "GET /x/{id}", "calls": {"a": {"backend": "b", \#(call)}}, "response": {"headers": {"X": "{id}"}, "body": "\#(read)"}}
            """#
        let diagnostics = DiagnosticList()
        let file = SourceFile(path: "c.json", bytes: Array(text.utf8))
        let set = CompositionSet.compile([file], backends: nil, diagnostics: diagnostics)
        let answers = answer.map {
            RecordedAnswers(["b": [.init(method: "GET", path: "/users/1", status: 200, body: Array($0.utf8))]])
        }
        let findings = set.findings(
            answers: answers,
            descriptions: try Self.descriptions(),
            maxBackendRequests: 1000
        )
        return (diagnostics.diagnostics + findings).map { finding in
            let text = finding.place.map { String(decoding: $0.file.bytes[$0.range], as: UTF8.self) } ?? ""
            return "‹\(text)› \(finding.message)|\(finding.help ?? "")"
        }
    }

    @Test(
        "that fit are without fault",
        arguments: [
            (#""path": "/users/{id}""#, "{a.[name, id, boss.name, boss.boss.whatever, extra.whatever]}"),
            (#""path": "/users/me""#, "{a.session}"), (#""path": "/orders""#, "{a[].[total, refund]}"),
            (#""path": "/anything""#, "{a.whatever.else}"), (#""path": "/{id}""#, "{a}"),
            (#""path": "/users/1""#, "{a.name}"), (#""method": "PUT", "path": "/users/{id}""#, "{a}"),
        ]
    )
    func fit(call: String, read: String) throws {
        #expect(try findings(call: call, read: read) == [])
    }

    @Test(
        "that do not are found, and what was meant is told",
        arguments: [
            (
                #""path": "/user/{id}""#, "{a.name}",
                #"‹"/user/{id}"› 'b.json' has no path like this one of the backend 'b'|did you mean '/users/{id}'?"#
            ),
            (
                #""path": "/users/{id}/x/y/z""#, "{a.name}",
                #"‹"/users/{id}/x/y/z"› 'b.json' has no path like this one of the backend 'b'|known here: /anything, /orders, /users/me, /users/{id}"#
            ),
            (
                #""method": "DELETE", "path": "/users/{id}""#, "{a}",
                #"‹"DELETE"› 'b.json' has '/users/{id}', but not with DELETE|it has GET, PUT"#
            ),
            (
                #""path": "/users/{id}""#, "{a.nmae}",
                "‹nmae› no document of a backend has 'nmae' here|did you mean 'name'?"
            ),
            (
                #""path": "/users/{id}", "select": "{n: nmae}""#, "{a.n}",
                "‹nmae› no document of a backend has 'nmae' here|did you mean 'name'?"
            ),
            (
                #""path": "/orders""#, "{a[].amount}",
                "‹amount› no document of a backend has 'amount' here|take it away, or record an answer that has it"
            ),
            (
                #""path": "/users/me""#, "{a.name}",
                "‹name› no document of a backend has 'name' here|take it away, or record an answer that has it"
            ),
        ]
    )
    func unfit(call: String, read: String, expected: String) throws {
        #expect(try findings(call: call, read: read) == [expected])
    }

    @Test("know a member that a recorded answer has, too")
    func recorded() throws {
        let answer = #"{"name": "Ada", "age": 7}"#
        #expect(try findings(call: #""path": "/users/{id}""#, read: "{a.age}", answer: answer) == [])
        #expect(
            try findings(call: #""path": "/users/{id}""#, read: "{a.agee}", answer: answer)
                == ["‹agee› neither a recorded answer nor a backend's document has 'agee' here|did you mean 'age'?"]
        )
    }

    @Test("give the schema of a reply, with what the document does not require as optional")
    func types() throws {
        let diagnostics = DiagnosticList()
        let text = #"{"endpoint": "GET /x/{id}", "calls": {"a": {"backend": "b", "path": "/users/{id}"}}}"#
        let file = SourceFile(path: "compositions/x.json", bytes: Array(text.utf8))
        let set = CompositionSet.compile([file], backends: nil, diagnostics: diagnostics)
        let document = OpenAPIDocument(
            of: set,
            in: "compositions",
            answers: nil,
            descriptions: try Self.descriptions(),
            info: .init()
        ).value
        #expect(
            document.at("components", "schemas", "XReply")?.resolved(in: document).text
                == #"{"type":"object","properties":{"name":{"type":"string"},"id":{"type":"integer"},"boss":{},"extra":{"type":"object"}},"required":["name"]}"#
        )
    }
}
