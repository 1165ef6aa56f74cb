import JSONSlices
import Testing

@testable import Recording

@Suite("What is secret")
struct SecretRulesTests {
    private let rules = SecretRules()

    @Test(
        "a name gives a secret away, however it is spelled",
        arguments: [
            "token", "access_token", "accessToken", "REFRESH-TOKEN", "password", "user.password", "client_secret",
            "secret",
            "apiKey", "x-api-key", "private_key", "signature", "X-Amz-Signature", "sig", "sessionId", "passwordHash",
            "jwt",
            "Authorization",
        ]
    )
    func names(name: String) {
        #expect(rules.isSecret(member: name))
        #expect(rules.isSecret(parameter: name))
        #expect(rules.isSecret(header: name))
        #expect(!SecretRules(exempt: [name]).isSecret(member: name))
    }

    @Test(
        "an ordinary name is none",
        arguments: [
            "nextPageToken", "page_token", "continuation-token", "sync_token", "tokens_used", "secretary", "keyboard",
            "passwordless", "id", "", "design", "key_id", "monkey", "publicKey",
        ]
    )
    func ordinary(name: String) {
        #expect(!rules.isSecret(member: name))
        #expect(!rules.isSecret(parameter: name))
        #expect(!rules.isSecret(header: name))
    }

    @Test("a plain key is one in a query or a header, not in a document; cookies are in headers")
    func places() {
        #expect(rules.isSecret(parameter: "key") && rules.isSecret(header: "Key") && !rules.isSecret(member: "key"))
        #expect(rules.isSecret(header: "Set-Cookie") && rules.isSecret(header: "cookie"))
        #expect(!rules.isSecret(member: "cookie"))
        #expect(rules.isSecret(header: "Ocp-Apim-Subscription-Key"))
    }

