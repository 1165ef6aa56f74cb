import JSONSlices
import Synchronization
import Testing

@testable import Composition

/// A client's request, as the front hands it on.
struct ClientRequest {
    var method = "GET"
    var path: [String] = []
    var query: String?
    var fields: [(String, String)] = []
    var body = ""
    var time: @Sendable () -> String = { "2026-11-24T07:30:00.250Z" }

    var endpointRequest: EndpointRequest {
        let fields = fields
        return EndpointRequest(
            method: method,
            path: "/a",
            pathParameters: path,
            query: query,
            body: Array(body.utf8),
            header: { name in fields.compactMap { $0.0.lowercased() == name ? $0.1 : nil } },
            forwarded: [],
            id: "request-1",
            time: time
        )
    }
}

/// What expressions read of a request, as JSON texts; or the problem that the client gets, `status detail {members}`.
func read(_ expressions: [String], of request: ClientRequest, declared: String = "", path: String = "/a") throws
    -> [String]
{
    let body = (expressions.map { "\"{\($0)}\"" } + ["\"{u}\""]).joined(separator: ", ")
    let (plan, errors) = compile(
        """
        {"endpoint": "\(request.method) \(path)", \(declared)
         "calls": {"u": {"backend": "users", "path": "/"}}, "response": {"body": [\(body)]}}
        """
    )
    try #require(errors == [])
    let made = try #require(plan)
    do throws(RequestFailure) {
        let slots = try RequestInput(request: request.endpointRequest, plan: made).slots()
        return slots.prefix(expressions.count).map { value in
            var writer = JSONWriter()
            writer.write(value)
            return String(decoding: writer.finish(), as: UTF8.self)
        }
    } catch {
        guard case .problem(let problem) = error.reply.content else { return [] }
        let members = problem.members.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
        return ["\(problem.status) \(problem.detail) \(members)"] + problem.errors.map { "\($0.pointer): \($0.detail)" }
    }
}

