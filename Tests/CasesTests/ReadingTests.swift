import Diagnostics
import TestSupport
import Testing

@testable import Cases

@Suite("Reading cases")
struct ReadingTests {
    @Test(
        "a mistake is told with its place and what to write instead",
        arguments: [
            (#"{ "cases": [] }"#, "1:12: 'cases' must be a list of cases, not an empty one"),
            (#"{ "case": [] }"#, "1:3: unknown key 'case' in a file of cases (did you mean 'cases'?)"),
            (
                #"{ "cases": [ { "request": { "path": "/a" }, "response": { "status": 200 } } ] }"#,
                "1:14: a case needs 'name'"
            ),
            (oneCase(#""respons": {}"#), "1:58: unknown key 'respons' in a case (did you mean 'response'?)"),
            (oneCase(#""response": {}"#), "1:70: 'response' needs 'status'"),
            (
                oneCase(#""response": { "status": "200" }"#),
                "1:82: 'status' in 'response' must be a whole number from 200 to 599, not \"200\""
            ),
            (
                oneCase(#""response": { "status": 200, "body": 1, "bodyContains": 2 }"#),
                "1:114: 'body' and 'bodyContains' exclude each other (keep one: 'body' compares all of it)"
            ),
            (
                oneCase(#""response": { "status": 200, "expect": [] }"#),
                "1:97: 'expect' must be a list of expressions, not an empty one (for instance [\"length(orders) == `3`\"])"
            ),
            (
                oneCase(#""response": { "status": 200, "expect": ["lenght(a)"] }"#),
                "1:99: unknown-function: there is no function 'lenght' (did you mean 'length'?)"
            ),
            (
                oneCase(#""response": { "status": 200, "headers": { "A": 1 } }"#),
                "1:105: 'A' in 'headers' must be a string, a list of strings, or null for none"
            ),
            (
                oneCase(#""response": { "status": 200 }, "scenario": "reviews-dwon""#),
                "1:101: no scenario is named 'reviews-dwon' (did you mean 'reviews-down'?)"
            ),
            (
                oneCase(#""response": { "status": 200 }, "backends": { "user": { "requests": 1 } }"#),
                "1:103: no backend is named 'user' (did you mean 'users'?)"
            ),
            (
                oneCase(#""response": { "status": 200 }, "backends": { "users get /a": { "requests": 1 } }"#),
                "1:103: 'users get /a' names no backend (write a backend's name, or \"users GET /path\" for some of its requests)"
            ),
            (
                oneCase(#""response": { "status": 200 }, "backends": { "users": {} }"#),
                "1:112: 'users' in 'backends' says nothing (say how many 'requests' it gets, or what is 'sent')"
            ),
            (
                oneCase(#""response": { "status": 200 }, "backends": { "users": { "requests": -1 } }"#),
                "1:126: 'requests' in 'users' in 'backends' must be a whole number from 0 to 100000, not -1"
            ),
            (
                oneCase(
                    #""response": { "status": 200 }, "backends": { "users": { "requests": { "atLeast": 2, "atMost": 1 } } }"#
                ),
                "1:126: 'atLeast' is more than 'atMost'"
            ),
            (
                oneCase(#""response": { "status": 200 }, "sequence": ["users"]"#),
                "1:101: 'sequence' needs 2 backends or more"
            ),
            (
                oneCase(#""response": { "status": 200 }, "parallel": ["users", ["orders"]]"#),
                "1:102: 'parallel' must be a list of backends, or of lists of them; this is a string"
            ),
        ]
    )
    func mistakes(text: String, finding: String) {
        let names = CaseNames(backends: ["users", "orders"], scenarios: ["reviews-down", "slow"])
        let (file, findings) = read(text, names: names)
        #expect(file == nil)
        #expect(findings == [finding])
    }

    @Test("the path of a request is what can be sent", arguments: ["a", "/a b", "/é", "/a#b", "/a\\u0007"])
    func paths(path: String) {
        let text = """
            { "cases": [ { "name": "a", "request": { "path": "\(path)" }, "response": { "status": 200 } } ] }
            """
        let (file, findings) = read(text)
        #expect(file == nil)
        #expect(findings.count == 1)
        #expect(path != "/a b" || findings.first?.hasSuffix("(percent-encode it: '/a%20b')") == true)
    }

    @Test("two cases of one file have different names")
    func names() {
        let one = #"{ "name": "a", "request": { "path": "/a" }, "response": { "status": 200 } }"#
        let (_, findings) = read("{ \"cases\": [ \(one),\n\(one) ] }")
        #expect(
            findings == [
                "2:11: two cases are named 'a' (the other stands at compositions/a.cases.json:1:24; say what tells them apart)"
            ]
        )
    }

    @Test("all that a case can say is read")
    func whole() throws {
        let text = """
            {
              "cases": [
                {
                  "name": "a",
                  "scenario": "slow",
                  "fresh": true,
                  "request": { "method": "POST", "path": "/a?b=1", "headers": { "X-A": "1" }, "body": { "c": [ 1, 2.50 ] } },
                  "response": { "status": 201, "headers": { "X": ["1", "2"], "Y": null }, "bodyContains": {}, "expect": ["a"] },
                  "backends": {
                    "users": { "requests": { "atMost": 2 } },
                    "orders POST /orders/…": { "sent": [{ "query": { "a": "1" } }] }
                  },
                  "parallel": ["users", "orders"],
                  "sequence": [["users", "orders"], ["orders", "users"]]
                }
              ]
            }
            """
        let (file, findings) = read(text)
        #expect(findings == [])
        let each = try #require(file?.cases.first)
        #expect(each.scenario == "slow" && each.isFresh)
        #expect(each.request.method == "POST" && each.request.target == "/a?b=1")
        #expect(each.request.body == Array(#"{"c":[1,2.50]}"#.utf8))
        #expect(each.reply.headers.map(\.values) == [["1", "2"], []])
        #expect(each.traffic.shares.map(\.target.name) == ["users", "orders POST /orders/…"])
        #expect(each.traffic.shares.first?.requests?.range == 0...2)
        #expect(each.traffic.parallel.count == 1 && each.traffic.sequence.count == 2)
    }

    @Test("a text with random mistakes is read, or told to have some", arguments: 0..<300)
    func mistakes(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var bytes = Array(Self.sample.utf8)
        let pieces = ["null", "-1", "{}", "[]", "\"\"", "\"users GET\"", "\u{0}", "\\", "1e999", "[[\"a\"]]"]
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let start = Int.random(in: 0..<bytes.count, using: &random)
            let end = min(bytes.count, start + Int.random(in: 0...12, using: &random))
            bytes.replaceSubrange(start..<end, with: Array(random.pick(pieces).utf8))
        }
        let (file, findings) = read(String(decoding: bytes, as: UTF8.self))
        #expect((file == nil) == !findings.filter { !$0.contains("field of that name") }.isEmpty)
    }

    private static let sample = """
        { "cases": [ { "name": "a", "request": { "method": "POST", "path": "/a", "headers": { "X": "1" }, "body": [1] },
          "response": { "status": 200, "headers": { "X": ["1"], "Y": null }, "bodyContains": {}, "expect": ["a == b"] },
          "backends": { "users POST /a": { "requests": { "atMost": 2 }, "sent": [{ "query": { "a": "1" } }] } },
          "parallel": ["users", "orders"], "sequence": [["users", "orders"]], "fresh": true, "scenario": "x" } ] }
        """

    @Test("where there are no scenarios, a case that names one is told where they belong")
    func noScenarios() {
        let (_, findings) = read(
            oneCase(#""response": { "status": 200 }, "scenario": "late""#),
            names: CaseNames(scenarios: [])
        )
        #expect(
            findings
                == ["1:101: no scenario is named 'late' (scenarios are files: fixtures/_scenarios/NAME.json)"]
        )
    }
}
