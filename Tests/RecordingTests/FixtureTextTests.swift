import Diagnostics
import JSONSlices
import Replay
import Testing

@testable import Recording

@Suite("What an exchange becomes as a fixture's text")
struct FixtureTextTests {
    private func text(
        _ request: String,
        headers: [RecordedExchange.Field] = [],
        body: String = "",
        status: Int = 200,
        _ answered: [RecordedExchange.Field] = [],
        _ answer: String = "",
        duration: Duration? = nil,
        rules: RecordingRules = RecordingRules()
    ) -> FixtureText {
        let parts = request.split(separator: " ").map(String.init)
        let exchange = RecordedExchange(
            method: parts[0],
            target: parts[1],
            headers: headers,
            body: Array(body.utf8),
            answer: .response(status: status, headers: answered, body: Array(answer.utf8)),
            duration: duration
        )
        return FixtureText(exchange, rules)
    }

    /// The fixture of an answer.
    private func fixture(
        _ fields: [RecordedExchange.Field],
        _ body: [UInt8] = Array("{}".utf8),
        _ rules: RecordingRules = RecordingRules()
    ) -> FixtureText {
        let answer = RecordedExchange.Answer.response(status: 200, headers: fields, body: body)
        return FixtureText(RecordedExchange(method: "GET", target: "/", answer: answer), rules)
    }

    private func written(_ text: FixtureText) -> String { String(decoding: text.bytes, as: UTF8.self) }

    /// A member of the text, compact.
    private func member(_ text: FixtureText, _ path: String...) throws -> String? {
        let root = try JSONDocument(parsing: text.bytes).root
        let value = path.reduce(Optional(root)) { $0?.member($1) }
        return value.map { $0.string ?? $0.withUTF8 { String(decoding: $0, as: UTF8.self) } }
    }