@Suite("Reading a request")
struct RequestInputTests {
    @Test(
        "a parameter comes from where it is declared",
        arguments: [
            (#"{"in": "query"}"#, ClientRequest(query: "p=a%2Cb+c"), #""a,b c""#),
            (#"{"in": "query", "name": "p-x"}"#, ClientRequest(query: "p=1&p-x=2"), #""2""#),
            (#"{"in": "header", "name": "X-P"}"#, ClientRequest(fields: [("x-p", "a, b")]), #""a, b""#),
            (#"{"in": "header", "name": "x-P", "type": "integer"}"#, ClientRequest(fields: [("X-p", "7")]), "7"),
            (#"{"in": "cookie", "type": "boolean"}"#, ClientRequest(fields: [("Cookie", "a=1; p=true")]), "true"),
            (
                #"{"in": "cookie", "name": "__Host-p"}"#,
                ClientRequest(fields: [("Cookie", "a=1"), ("cookie", #"__Host-p="x=y""#)]), #""x=y""#
            ),
            (#"{"in": "cookie"}"#, ClientRequest(fields: [("Cookie", "P=1")]), "null"),
            (#"{"in": "header", "default": "d"}"#, ClientRequest(), #""d""#),
            (#"{"in": "cookie", "type": "array", "default": ["a", "b"]}"#, ClientRequest(), #"["a", "b"]"#),
            (#"{"in": "header"}"#, ClientRequest(fields: [("p", "")]), #""""#),
        ]
    )
    func locations(declaration: String, request: ClientRequest, expected: String) throws {
        #expect(try read(["p"], of: request, declared: #""parameters": {"p": \#(declaration)},"#) == [expected])
    }

    @Test(
        "a list is a repeated field of the query, and split at commas elsewhere",
        arguments: [
            ("query", ClientRequest(query: "p=a,b&x=1&p=c"), #"["a,b","c"]"#),
            ("query", ClientRequest(query: "p="), #"[""]"#),
            ("query", ClientRequest(query: "x="), "null"), ("query", ClientRequest(), "null"),
            ("header", ClientRequest(fields: [("p", "a, b"), ("P", #""c,d""#)]), #"["a","b","\"c,d\""]"#),
            ("header", ClientRequest(fields: [("p", "")]), "[]"), ("header", ClientRequest(), "null"),
            ("cookie", ClientRequest(fields: [("cookie", "p=a,b; p=c")]), #"["a","b","c"]"#),
            ("cookie", ClientRequest(fields: [("cookie", "p=")]), "[]"),
            ("path", ClientRequest(path: ["a,b%2Cc"]), #"["a","b,c"]"#),
        ]
    )
    func lists(location: String, request: ClientRequest, expected: String) throws {
        let declared = #""parameters": {"p": {"in": "\#(location)", "type": "array"}},"#
        let path = location == "path" ? "/a/{p}" : "/a"
        #expect(try read(["p"], of: request, declared: declared, path: path) == [expected])
    }

    @Test(
        "a parameter that does not fit is a 400 that names it as the client does",
        arguments: [
            (#"{"in": "header", "name": "X-P", "required": true}"#, ClientRequest(), "The header 'X-P' is missing."),
            (
                #"{"in": "cookie", "required": true}"#, ClientRequest(fields: [("cookie", "q=1")]),
                "The cookie 'p' is missing."
            ),
            (
                #"{"in": "header"}"#, ClientRequest(fields: [("p", "a"), ("p", "a")]),
                "The header 'p' stands 2 times; send it once."
            ),
            (
                #"{"in": "cookie"}"#, ClientRequest(fields: [("cookie", "p=1; p=2")]),
                "The cookie 'p' stands 2 times; send it once."
            ),
            (
                #"{"type": "array", "items": {"type": "integer"}}"#, ClientRequest(query: "p=1&p=x"),
                "The parameter 'p' must be a whole number (item 2)."
            ),
            (
                #"{"type": "array", "items": {"type": "integer", "exclusiveMaximum": 2}}"#,
                ClientRequest(query: "p=1&p=2"),
                "The parameter 'p' must be less than 2 (item 2)."
            ),
            (
                #"{"type": "array", "maxItems": 1}"#, ClientRequest(query: "p=1&p=2"),
                "The parameter 'p' must have at most 1 item."
            ),
            (
                #"{"type": "array", "minItems": 1, "in": "header"}"#, ClientRequest(fields: [("p", ",")]),
                "The header 'p' must have at least 1 item."
            ),
            (#"{"type": "array", "required": true}"#, ClientRequest(), "The parameter 'p' is missing."),
            (
                #"{"type": "number", "exclusiveMinimum": 0}"#, ClientRequest(query: "p=0.0"),
                "The parameter 'p' must be more than 0."
            ),
        ]
    )
    func misfits(declaration: String, request: ClientRequest, detail: String) throws {
        let found = try read(["p"], of: request, declared: #""parameters": {"p": \#(declaration)},"#)
        let name = declaration.contains("X-P") ? "X-P" : "p"
        #expect(found == ["400 \(detail) parameter=\(name)"])
    }

    @Test("the request's id, its time and the client's language are values")
    func requestItself() throws {
        let request = ClientRequest(fields: [("Accept-Language", "fr;q=0.5, de-CH")])
        let names = ["request.id", "request.time", "request.language", "request.method", "request.path"]
        #expect(
            try read(names, of: request)
                == [#""request-1""#, #""2026-11-24T07:30:00.250Z""#, #""de-CH""#, #""GET""#, #""/a""#]
        )
        #expect(try read(["request.language"], of: ClientRequest()) == ["null"])
    }

    @Test("a header of the client is read by name, unless it ended at this hop")
    func headers() throws {
        let fields = [("X-A", "1"), ("x-a", "2"), ("X-Hop", "3"), ("Connection", "close, x-hop")]
        let names = [#"request.headers.\"x-a\""#, #"request.headers.\"x-hop\""#, #"request.headers.\"x-none\""#]
        #expect(try read(names, of: ClientRequest(fields: fields)) == [#""1, 2""#, "null", "null"])
        let declared = #""parameters": {"h": {"in": "header", "name": "X-Hop"}},"#
        #expect(try read(["h"], of: ClientRequest(fields: fields), declared: declared) == ["null"])
    }

    @Test("the time is asked once, and only where it is read")
    func time() throws {
        let text =
            #"{"endpoint": "GET /a", "calls": {"u": {"backend": "users", "path": "/"}}, "response": {"body": BODY}}"#
        let counter = Counter()
        let request = ClientRequest(time: { counter.next() }).endpointRequest
        let unread = try #require(compile(text.replacing("BODY", with: #""{u}""#)).plan)
        _ = try RequestInput(request: request, plan: unread).slots()
        #expect(counter.count == 0)
        let twice = try #require(
            compile(text.replacing("BODY", with: #"["{request.time}", "{request.time}", "{u}"]"#)).plan
        )
        _ = try RequestInput(request: request, plan: twice).slots()
        #expect(counter.count == 1)
    }
}

@Suite("Reading a request's body")
struct RequestBodyTests {
    private func post(_ body: String, _ fields: [(String, String)] = []) -> ClientRequest {
        ClientRequest(method: "POST", fields: fields, body: body)
    }

    @Test("without a schema any JSON is a body, and no body is null", arguments: ["[1.10]", "null", "\"a\"", ""])
    func anything(body: String) throws {
        #expect(try read(["request.body"], of: post(body)) == [body.isEmpty ? "null" : body])
    }

    @Test("a schema makes the body required, unless null may stand there")
    func emptiness() throws {
        let object = #""requestBody": {"type": "object"},"#
        #expect(
            try read(["request.body"], of: post(""), declared: object)
                == ["400 The request's body is missing. pointer=", ": is missing"]
        )
        let optional = #""requestBody": {"type": ["object", "null"]},"#
        #expect(try read(["request.body"], of: post(""), declared: optional) == ["null"])
        #expect(try read(["request.body"], of: post("{}"), declared: optional) == ["{}"])
        let listed = #""requestBody": {"type": ["string", "null"], "enum": ["a"]},"#
        #expect(try read(["request.body"], of: post(""), declared: listed).first?.hasPrefix("400 ") == true)
    }

    @Test("a body with a schema is checked even where nothing reads it")
    func unread() throws {
        let declared = #""requestBody": {"type": "object"},"#
        #expect(
            try read([], of: post("1"), declared: declared) == [
                "400 The request's body must be an object. pointer=", ": must be an object",
            ]
        )
        #expect(try read([], of: post("1")) == [])
        #expect(try read([], of: post("not JSON", [("content-type", "text/plain")])) == [])
    }

    @Test("what does not fit is told with its place, several at once")
    func mismatches() throws {
        let declared = #"""
            "requestBody": {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "tags": {"type": "array", "items": {"type": "string"}}}},
            """#
        #expect(
            try read(["request.body"], of: post(#"{"tags": ["a", 1]}"#), declared: declared) == [
                "400 In the request's body /id is missing, and 1 more. pointer=/id", "/id: is missing",
                "/tags/1: must be a string",
            ]
        )
        #expect(
            try read(["request.body"], of: post(#"{"id": 1.5}"#), declared: declared)
                == ["400 In the request's body /id must be a whole number. pointer=/id", "/id: must be a whole number"]
        )
    }

    @Test(
        "a body that is not JSON is refused",
        arguments: [
            (
                "{", nil,
                "400 The request's body is not JSON at byte 1: expected a member's name in double quotes, found the end of the document. "
            ),
            (" ", nil, "400 The request's body is not JSON at byte 1: expected a value, found an empty document. "),
            (
                "{}", ("Content-Type", "text/plain"),
                "415 The request's body has the media type 'text/plain'; what is read here is application/json. "
            ),
            (
                "a=1", ("Content-Type", "application/x-www-form-urlencoded"),
                "415 The request's body has the media type 'application/x-www-form-urlencoded'; what is read here is application/json. "
            ),
            (
                "{}", ("Content-Encoding", "gzip"),
                "415 The request's body has the content coding 'gzip'; what is read here has none. "
            ),
        ] as [(String, (String, String)?, String)]
    )
    func notJSON(body: String, field: (String, String)?, expected: String) throws {
        #expect(try read(["request.body"], of: post(body, field.map { [$0] } ?? [])) == [expected])
    }

    @Test(
        "media types of JSON are read",
        arguments: ["application/json", "application/json; charset=utf-8", "application/merge-patch+json"]
    )
    func json(type: String) throws {
        let fields = [("content-type", type), ("content-encoding", "identity")]
        #expect(try read(["request.body.a"], of: post(#"{"a": 1}"#, fields)) == [#"{"a": 1}"#])
    }

    @Test("without a body its media type does not matter")
    func noBody() throws {
        #expect(try read(["request.body"], of: post("", [("content-type", "text/plain")])) == ["null"])
    }
}

/// Counts how often it is asked.
private final class Counter: Sendable {
    private let value = Atomic(0)

    var count: Int { value.load(ordering: .relaxed) }

    func next() -> String {
        "time \(value.add(1, ordering: .relaxed).newValue)"
    }
}