    @Test(
        "a text is redacted where it is or holds a credential",
        arguments: [
            ("Bearer abcdefgh", "Bearer REDACTED"), ("Basic dXNlcjpwYXNz", "Basic REDACTED"),
            ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "REDACTED"), ("ghp_0123456789abcdef", "REDACTED"),
            ("-----BEGIN RSA PRIVATE KEY-----\nabc", "REDACTED"), ("AKIAIOSFODNN7EXAMPLE", "REDACTED"),
            ("https://x/a?b=1&sig=abc#c", "https://x/a?b=1&sig=REDACTED#c"), ("/a?token=abc", "/a?token=REDACTED"),
            ("postgres://user:pass@host/db", "postgres://REDACTED@host/db"),
            ("/a?v=ghp_0123456789abcdef", "/a?v=REDACTED"), ("bearer abcdefgh", "bearer REDACTED"),
            ("BASIC dXNlcjpwYXNz", "BASIC REDACTED"),
            ("https://app/cb#access_token=abc&token_type=x", "https://app/cb#access_token=REDACTED&token_type=x"),
            (
                "<https://api/i?page=2&access_token=abc>; rel=\"next\"",
                "<https://api/i?page=2&access_token=REDACTED>; rel=\"next\""
            ),
            ("0; url=https://x/cb?api_key=abc", "0; url=https://x/cb?api_key=REDACTED"),
            (
                "see https://x/?token=1 for 'https://y/?token=2'.",
                "see https://x/?token=REDACTED for 'https://y/?token=REDACTED'."
            ),
            ("cb?access_token=abc;d?e", "cb?access_token=REDACTED"),
            ("?page=2&access_token=abc", "?page=2&access_token=REDACTED"),
            ("/?access%5Ftoken=abc", "/?access%5Ftoken=REDACTED"), ("/?a&amp;token=abc", "/?a&amp;token=REDACTED"),
            ("form; token=\"abc\"; b=1", "form; token=\"REDACTED\"; b=1"),
            ("/a?u=https://x:pw@b/", "/a?u=https://REDACTED@b/"),
            ("from ftp://a:b@c to http://d:e@f/?g=h@i", "from ftp://REDACTED@c to http://REDACTED@f/?g=h@i"),
            ("/?u=https%3A%2F%2Fx%3Apw%40b&c=1", "/?u=REDACTED&c=1"),
            ("/?u=%2Fcb%3Fu%3D%252F%253Ftoken%253D1", "/?u=REDACTED"),
            ("/?eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl&a=1", "/?REDACTED&a=1"),
            ("https://ghp_0123456789abcdef@x/a", "https://REDACTED@x/a"),
        ]
    )
    func texts(text: String, redacted: String) {
        #expect(rules.redacted(text) == redacted)
        #expect(rules.redacted(redacted) == nil, "what is redacted is not redacted again")
    }

    @Test(
        "an ordinary text stays",
        arguments: [
            "", "Bearer of good news", "Basic instructions", "Basic information", "eyJust a text. with. dots",
            "https://x/a?b=1", "/a?tokens=",
            "see https://x/?page_token=1 for more", "Why? token=1", "x = 1;key=2;", "/?u=http://b:80&mail=a@c",
            "a @ https://x:80/ b@c", "bearer of tokens", "/?a=100%&b=%zz%4", "?????&&&&####;;;;", "AKIA", "mailto:a@b",
            "https://user@host/a", "a.b.c.d.e.f.g.h.i.j.k",
        ]
    )
    func ordinary(text: String) {
        #expect(rules.redacted(text) == nil)
    }

    @Test("a text that nests URLs without end is looked at once", .timeLimit(.minutes(1)))
    func nested() {
        #expect(rules.redacted(String(repeating: "/?a=", count: 1 << 18)) == nil)
        #expect(rules.redacted("/?" + String(repeating: "token=1&", count: 1 << 14)) != nil)
        #expect(rules.redacted("a@b" + String(repeating: "://", count: 1 << 16)) == nil)
        #expect(rules.redacted("?" + String(repeating: "%3F", count: 1 << 16)) == nil)
    }

    @Test(
        "a path says which values are secret, and everything else keeps its bytes",
        arguments: [
            ("a", #"{"a":"REDACTED", "b" : {"a":1.0}}"#), ("**.a", #"{"a":"REDACTED", "b" : {"a":0}}"#),
            ("b.a", #"{"a":"x", "b" : {"a":0}}"#), ("b.*", #"{"a":"x", "b" : {"a":0}}"#),
            ("*", #"{"a":"REDACTED", "b" : {"a":0}}"#),
            ("\"b\".\"a\"", #"{"a":"x", "b" : {"a":0}}"#), ("b[].a", nil), ("b.a.c", nil), ("[]", nil),
        ]
    )
    func paths(path: String, result: String?) throws {
        var rules = RecordingRules()
        rules.redactedPaths = [try RedactionPath(path)]
        let document = try JSONDocument(parsing: #"{"a":"x", "b" : {"a":1.0}}"#)
        let outcome = JSONRedaction.outcome(for: document, rules)
        #expect(outcome.map { String(decoding: $0.bytes, as: UTF8.self) } == result)
    }

    @Test("a path leads through lists, and what it names keeps its form; a boolean is only hidden where it was named")
    func lists() throws {
        var rules = RecordingRules()
        rules.redactedPaths = [try RedactionPath("[].card"), try RedactionPath("[*].tags[]")]
        let text =
            #"[{"card":{"number":"4","year":2031,"ok":true,"x":null},"tags":["a",{"b":"c"},""],"password":true}]"#
        let outcome = JSONRedaction.outcome(for: try JSONDocument(parsing: text), rules)
        let wanted =
            #"[{"card":{"number":"REDACTED","year":0,"ok":false,"x":null},"tags":["REDACTED",{"b":"REDACTED"},""],"password":true}]"#
        #expect(outcome.map { String(decoding: $0.bytes, as: UTF8.self) } == wanted)
    }

    @Test(
        "a text that is no path is refused",
        arguments: ["", "a..b", "a.", ".a", "a[0]", "a]", "\"a", "**", "a.**", "[]a"]
    )
    func noPaths(text: String) {
        #expect(throws: RedactionPath.SyntaxError.self) { try RedactionPath(text) }
    }
}
