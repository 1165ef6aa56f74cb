import Composition
import JSONSlices
import Testing

@Suite("An operation")
struct OperationTests {
    /// The statuses of a reply to an endpoint.
    private func statuses(_ text: String, answers: [(request: String, body: String)]? = nil) throws -> [String] {
        let document = try document(of: text, answers: answers)
        let item = try #require(document.member("paths")?.objectMembers?.first?.value)
        return try #require(item.objectMembers?.first?.value.member("responses")).keys
    }

    @Test(
        "has the statuses that the endpoint can give",
        arguments: [
            // A required GET.
            (
                #"{"endpoint": "GET /x", "calls": {"a": {"backend": "b", "path": "/a"}}}"#,
                "200 304 404 409 410 412 422 502 504 default"
            ),
            (
                #"{"endpoint": "GET /x/{id}", "calls": {"a": {"backend": "b", "path": "/a/{id}"}}}"#,
                "200 304 400 404 409 410 412 422 500 502 504 default"
            ),
            (
                #"{"endpoint": "GET /x", "calls": {"a": {"backend": "b", "path": "/a", "success": [200, 404, 410]}}}"#,
                "200 304 409 412 422 502 504 default"
            ),
            (
                #"{"endpoint": "GET /x", "calls": {"a": {"backend": "b", "path": "/a", "propagate": [402, 404]}}}"#,
                "200 304 402 404 502 504 default"
            ),
            (
                #"{"endpoint": "GET /x", "calls": {"a": {"backend": "b", "path": "/a", "propagate": [410]}}}"#,
                "200 304 410 502 504 default"
            ),
            // Optional calls alone: nothing can fail.
            (
                #"{"endpoint": "GET /x", "calls": {"a": {"backend": "b", "path": "/a", "fallback": null}}}"#,
                "200 304 default"
            ),
            // A text that a list has no place in.
            (
                #"{"endpoint": "GET /x", "calls": {"a": {"backend": "b", "path": "/a", "fallback": null}}, "#
                    + #""response": {"body": {"x": "{a} of them"}}}"#,
                "200 304 500 default"
            ),
            // Of many answers no status says anything about what the client asked for.
            (
                #"{"endpoint": "GET /x", "calls": {"a": {"forEach": "['p']", "backend": "b", "path": "/{item}"}}}"#,
                "200 304 500 502 504 default"
            ),
            (
                #"{"endpoint": "GET /x", "calls": {"a": {"backend": "b", "path": "/a", "#
                    + #""headers": {"Authorization": "{request.headers.authorization}"}}}}"#,
                "200 304 401 403 404 409 410 412 422 500 502 504 default"
            ),
            // A body that is read.
            (
                #"{"endpoint": "POST /x", "calls": {"a": {"backend": "b", "method": "POST", "path": "/a", "#
                    + #""body": "{request.body}", "propagate": [410]}}}"#,
                "200 400 410 413 415 502 504 default"
            ),
            (
                #"{"endpoint": "POST /x", "calls": {"a": {"backend": "b", "method": "POST", "path": "/a", "propagate": [410]}}}"#,
                "200 410 502 504 default"
            ),
            (
                #"{"endpoint": "POST /x", "calls": {"a": {"backend": "b", "method": "POST", "path": "/a", "fallback": 1}}, "#
                    + #""response": {"status": 204}}"#,
                "204 default"
            ),
            // Kept replies can be asked for alone.
            (
                #"{"endpoint": "GET /x", "calls": {"a": {"backend": "b", "path": "/a", "fallback": 1}}, "#
                    + #""response": {"cache": "1m"}}"#,
                "200 304 504 default"
            ),
            (
                #"{"endpoint": "GET /x", "calls": {"a": {"backend": "b", "path": "/a", "fallback": 1}}, "#
                    + #""response": {"cache": {"maxAge": "1m", "vary": {"query": ["page"]}}}}"#,
                "200 304 400 504 default"
            ),
            // What makes good has no say in the reply.
            (
                #"{"endpoint": "POST /x", "calls": {"a": {"backend": "b", "method": "POST", "path": "/a", "propagate": [402]}, "#
                    + #""undo": {"when": "calls.a.error", "backend": "b", "method": "DELETE", "path": "/a"}}, "#
                    + #""response": {"body": "{a}"}}"#,
                "200 402 502 504 default"
            ),
            // Statuses that an expression chooses.
            (
                #"{"endpoint": "GET /x", "calls": {"a": {"backend": "b", "path": "/a", "fallback": null}}, "#
                    + #""response": {"status": "{a ? `200` : `404`}"}}"#,
                "200 304 404 default"
            ),
            (
                #"{"endpoint": "PUT /x", "calls": {"a": {"backend": "b", "method": "PUT", "path": "/a", "success": [200, 201], "#
                    + #""propagate": [410]}}, "response": {"status": "{calls.a.status}"}}"#,
                "200 201 410 502 504 default"
            ),
            (
                #"{"endpoint": "PUT /x", "calls": {"a": {"backend": "b", "method": "PUT", "path": "/a", "propagate": [410]}}, "#
                    + #""response": {"status": "{calls.a.status}"}}"#,
                "2XX 410 500 502 504 default"
            ),
        ]
    )
    func statuses(text: String, expected: String) throws {
        #expect(try statuses(text).joined(separator: " ") == expected)
    }

