import JSONSlices
import Testing

/// One member of a reply, what the call `a` is besides its path, and the bodies that were recorded of it.
private struct Inference: CustomTestStringConvertible {
    var template: String
    var call = ""
    var answers: [String]?
    var schema: String

    var testDescription: String { "\(template) \(call) \(answers ?? [])" }
}

/// The schema of `x`, and whether it is required.
private func inferred(_ inference: Inference) throws -> (schema: String, isRequired: Bool) {
    let call = #""backend": "b", "path": "/a""# + (inference.call.isEmpty ? "" : ", " + inference.call)
    let document = try document(
        of: """
            {
              "endpoint": "GET /x/{id}",
              "parameters": { "limit": { "type": "integer" }, "size": { "type": "number", "default": 1 } },
              "calls": { "a": { \(call) }, "c": { "backend": "b", "path": "/c/{id}" } },
              "response": { "body": { \(inference.template), "c": "{c}{limit}{size}{calls.a.status}" } }
            }
            """,
        answers: inference.answers.map { bodies in bodies.map { ("GET /a", $0) } }
    )
    let reply = try #require(document.at("components", "schemas", "XReply"))
    let schema = try #require(reply.at("properties", "x")).resolved(in: document)
    let required = reply.member("required")?.arrayElements?.compactMap(\.string) ?? []
    return (schema.text, required.contains("x"))
}

