import CurlTransport
import JSONSlices
import Testing

@testable import Cases

@Suite("Comparing JSON")
struct ComparisonTests {
    private func differences(_ expected: String, _ actual: String, _ mode: JSONComparison.Mode) throws -> [String] {
        try JSONComparison.differences(json(expected), json(actual), mode, path: "body").map { found in
            "\(found.path) - \(found.expected?.shown ?? "nothing") + \(found.actual?.shown ?? "nothing")"
        }
    }

    @Test(
        "equal is what is written alike, white space aside",
        arguments: [
            (#"{ "a": [1, 2] }"#, #"{"a":[1,2]}"#, []),
            ("12.50", "12.5", ["body - 12.50 + 12.5"]),
            ("1", "1.0", ["body - 1 + 1.0"]),
            (#""a""#, "1", [#"body - "a" + 1"#]),
            (
                #"{"orders":[{"total":1},{"total":12.50}]}"#, #"{"orders":[{"total":1},{"total":12.5}]}"#,
                ["body.orders[1].total - 12.50 + 12.5"]
            ),
            ("[1,2]", "[1]", ["body[1] - 2 + nothing"]),
            ("[1]", "[1,{}]", ["body[1] - nothing + {}"]),
            (#"{"a":1}"#, #"{"b":1}"#, ["body.a - 1 + nothing", "body.b - nothing + 1"]),
            (
                #"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#,
                ["body - members in the order a, b + members in the order b, a"]
            ),
            (#"{"x-y":1}"#, #"{"x-y":2}"#, [#"body."x-y" - 1 + 2"#]),
            (#"{"":null}"#, #"{"":false}"#, [#"body."" - null + false"#]),
            (#""\u00e9""#, #""é""#, [#"body - "\u00e9" + "é""#]),
            ("[]", "{}", ["body - [] + {}"]),
        ]
    )
    func equal(expected: String, actual: String, found: [String]) throws {
        #expect(try differences(expected, actual, .equal) == found)
    }

    @Test(
        "what is contained may stand among other members, in any order",
        arguments: [
            (#"{"a":{"b":1}}"#, #"{"c":0,"a":{"d":2,"b":1}}"#, []),
            ("{}", #"{"a":1}"#, []),
            ("{}", "[]", ["body - {} + []"]),
            (#"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#, []),
            (#"[{"a":1},{}]"#, #"[{"a":1,"b":2},{"c":3}]"#, []),
            (#"[{"a":1}]"#, #"[{"a":1},{"a":2}]"#, [#"body[1] - nothing + { "a": 2 }"#]),
            (#"{"a":{"b":12.50}}"#, #"{"a":{"b":12.5}}"#, ["body.a.b - 12.50 + 12.5"]),
            (#"{"a":null}"#, "{}", ["body.a - null + nothing"]),
            (#"["\u00e9"]"#, #"["é"]"#, []),
        ]
    )
    func contains(expected: String, actual: String, found: [String]) throws {
        #expect(try differences(expected, actual, .contains) == found)
    }

    private func reply(_ status: Int, _ headers: [(String, String)], _ body: String) -> TransportResponse {
        let fields = headers.map { HeaderField(name: $0.0, value: $0.1) }
        return TransportResponse(status: status, section: HeaderSection(fields), body: Array(body.utf8))
    }

    private func messages(_ response: String, _ reply: TransportResponse) throws -> [String] {
        let (file, findings) = read(oneCase("\"response\": \(response)"))
        #expect(findings == [])
        return try #require(file?.cases.first).reply.mismatches(of: reply).map(\.message)
    }

    @Test("a reply is compared in status, listed headers, body and conditions")
    func replies() throws {
        let got = reply(200, [("ETag", "\"7\""), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")], #"{"a":[1,2],"b":0}"#)
        let same = #"{ "status": 200, "headers": { "etag": "\"…\"", "Set-Cookie": ["a=1", "b…"], "X": null }, "#
        #expect(try messages(same + #""bodyContains": { "a": [1, 2] }, "expect": ["length(a) == `2`"] }"#, got) == [])
        #expect(
            try messages(#"{ "status": 404, "headers": { "ETag": null, "Set-Cookie": "a=1", "X": "1" } }"#, got) == [
                "status: 404 was expected, it is 200",
                #"headers.ETag: it is "\"7\"", and was not expected"#,
                #"headers.Set-Cookie: "a=1" was expected, it is ["a=1", "b=2"]"#,
                #"headers.X: "1" was expected, it is not there"#,
            ]
        )
        #expect(
            try messages(#"{ "status": 200, "expect": ["a", "b == `0`", "length(b)"] }"#, got) == [
                "expect a: true was expected, it is [1, 2]",
                "expect length(b): true was expected, it is an error, invalid-type: "
                    + "length() takes a string, an array or an object as argument 1, found a number",
            ]
        )
    }

    @Test("a reply says that it is partial only where that is expected")
    func partial() throws {
        let got = reply(200, [("Medley-Partial", "a;reason=x")], "")
        #expect(try messages(#"{ "status": 200 }"#, got).count == 1)
        #expect(try messages(#"{ "status": 200, "headers": { "medley-partial": "a;…" } }"#, got) == [])
    }

    @Test("a body that is no JSON is told as the text that it is")
    func noJSON() throws {
        let expected = #"{ "status": 200, "body": {} }"#
        #expect(try messages(expected, reply(200, [], "<p>")) == [#"body: {} was expected, it is the text "<p>""#])
        #expect(try messages(expected, reply(200, [], "")) == ["body: {} was expected, it is not there"])
        let condition = #"{ "status": 200, "expect": ["@"] }"#
        #expect(try messages(condition, reply(200, [], "")) == ["body: JSON was expected, it is not there"])
    }
}