    @Test("has a problem beside a reply where both can have the status")
    func sharedStatus() throws {
        let document = try document(
            of: #"{"endpoint": "GET /x", "calls": {"a": {"backend": "b", "path": "/a"}}, "#
                + #""response": {"status": "{a ? `200` : `404`}"}}"#
        )
        let responses = try #require(document.at("paths", "/x", "get", "responses"))
        #expect(responses.at("404", "content")?.keys == ["application/json", "application/problem+json"])
        #expect(responses.at("200", "content")?.keys == ["application/json"])
    }

    @Test("has the parameters as they are declared, and what else of the request is read")
    func parameters() throws {
        let document = try document(
            of: """
                {
                  "endpoint": "GET /x/{id}",
                  "parameters": {
                    "id": { "description": "Whose.", "pattern": "^[a-z]+$" },
                    "ids": { "type": "array", "items": { "type": "integer" }, "maxItems": 3 },
                    "trace": { "in": "header", "name": "X-Trace", "required": true, "maxLength": 9 },
                    "tastes": { "in": "cookie", "type": "array" },
                    "limit": { "type": "integer", "minimum": 1, "exclusiveMaximum": 50, "default": 10 }
                  },
                  "calls": {
                    "a": {
                      "backend": "b",
                      "path": "/a/{id}/{trace}",
                      "query": { "ids": "{ids}", "limit": "{limit}", "sort": "{request.query.sort}", "t": "{tastes}" },
                      "headers": {
                        "Accept-Language": "{request.language}", "X-Trace": "{request.headers.\\"x-trace\\"}",
                        "X-Tenant": "{request.headers.\\"x-tenant\\"}", "Accept": "{request.headers.accept}"
                      }
                    }
                  }
                }
                """
        )
        let list = document.at("paths", "/x/{id}", "get", "parameters")?.arrayElements ?? []
        #expect(
            list.map(\.text) == [
                #"{"name":"id","in":"path","required":true,"description":"Whose.","schema":{"type":"string","pattern":"^[a-z]+$"}}"#,
                #"{"name":"ids","in":"query","schema":{"type":"array","items":{"type":"integer"},"maxItems":3}}"#,
                #"{"name":"X-Trace","in":"header","required":true,"schema":{"type":"string","maxLength":9}}"#,
                #"{"name":"tastes","in":"cookie","schema":{"type":"array","items":{"type":"string"}},"explode":false}"#,
                #"{"name":"limit","in":"query","schema":{"type":"integer","minimum":1,"exclusiveMaximum":50,"default":10}}"#,
                #"{"name":"sort","in":"query","schema":{"type":"array","items":{"type":"string"}}}"#,
                #"{"name":"Accept-Language","in":"header","description":"The languages that the reply may be in, the best one first.","schema":{"type":"string"}}"#,
                #"{"name":"x-tenant","in":"header","schema":{"type":"string"}}"#,
                #"{"name":"If-None-Match","in":"header","description":"The `ETag` of a reply that the client has: 304 where it still holds.","schema":{"type":"string"}}"#,
            ]
        )
    }

    @Test("has what it requires of the client's Authorization, which is no parameter")
    func security() throws {
        let read = try document(
            of: #"{"endpoint": "GET /x", "calls": {"a": {"backend": "b", "path": "/a", "#
                + #""headers": {"Authorization": "{request.headers.authorization}"}}}}"#
        )
        #expect(read.at("paths", "/x", "get", "security")?.text == #"[{"authorization":[]},{}]"#)
        let scheme = read.at("components", "securitySchemes", "authorization")
        #expect(scheme?.member("name")?.string == "Authorization")
        let required = try document(
            of:
                #"{"endpoint": "GET /x", "parameters": {"who": {"in": "header", "name": "Authorization", "required": true}}, "#
                + #""calls": {"a": {"backend": "b", "path": "/a", "headers": {"Authorization": "{who}"}}}}"#
        )
        #expect(required.at("paths", "/x", "get", "security")?.text == #"[{"authorization":[]}]"#)
        let neither = try document(of: #"{"endpoint": "GET /x", "calls": {"a": {"backend": "b", "path": "/a"}}}"#)
        #expect(neither.at("paths", "/x", "get", "security") == nil)
        #expect(neither.at("components", "securitySchemes") == nil)
    }

    @Test("has the body that it declares, with a component for each object")
    func requestBody() throws {
        let document = try document(
            of: """
                {
                  "endpoint": "POST /x",
                  "requestBody": {
                    "type": "object",
                    "required": ["lines"],
                    "properties": {
                      "lines": {
                        "type": "array", "minItems": 1,
                        "items": { "type": "object", "properties": { "sku": { "type": "string", "description": "Which." } } }
                      },
                      "note": { "type": ["string", "null"], "enum": ["gift", null] }
                    },
                    "additionalProperties": false
                  },
                  "calls": { "a": { "backend": "b", "method": "POST", "path": "/a", "body": "{request.body}" } }
                }
                """
        )
        #expect(
            document.at("paths", "/x", "post", "requestBody")?.text
                == ##"{"required":true,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/XRequest"}}}}"##
        )
        #expect(
            document.at("components", "schemas", "XRequest")?.text
                == ##"{"type":"object","properties":{"lines":{"type":"array","items":{"$ref":"#/components/schemas/XRequestLinesItem"},"minItems":1},"##
                + #""note":{"type":["string","null"],"enum":["gift",null]}},"required":["lines"],"additionalProperties":false}"#
        )
        #expect(
            document.at("components", "schemas", "XRequestLinesItem")?.text
                == #"{"type":"object","properties":{"sku":{"type":"string","description":"Which."}}}"#
        )
    }

    @Test("has the header fields of its reply, and of a 304 those that it keeps")
    func replyHeaders() throws {
        let document = try document(
            of: """
                {
                  "endpoint": "GET /x",
                  "serverTiming": true,
                  "calls": { "a": { "backend": "b", "path": "/a", "fallback": { "n": "1" } } },
                  "response": {
                    "headers": { "X-Total": "{a.n}", "X-Kind": "list", "Content-Type": "application/vnd.list+json" },
                    "cache": { "maxAge": "60s", "vary": { "headers": ["X-Tenant"] } }
                  }
                }
                """
        )
        let responses = try #require(document.at("paths", "/x", "get", "responses"))
        #expect(
            responses.at("200", "headers")?.keys == [
                "X-Total", "X-Kind", "Medley-Partial", "ETag", "Cache-Control", "Age", "Cache-Status", "Vary",
                "Server-Timing",
            ]
        )
        #expect(responses.at("200", "headers", "X-Kind", "required")?.bool == true)
        #expect(responses.at("200", "headers", "X-Total", "required") == nil)
        #expect(responses.at("200", "content")?.keys == ["application/vnd.list+json"])
        #expect(
            responses.at("304", "headers")?.keys
                == ["Medley-Partial", "ETag", "Cache-Control", "Age", "Cache-Status", "Vary", "Server-Timing"]
        )
        #expect(responses.at("304", "content") == nil)
    }

    @Test("requires a constant header field only where no problem has the same status")
    func sharedHeaders() throws {
        let document = try document(
            of: #"{"endpoint": "GET /x", "calls": {"a": {"backend": "b", "path": "/a"}}, "#
                + #""response": {"status": "{a ? `200` : `404`}", "headers": {"X-Kind": "list"}}}"#
        )
        let responses = try #require(document.at("paths", "/x", "get", "responses"))
        #expect(responses.at("200", "headers", "X-Kind", "required")?.bool == true)
        #expect(responses.at("404", "headers", "X-Kind")?.member("required") == nil)
        #expect(responses.at("404", "headers")?.keys.contains("X-Kind") == true)
    }

    @Test("who has to show what, and what is refused")
    func access() throws {
        func endpoint(_ path: String, _ access: String) -> (path: String, text: String) {
            (
                "\(path).json",
                #"{"endpoint": "GET /\#(path)", "access": \#(access), "limits": "few", "calls": {"a": {"backend": "b", "path": "/"}}}"#
            )
        }
        var info = OpenAPIDocument.Info()
        info.policies = [("users", .token), ("partners", .apiKey(header: "X-Api-Key")), ("staff", .password)]
        let document = try document(
            of: [
                endpoint("one", #""users""#), endpoint("any", #"["users", "partners", "anonymous"]"#),
                endpoint("all", #""anonymous""#),
            ],
            info: info
        )
        #expect(document.at("paths", "/one", "get", "security")?.text == #"[{"users":[]}]"#)
        #expect(document.at("paths", "/any", "get", "security")?.text == #"[{"users":[]},{"partners":[]},{}]"#)
        #expect(document.at("paths", "/all", "get", "security") == nil)
        let responses = try #require(document.at("paths", "/one", "get", "responses"))
        #expect(Set(responses.keys).isSuperset(of: ["401", "403", "429"]))
        #expect(responses.at("401", "headers")?.keys == ["WWW-Authenticate"])
        #expect(responses.at("429", "headers")?.keys == ["Retry-After"])
        #expect(document.at("paths", "/all", "get", "responses", "401") == nil)
        // What no operation names is not there.
        #expect(
            document.at("components", "securitySchemes")?.text
                == #"{"users":{"type":"http","scheme":"bearer","bearerFormat":"JWT"},"partners":{"type":"apiKey","in":"header","name":"X-Api-Key"}}"#
        )
    }
}