@Suite("The schema of a reply")
struct InferenceTests {
    @Test(
        "is what recorded answers show",
        arguments: [
            Inference(
                template: #""x": "{a.n}""#,
                answers: [#"{"n": 1}"#, #"{"n": -20}"#],
                schema: #"{"type":"integer"}"#
            ),
            Inference(
                template: #""x": "{a.n}""#,
                answers: [#"{"n": 1}"#, #"{"n": 2.0}"#],
                schema: #"{"type":"number"}"#
            ),
            Inference(template: #""x": "{a.n}""#, answers: [#"{"n": 1e2}"#], schema: #"{"type":"number"}"#),
            Inference(
                template: #""x": "{a.n}""#,
                answers: [#"{"n": 1}"#, #"{}"#],
                schema: #"{"type":["integer","null"]}"#
            ),
            Inference(
                template: #""x": "{a.n}""#,
                answers: [#"{"n": "1"}"#, #"{"n": null}"#],
                schema: #"{"type":["string","null"]}"#
            ),
            Inference(
                template: #""x": "{a}""#,
                answers: [#"{"b": true, "n": 1}"#, #"{"b": false, "z": [1]}"#],
                schema: #"{"type":"object","properties":{"b":{"type":"boolean"},"n":{"type":"integer"},"#
                    + #""z":{"type":"array","items":{"type":"integer"}}},"required":["b"]}"#
            ),
            Inference(
                template: #""x": "{a}""#,
                answers: [#"[{"n": 1}, null]"#, #"[{"n": null}]"#],
                schema: #"{"type":"array","items":{"type":["object","null"],"#
                    + #""properties":{"n":{"type":["integer","null"]}},"required":["n"]}}"#
            ),
            Inference(
                template: #""x": "{a.n}""#,
                answers: [#"{"n": 1}"#, #"{"n": "1"}"#, #"{"n": null}"#],
                schema: #"{"anyOf":[{"type":"integer"},{"type":"string"},{"type":"null"}]}"#
            ),
        ]
    )
    fileprivate func examples(_ inference: Inference) throws {
        let found = try inferred(inference)
        #expect(found == (inference.schema, true))
    }

    @Test(
        "is {} where nothing tells, and never a guess",
        arguments: [
            Inference(template: #""x": "{a.n}""#, schema: "{}"),
            Inference(template: #""x": "{a.n}""#, answers: [], schema: "{}"),
            Inference(template: #""x": "{a.n}""#, answers: [#"{"n": null}"#], schema: "{}"),
            Inference(template: #""x": "{a.m}""#, answers: [#"{"n": 1}"#], schema: "{}"),
            Inference(template: #""x": "{a}""#, answers: ["[]"], schema: #"{"type":"array","items":{}}"#),
            Inference(template: #""x": "{a}""#, answers: ["{}"], schema: #"{"type":"object"}"#),
            Inference(
                template: #""x": "{to_number(a.n)}""#,
                answers: [#"{"n": 1}"#, #"{"n": "1"}"#],
                schema: #"{"type":["number","null"]}"#
            ),
        ]
    )
    fileprivate func unknown(_ inference: Inference) throws {
        #expect(try inferred(inference).schema == inference.schema)
    }

    @Test(
        "follows templates and expressions",
        arguments: [
            Inference(template: #""x": "home""#, schema: #"{"type":"string"}"#),
            Inference(
                template: #""x": [1, 2.5, null]"#,
                schema: #"{"type":"array","items":{"type":["number","null"]}}"#
            ),
            Inference(template: #""x": null"#, schema: #"{"type":"null"}"#),
            Inference(template: #""x": "{limit}""#, schema: #"{"type":["integer","null"]}"#),
            Inference(template: #""x": "{size}""#, schema: #"{"type":"number"}"#),
            Inference(template: #""x": "{id}""#, schema: #"{"type":"string"}"#),
            Inference(template: #""x": "No. {id}""#, schema: #"{"type":"string"}"#),
            Inference(template: #""x": "No. {limit}""#, schema: #"{"type":["string","null"]}"#),
            Inference(template: #""x": "{calls.a.status}""#, schema: #"{"type":"integer"}"#),
            Inference(template: #""x": "{calls.a.error}""#, schema: #"{"type":["string","null"]}"#),
            Inference(template: #""x": "{request.language}""#, schema: #"{"type":["string","null"]}"#),
            Inference(template: #""x": "{length(id)}""#, schema: #"{"type":"integer"}"#),
            Inference(template: #""x": "{length(id) / `2`}""#, schema: #"{"type":"number"}"#),
            Inference(template: #""x": "{length(id) * `2` - `1`}""#, schema: #"{"type":"integer"}"#),
            Inference(template: #""x": "{length(id) * `2.5`}""#, schema: #"{"type":"number"}"#),
            Inference(template: #""x": "{id == 'a'}""#, schema: #"{"type":"boolean"}"#),
            Inference(
                template: #""x": "{sum(a[].n)}""#,
                answers: [#"[{"n": 1}, {"n": 2}]"#],
                schema: #"{"type":"integer"}"#
            ),
            Inference(
                template: #""x": "{sum(a[].n)}""#,
                answers: [#"[{"n": 1}, {"n": 2.5}]"#],
                schema: #"{"type":"number"}"#
            ),
            Inference(
                template: #""x": "{a[?n > `1`].m}""#,
                answers: [#"[{"n": 1, "m": "a"}, {"n": 2, "m": null}]"#],
                schema: #"{"type":"array","items":{"type":"string"}}"#
            ),
            Inference(
                template: #""x": "{a[0].n}""#,
                answers: [#"[{"n": 1}]"#],
                schema: #"{"type":["integer","null"]}"#
            ),
            Inference(
                template: #""x": "{camel_keys(a)}""#,
                answers: [#"{"the_id": 1, "other": {"in_it": true}}"#, #"{"the_id": 1}"#],
                schema: #"{"type":"object","properties":{"theId":{"type":"integer"},"other":{"type":"object","#
                    + #""properties":{"inIt":{"type":"boolean"}},"required":["inIt"]}},"required":["theId"]}"#
            ),
            Inference(
                template: #""x": "{merge(a, {n: id, k: limit})}""#,
                answers: [#"{"n": 1, "z": "a"}"#],
                schema: #"{"type":"object","properties":{"n":{"type":"string"},"z":{"type":"string"},"#
                    + #""k":{"type":["integer","null"]}},"required":["n","z","k"]}"#
            ),
            Inference(
                template: #""x": { "...": "{a}", "n": 1, "m?": "{limit}" }"#,
                answers: [#"{"n": "a", "m": true}"#, #"{"n": "a"}"#],
                schema: #"{"type":"object","properties":{"n":{"type":"integer"},"#
                    + #""m":{"anyOf":[{"type":"boolean"},{"type":"integer"}]}},"required":["n"]}"#
            ),
            Inference(
                template: #""x": { "...": "{a.p}", "n": 1 }"#,
                answers: [#"{"p": {"q": 1}}"#, #"{"p": null}"#],
                schema:
                    #"{"type":"object","properties":{"q":{"type":"integer"},"n":{"type":"integer"}},"required":["n"]}"#
            ),
        ]
    )
    fileprivate func templates(_ inference: Inference) throws {
        let found = try inferred(inference)
        #expect(found == (inference.schema, true))
    }

    @Test(
        "takes the value of a call with its fallback, its select, its omit and its condition",
        arguments: [
            Inference(
                template: #""x": "{a}""#,
                call: #""select": "n[].{id: id, to: to.name}", "fallback": []"#,
                answers: [#"{"n": [{"id": 1, "to": {"name": "a"}}, {"id": 2}]}"#],
                schema: #"{"type":"array","items":{"type":"object","properties":{"id":{"type":"integer"},"#
                    + #""to":{"type":["string","null"]}},"required":["id","to"]},"#
                    + #""description":"A fallback, where `Medley-Partial` names `a`."}"#
            ),
            Inference(
                template: #""x": "{a.n}""#,
                call: #""fallback": { "n": "{id}" }"#,
                answers: [#"{"n": 1}"#],
                schema: #"{"anyOf":[{"type":"integer"},{"type":"string"}],"#
                    + #""description":"A fallback, where `Medley-Partial` names `a`."}"#
            ),
            Inference(
                template: #""x": "{a}""#,
                call: #""omit": ["secret", "**.at"]"#,
                answers: [#"{"n": 1, "secret": 2, "in": [{"at": 1, "to": 2}]}"#],
                schema: #"{"type":"object","properties":{"n":{"type":"integer"},"in":{"type":"array","items":"#
                    + #"{"type":"object","properties":{"to":{"type":"integer"}},"required":["to"]}}},"required":["n","in"]}"#
            ),
            Inference(
                template: #""x": "{a.n}""#,
                call: #""when": "limit""#,
                answers: [#"{"n": 1}"#],
                schema: #"{"type":["integer","null"]}"#
            ),
            Inference(
                template: #""x": "{a.n}""#,
                call: #""when": "limit", "otherwise": { "n": 1.5 }"#,
                answers: [#"{"n": 1}"#],
                schema: #"{"type":"number"}"#
            ),
            Inference(
                template: #""x": "{a.n}""#,
                call: #""success": [200, 404]"#,
                answers: [#"{"n": 1}"#],
                schema: #"{"type":["integer","null"]}"#
            ),
            Inference(
                template: #""x": "{a}""#,
                call: #""forEach": "['p', 'q']", "select": "n", "fallback": null"#,
                answers: [#"{"n": 1}"#],
                schema: #"{"type":"array","items":{"type":["integer","null"]},"#
                    + #""description":"A fallback, where `Medley-Partial` names `a`."}"#
            ),
            Inference(
                template: #""x": "{a}""#,
                call: #""forEach": "c.list", "select": "n", "fallback": null"#,
                answers: [#"{"n": 1}"#],
                schema: #"{"type":["array","null"],"items":{"type":["integer","null"]},"#
                    + #""description":"A fallback, where `Medley-Partial` names `a`."}"#
            ),
            Inference(
                template: #""x": "{a}""#,
                call: #""forEach": "[`1`, `2`]", "batch": { "key": "id", "join": "{of: $item, name: n}" }"#,
                answers: [#"[{"id": 1, "n": "a"}]"#],
                schema: #"{"type":"array","items":{"type":"object","properties":{"of":{"type":"integer"},"#
                    + #""name":{"type":"string"}},"required":["of","name"]}}"#
            ),
        ]
    )
    fileprivate func calls(_ inference: Inference) throws {
        let found = try inferred(inference)
        #expect(found == (inference.schema, true))
    }

    @Test("leaves a member with a question mark out where it is null, and knows when it never is")
    func optionalMembers() throws {
        let sometimes = Inference(template: #""x?": "{a.n}""#, answers: [#"{"n": 1}"#, "{}"], schema: "")
        #expect(try inferred(sometimes) == (#"{"type":"integer"}"#, false))
        let always = Inference(template: #""x?": "{a.n}""#, answers: [#"{"n": 1}"#], schema: "")
        #expect(try inferred(always) == (#"{"type":"integer"}"#, true))
    }

    @Test("is null for a call that is skipped with the one that its path needs")
    func skippedTogether() throws {
        let document = try document(
            of: """
                {
                  "endpoint": "GET /x",
                  "parameters": { "wanted": { "type": "boolean" } },
                  "calls": {
                    "a": { "when": "wanted", "backend": "b", "path": "/a" },
                    "c": { "backend": "b", "path": "/c/{a.id}", "select": "n" }
                  },
                  "response": { "body": "{c}" }
                }
                """,
            answers: [("GET /a", #"{"id": 1}"#), ("GET /c/1", #"{"n": 1}"#)]
        )
        let content = document.at("paths", "/x", "get", "responses", "200", "content", "application/json", "schema")
        #expect(content?.text == #"{"type":["integer","null"]}"#)
    }

    @Test("has the list of what is missing, where 'partial' names one")
    func partial() throws {
        let document = try document(
            of: """
                {
                  "endpoint": "GET /x",
                  "calls": { "a": { "backend": "b", "path": "/a", "fallback": null } },
                  "response": { "partial": "missing", "body": { "a": "{a}" } }
                }
                """
        )
        let reply = try #require(document.at("components", "schemas", "XReply"))
        #expect(reply.member("required")?.text == #"["a"]"#)
        #expect(
            reply.at("properties", "missing")?.resolved(in: document).text
                == #"{"type":"array","items":{"type":"object","properties":{"call":{"type":"string"},"#
                + #""reason":{"type":"string"},"items":{"type":"array","items":{"type":"integer"}}},"#
                + #""required":["call","reason"]}}"#
        )
    }

    @Test("is read from answers without a body as null, of what changes something")
    func withoutBody() throws {
        let document = try document(
            of: """
                {
                  "endpoint": "DELETE /x",
                  "calls": { "a": { "backend": "b", "method": "DELETE", "path": "/a" } },
                  "response": { "body": { "gone": "{a.id}" } }
                }
                """,
            answers: [("DELETE /a", #"{"id": 1}"#), ("DELETE /a 204", "")]
        )
        let reply = try #require(document.at("components", "schemas", "XReply", "properties", "gone"))
        #expect(reply.text == #"{"type":["integer","null"]}"#)
    }
}