    @Test("members stand in a fixed order, tokens as the backend wrote them, and what fits on a line on one line")
    func order() {
        let body =
            #"{"id":9007199254740993, "total" : 540.90,"e":1E+2,"name":"Am\u00e9lie\/é","list":[],"none":{ },"long":["#
            + (1...30).map { "\($0)00000" }.joined(separator: ",") + "]}"
        let text = text(
            "POST /orders?b=2&a=1&b=1",
            headers: [("Accept-Language", "fr"), ("X-Request-Id", "7"), ("accept-language", "de")],
            body: #"{"sku" : "TEA"}"#,
            status: 201,
            [
                ("x-total", "3"), ("Date", "now"), ("etag", "\"7\""), ("Link", "</a>"), ("Content-Length", "9"),
                ("link", "</b>"), ("content-type", "application/json"),
            ],
            body,
            duration: .microseconds(20_700),
            rules: {
                var rules = RecordingRules()
                rules.keepsDelays = true
                rules.matchedHeaders = ["accept-language"]
                return rules
            }()
        )
        let numbers = (1...30).map { "\($0)00000" }
        #expect(
            written(text) == """
                {
                  "request": {
                    "method": "POST",
                    "path": "/orders",
                    "query": { "a": "1", "b": ["2", "1"] },
                    "headers": { "accept-language": "fr, de" },
                    "body": { "sku": "TEA" }
                  },
                  "response": {
                    "status": 201,
                    "headers": { "ETag": "\\"7\\"", "Link": ["</a>", "</b>"], "X-Total": "3" },
                    "body": {
                      "id": 9007199254740993,
                      "total": 540.90,
                      "e": 1E+2,
                      "name": "Am\\u00e9lie\\/é",
                      "list": [],
                      "none": {},
                      "long": [
                        \(numbers[..<13].joined(separator: ", ")),
                        \(numbers[13..<25].joined(separator: ", ")),
                        \(numbers[25...].joined(separator: ", "))
                      ]
                    },
                    "delay": "20ms"
                  }
                }

                """
        )
    }

    @Test(
        "headers of the connection and those that change with each answer are left out",
        arguments: [
            "Date", "SERVER", "Via", "Age", "X-Request-Id", "traceparent", "Connection", "Keep-Alive", "Content-Length",
            "Transfer-Encoding", "Content-Encoding", "X-B3-TraceId", "X-RateLimit-Remaining", "CF-Ray", "not a name",
        ]
    )
    func volatile(name: String) throws {
        #expect(try member(fixture([(name, "1")]), "response", "headers") == nil)
    }

    @Test("an operator can keep a header that changes, and drop one that does not")
    func ownHeaders() throws {
        var rules = RecordingRules()
        rules.keptHeaders = ["date"]
        rules.droppedHeaders = ["etag"]
        let text = fixture([("Date", "now"), ("ETag", "1"), ("Vary", "Accept")], Array("{}".utf8), rules)
        #expect(try member(text, "response", "headers") == #"{ "Date": "now", "Vary": "Accept" }"#)
    }

    @Test("a date of expiry is left out where there is a lifetime beside it, and else kept")
    func expires() throws {
        let both = fixture([("Expires", "Thu"), ("Cache-Control", "max-age=60")])
        #expect(try member(both, "response", "headers") == #"{ "Cache-Control": "max-age=60" }"#)
        let alone = fixture([("Expires", "0"), ("Cache-Control", "no-store")])
        #expect(try member(alone, "response", "headers", "Expires") == "0")
    }

    /// A body, its media type, and how it stands in the fixture.
    struct Body: Sendable, CustomTestStringConvertible {
        let bytes: [UInt8]
        let mediaType: String?
        let key: String?
        var exact: String?

        init(_ text: String, _ mediaType: String?, _ key: String?, exact: String? = nil) {
            self.init(Array(text.utf8), mediaType, key, exact: exact)
        }

        init(_ bytes: [UInt8], _ mediaType: String?, _ key: String?, exact: String? = nil) {
            (self.bytes, self.mediaType, self.key, self.exact) = (bytes, mediaType, key, exact ?? key)
        }

        var testDescription: String {
            "\(String(decoding: bytes.prefix(20), as: UTF8.self)) as \(mediaType ?? "nothing")"
        }

        static let all: [Body] = [
            .init("", "application/json", nil),
            .init(#"{"a":1}"#, "application/json", "body"),
            .init(#"{"a":1}"#, "text/html", "body"),
            .init(#"{ "a":1}"#, "application/json", "body", exact: "bodyText"),
            .init("{\"a\":1}\n", "application/json", "body", exact: "bodyText"),
            .init(#"{"a b":" \" "}"#, "application/json", "body"),
            .init("42", "application/hal+json; charset=utf-8", "body"),
            .init("42", nil, "body"),
            .init("42", "text/plain", "bodyText"),
            .init(#"{"a":"#, "application/json", "bodyText"),
            .init("<p>\r\n\t</p>", "text/html", "bodyText"),
            .init("\u{FEFF}{}", "application/json", "bodyText"),
            .init("a\u{0}b", "text/plain", "bodyBase64"),
            .init([0xFF, 0xFE], "text/plain", "bodyBase64"),
            .init(String(repeating: "[", count: 121) + String(repeating: "]", count: 121), nil, "bodyText"),
            .init(#"{"a":"\ud800"}"#, "application/json", "bodyText"),
        ]
    }

    @Test("a body stands as JSON, as text or in base64", arguments: Body.all)
    func body(of body: Body) throws {
        var rules = RecordingRules()
        for key in [body.key, body.exact] {
            let text = fixture(body.mediaType.map { [("Content-Type", $0)] } ?? [], body.bytes, rules)
            for other in ["body", "bodyText", "bodyBase64"] {
                let isThere = try member(text, "response", other) != nil
                #expect(isThere == (other == key))
            }
            rules.isExact = true
        }
    }

    @Test(
        "a Content-Type that follows from the body is not written",
        arguments: [
            ("{}", "application/json", false), ("{}", "application/json; charset=utf-8", true),
            ("a", "text/html", true),
            ("a", "text/plain; charset=utf-8", false), ("\u{0}", "application/octet-stream", false),
            ("", "text/css", true),
        ]
    )
    func contentType(body: String, mediaType: String, isWritten: Bool) throws {
        let text = fixture([("Content-Type", mediaType)], Array(body.utf8))
        let written = try member(text, "response", "headers", "Content-Type")
        let wanted = isWritten ? mediaType : nil
        #expect(written == wanted)
    }

    @Test(
        "a query stands in plain texts, sorted by name",
        arguments: [
            ("/a", nil), ("/a?", nil), ("/a?b", #"{ "b": "" }"#), ("/a?q=a+b%2Bc", #"{ "q": "a b+c" }"#),
            ("/a?q=caf%C3%A9&p=%", #"{ "p": "%", "q": "café" }"#), ("/a?q=%ff&p=1", #"{ "p": "1" }"#),
            ("/a?t=1&api_key=x&t=2", #"{ "t": ["1", "2"] }"#), ("/a?now=1", nil),
            ("/a?u=https://x/%3Ftoken=1%26b=2&p=1", #"{ "p": "1" }"#),
        ]
    )
    func query(target: String, query: String?) throws {
        var rules = RecordingRules()
        rules.ignoredParameters = ["now"]
        #expect(try member(text("GET \(target)", rules: rules), "request", "query") == query)
    }

    @Test("what a fixture cannot ask for is named")
    func leftOut() {
        let query = text("GET /a?q=%FF&p=1")
        #expect(query.leftOut == ["the query parameter 'q', which is no UTF-8"])
        let form = [("Content-Type", "multipart/form-data; boundary=x")]
        let parts = text("POST /a", headers: form, body: "--x\r\n")
        #expect(parts.leftOut == ["the request's body, whose parts are separated by another text each time"])
        for body in [#"{"password":"b"}"#, #"{"a":1,"b":["ghp_0123456789abcdef"]}"#, #"["ghp_0123456789abcdef"]"#] {
            let secret = text("POST /login", body: body)
            #expect(secret.leftOut == ["the request's body, which holds a secret"])
            #expect(!written(secret).contains("body"))
        }
    }

    @Test("of a request's body with secret members, the others are asked for")
    func publicPart() throws {
        var rules = RecordingRules()
        rules.redactedPaths = [try RedactionPath("card.number")]
        let body =
            #"{"user":"a","password":"b","n":[{"token":7,"id":1.0}],"card":{"number":"4","key":"ghp_0123456789abcdef"}}"#
        let login = text("POST /login", body: body, rules: rules)
        #expect(login.leftOut == [])
        let part = try member(login, "request", "bodyContains")
        #expect(part == #"{ "user": "a", "n": [{ "id": 1.0 }], "card": {} }"#)
        #expect(try member(login, "request", "body") == nil)
        #expect(login.redacted.count == 4)
    }

    @Test(
        "an asterisk or a backslash in a query or a header stands for itself",
        arguments: ["*", "a*b", "\\", "\\*", "\\\\*"]
    )
    func literal(value: String) throws {
        var rules = RecordingRules()
        rules.matchedHeaders = ["x-a"]
        let escaped = value.utf8.map { "%" + String($0, radix: 16) }.joined()
        let text = text("GET /a?q=\(escaped)", headers: [("X-A", value)], rules: rules)
        let source = SourceFile(path: "a.json", bytes: text.bytes)
        let fixture = try #require(Fixture.read(source, backend: "b", name: "a", diagnostics: DiagnosticList()))
        let matcher = FixtureMatcher([fixture])
        func answers(_ query: String, _ header: String) -> Bool {
            matcher.answers(method: "GET", target: "/a?q=\(query)", headers: [("X-A", header)], body: [])
        }
        #expect(answers(escaped, value))
        #expect(!answers("axb", value) && !answers(escaped, "axb") && !answers(escaped + "x", value))
    }

    @Test("the request's headers are none but those that tell requests apart")
    func matched() throws {
        let fields = [("Accept", "a"), ("Authorization", "Bearer abcdefgh"), ("X-Tenant", "t")]
        #expect(try member(text("GET /a", headers: fields), "request", "headers") == nil)
        var rules = RecordingRules()
        rules.matchedHeaders = ["x-tenant", "accept-language"]
        let text = text("GET /a", headers: fields, rules: rules)
        #expect(try member(text, "request", "headers") == #"{ "x-tenant": "t" }"#)
    }

    @Test("a secret header tells no requests apart, unless its values were said to be harmless")
    func matchedSecret() throws {
        let fields = [("Authorization", "Bearer abcdefgh"), ("X-Tenant", "ghp_0123456789abcdef")]
        var rules = RecordingRules()
        rules.matchedHeaders = ["authorization", "x-tenant"]
        let hidden = text("GET /a", headers: fields, rules: rules)
        #expect(try member(hidden, "request", "headers") == nil)
        #expect(hidden.redacted == ["header Authorization", "header X-Tenant"])
        #expect(hidden.leftOut.count == 2)
        rules.secrets = SecretRules(exempt: ["authorization"])
        let shown = text("GET /a", headers: fields, rules: rules)
        #expect(try member(shown, "request", "headers") == #"{ "authorization": "Bearer abcdefgh" }"#)
    }

    @Test("a name that was said to be harmless keeps its values wherever it stands")
    func exempt() {
        var rules = RecordingRules()
        rules.secrets = SecretRules(exempt: ["token"])
        let key = "ghp_0123456789abcdef"
        let text = text(
            "POST /a?token=\(key)&secret=1",
            headers: [("Content-Type", "application/x-www-form-urlencoded")],
            body: "token=\(key)",
            [("Token", key)],
            #"{"token":"\#(key)","other":"\#(key)"}"#,
            rules: rules
        )
        #expect(text.redacted == ["query secret", "a text with a credential"])
        #expect(written(text).split(separator: key).count == 5)
    }

    @Test("no secret of an exchange is anywhere in the text, and each is named")
    func secrets() {
        let text = text(
            "POST /a?access_token=SECRET&page_token=7",
            headers: [("Authorization", "Bearer SECRET"), ("Content-Type", "application/x-www-form-urlencoded")],
            body: "user=a&client_secret=SECRET",
            [
                ("Set-Cookie", "sid=SECRET; Path=/; Expires=Wed; HttpOnly"), ("X-Api-Key", "SECRET"),
                ("Location", "https://u:SECRET@x/cb?state=1&token=SECRET#f"), ("Content-Type", "application/json"),
            ],
            #"{"a":[{"accessToken":"SECRET","n":{"password":{"x":"SECRET","y":[7]}}}],"u":"/x?sig=SECRET&b=1"}"#
        )
        #expect(!written(text).contains("SECRET"))
        #expect(written(text).contains(#""Set-Cookie": "sid=REDACTED; Path=/; HttpOnly""#))
        #expect(written(text).contains(#""Location": "https://REDACTED@x/cb?state=1&token=REDACTED#f""#))
        #expect(written(text).contains(#""query": { "page_token": "7" }"#))
        #expect(written(text).contains(#"{ "password": { "x": "REDACTED", "y": [0] } }"#))
        #expect(
            text.redacted == [
                "query access_token", "the request's body", "header Location", "header Set-Cookie", "header X-Api-Key",
                "member accessToken", "member password", "member password", "a text with a credential",
            ]
        )
    }

    @Test(
        "a header and a text keep no secret of a URL that stands in them",
        arguments: [
            "https://app/cb#access_token=SECRET&token_type=bearer",
            "<https://api/items?page=2&access_token=SECRET>; rel=\"next\"", "0; url=https://x/?api_key=SECRET",
            "cb?access_token=SECRET", "bearer SECRETSECRET", "/a?u=https://x:SECRET@b/",
        ]
    )
    func urls(text: String) {
        let fixture = fixture([("Link", text)], Array(#"{"a":\#(written(text))}"#.utf8))
        #expect(!written(fixture).contains("SECRET"))
        #expect(fixture.redacted == ["header Link", "a text with a credential"])
    }

    private func written(_ text: String) -> String {
        var writer = JSONWriter()
        writer.write(string: text)
        return String(decoding: writer.finish(), as: UTF8.self)
    }

    @Test(
        "a form keeps no secret, however names and values are encoded",
        arguments: [
            ("user%5Bpassword%5D=SECRET&a=1", "user%5Bpassword%5D=REDACTED&a=1"),
            ("p%61ssword=SECRET&a", "p%61ssword=REDACTED&a"), ("client+secret=SECRET", "client+secret=REDACTED"),
            ("a=1&u=https%3A%2F%2Fx%2F%3Ftoken%3DSECRET", "a=1&u=REDACTED"), ("a=Bearer+SECRETSECRET", "a=REDACTED"),
            ("payload=%7B%22a%22%3A%5B%7B%22password%22%3A%22SECRET%22%7D%5D%7D", "payload=REDACTED"),
            ("a=gh%70_0123456789SECRET&b=", "a=REDACTED&b="), ("ghp_0123456789SECRET", "REDACTED"),
        ]
    )
    func forms(form: String, redacted: String) throws {
        let type = [("Content-Type", "application/x-www-form-urlencoded")]
        #expect(try member(fixture(type, Array(form.utf8)), "response", "bodyText") == redacted)
        let asked = text("POST /a", headers: type, body: form)
        #expect(!written(asked).contains("SECRET"))
        #expect(asked.leftOut == ["the request's body, which holds a secret"])
    }

    @Test("an ordinary form stays", arguments: ["a%5Bb%5D=1&c=%7B%22d%22%3A1%7D&e=%&password=", "a=%ff", "="])
    func ordinaryForms(form: String) throws {
        let type = [("Content-Type", "application/x-www-form-urlencoded")]
        #expect(try member(fixture(type, Array(form.utf8)), "response", "bodyText") == form)
        #expect(text("POST /a", headers: type, body: form).leftOut == [])
    }

    @Test(
        "a query keeps no credential that stands in a name, and no member of a JSON text",
        arguments: [
            "/a?eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.SECRET&b=1", "/a?ghp%5F0123456789SECRET=%FF&b=1",
            "/a?ghp_0123456789SECRET=2&b=1",
        ]
    )
    func secretNames(target: String) throws {
        let text = text("GET \(target)")
        #expect(!written(text).contains("SECRET") && text.redacted == ["query REDACTED"] && text.leftOut == [])
        #expect(try member(text, "request", "query") == #"{ "b": "1" }"#)
        #expect(text.name.stem == "a_b-1")
        let filter = self.text("GET /a?filter=%7B%22password%22%3A%22SECRET%22%7D")
        #expect(!written(filter).contains("SECRET") && filter.redacted == ["query filter"])
    }

    @Test(
        "JSON that cannot stand as JSON keeps no secret either",
        arguments: [
            ("\u{FEFF}", #"{"password":"SECRET"}"#, ""),
            (String(repeating: "[", count: 200), #"{"password":"SECRET"}"#, String(repeating: "]", count: 200)),
        ]
    )
    func unusual(start: String, middle: String, end: String) throws {
        let body = start + middle + end
        let answered = fixture([("Content-Type", "application/json")], Array(body.utf8))
        let wanted = start + #"{"password":"REDACTED"}"# + end
        #expect(try member(answered, "response", "bodyText") == wanted)
        let asked = text("POST /a", body: body)
        #expect(!written(asked).contains("SECRET"))
        #expect(asked.leftOut == ["the request's body, which holds a secret"])
        let harmless = start + #"{"a":1}"# + end
        #expect(try member(text("POST /a", body: harmless), "request", "bodyText") == harmless)
    }

    @Test("the same exchange gives the same bytes whatever changes from run to run")
    func stable() {
        func once(_ number: Int) -> [UInt8] {
            let fields = [
                ("Date", "\(number)"), ("X-Request-Id", "\(number)"), ("Set-Cookie", "sid=\(number); Max-Age=1"),
            ]
            let sent = [("traceparent", "\(number)"), ("Authorization", "Basic \(number)00000000")]
            let target = "GET /a?b=1&token=\(number)"
            let answer = #"{"token":"\#(number)"}"#
            return text(target, headers: sent, fields, answer, duration: .seconds(number)).bytes
        }
        #expect(once(1) == once(2))
    }
}
