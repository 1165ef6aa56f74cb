import CurlTransport
import JSONSlices
import TestSupport
import Testing

@testable import Cases

@Suite("Writing expectations anew")
struct UpdateTests {
    private func rewritten(_ expected: String, _ actual: String, _ mode: JSONComparison.Mode) throws -> String {
        try JSONRewrite(mode: mode, source: Array(expected.utf8)).text(json(expected), json(actual))
    }

    @Test(
        "only what differs is written anew",
        arguments: [
            (#"{"a":  1, "b" : [ 1 ] }"#, #"{"a":2,"b":[1]}"#, #"{"a":  2, "b" : [ 1 ] }"#),
            (#"{ "a": 1, "b": 2 }"#, #"{"b":2,"a":1}"#, #"{ "b": 2, "a": 1 }"#),
            (#"{ "a": {"x":  1}, "b": 2 }"#, #"{"a":{"x":1},"c":3}"#, #"{ "a": {"x":  1}, "c": 3 }"#),
            (#"[ 1, 2 ]"#, "[1]", "[ 1 ]"),
            ("[]", "[1]", "[1]"),
            ("{\n  \"a\": 1\n}", #"{"a":1,"b":{"c":[]}}"#, "{\n  \"a\": 1,\n  \"b\": { \"c\": [] }\n}"),
            ("[\n  1,\n  2\n]", "[1]", "[\n  1\n]"),
            ("12.50", "12.5", "12.5"),
        ]
    )
    func equal(expected: String, actual: String, text: String) throws {
        #expect(try rewritten(expected, actual, .equal) == text)
    }

    @Test("what is contained keeps its members, without those that are gone")
    func contains() throws {
        #expect(try rewritten(#"{ "a": 1, "b": 2 }"#, #"{"c":0,"b":3}"#, .contains) == #"{ "b": 3 }"#)
        #expect(try rewritten(#"[{"a": 1}]"#, #"[{"a":2,"b":3}]"#, .contains) == #"[{"a": 2}]"#)
    }

    @Test("whatever was expected and whatever is there, what is written is fulfilled", arguments: 0..<200)
    func fulfilled(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let (expected, actual) = (Self.document(4, &random), Self.document(4, &random))
        for mode in [JSONComparison.Mode.equal, .contains] {
            let text = try rewritten(expected, actual, mode)
            let left = try JSONComparison.differences(json(text), json(actual), mode, path: "")
            #expect(left.isEmpty, "\(expected) for \(actual) became \(text)")
            // And what is fulfilled is left alone, byte for byte.
            #expect(try rewritten(text, actual, mode) == text)
        }
    }

    /// Few names and values, so that two documents have some in common; white space of all kinds.
    private static func document(_ depth: Int, _ random: inout SeededGenerator) -> String {
        func blank() -> String { ["", "", " ", "\n", "\n    "].randomElement(using: &random) ?? "" }
        let parts = (0..<(depth > 0 ? Int.random(in: 0...4, using: &random) : 0)).map { _ in
            document(depth - 1, &random)
        }
        switch Int.random(in: 0...(depth > 0 ? 4 : 2), using: &random) {
        case 0: return ["1", "12.50", "-0", "1e5"].randomElement(using: &random) ?? "1"
        case 1: return [#""a""#, #""\u00e9""#, #""é""#, #""""#].randomElement(using: &random) ?? "1"
        case 2: return ["null", "true", "false"].randomElement(using: &random) ?? "null"
        case 3: return "[" + blank() + parts.joined(separator: blank() + "," + blank()) + blank() + "]"
        default:
            let names = ["a", "b", "c", "x-y"].shuffled(using: &random)
            let members = zip(names, parts).map { "\"\($0)\"\(blank()):\(blank())\($1)" }
            return "{" + blank() + members.joined(separator: "," + blank()) + blank() + "}"
        }
    }

    @Test("a file keeps every byte but those of the expectations that failed")
    func file() throws {
        let text = """
            { "cases" : [
              { "name": "a", "request": { "path": "/a" },
                "response": { "status": 200,   "headers": { "ETag": "1", "Date": "…" }, "body": { "n":1, "m": [ 1 ] } },
                "backends": { "users": { "requests": { "atMost": 0 } }, "orders": { "requests": 1 } } },
              { "name": "b", "request": { "path": "/b" }, "response": { "status": 200 } }
            ] }

            """
        let (read, _) = read(text)
        let file = try #require(read)
        let reply = TransportResponse(
            status: 404,
            section: HeaderSection([
                HeaderField(name: "ETag", value: "2"), HeaderField(name: "Date", value: "now"),
                HeaderField(name: "Medley-Partial", value: "a;reason=b"),
            ]),
            body: Array(#"{"n":2,"m":[1]}"#.utf8)
        )
        let received = ["users", "users", "orders"].map { backend in
            ReceivedRequest(
                backend: backend,
                method: "GET",
                target: "/",
                headers: [],
                body: [],
                fixture: "a",
                began: .now,
                ended: nil
            )
        }
        let results = file.cases.map { each in
            CaseResult(
                file: file,
                subject: each,
                duration: .zero,
                reply: reply,
                mismatches: each.reply.mismatches(of: reply) + each.traffic.mismatches(of: received),
                received: received,
                misses: [],
                hasEndpoint: true
            )
        }
        let update = CaseUpdate(file, results)
        #expect(update.updated == ["a", "b"])
        #expect(update.stillFailing == [])
        #expect(update.reasonsToLeave == [])
        #expect(
            String(decoding: update.bytes ?? [], as: UTF8.self) == """
                { "cases" : [
                  { "name": "a", "request": { "path": "/a" },
                    "response": { "status": 404,   "headers": { "ETag": "2", "Date": "…", "Medley-Partial": "a;reason=b" }, "body": { "n":2, "m": [ 1 ] } },
                    "backends": { "users": { "requests": 2 }, "orders": { "requests": 1 } } },
                  { "name": "b", "request": { "path": "/b" }, "response": { "status": 404, "headers": { "Medley-Partial": "a;reason=b" } } }
                ] }

                """
        )
    }

    /// The result of the only case of a file, answered with a status and a body.
    private func result(
        _ text: String,
        status: Int,
        body: String,
        fixture: String? = "a",
        hasEndpoint: Bool = true
    ) throws -> CaseResult {
        let file = try #require(read(text).file)
        let subject = try #require(file.cases.first)
        let reply = TransportResponse(status: status, section: HeaderSection(), body: Array(body.utf8))
        let received = ReceivedRequest(
            backend: "users",
            method: "GET",
            target: "/users/7",
            headers: [],
            body: [],
            fixture: fixture,
            began: .now,
            ended: nil
        )
        return CaseResult(
            file: file,
            subject: subject,
            duration: .zero,
            reply: reply,
            mismatches: subject.reply.mismatches(of: reply) + subject.traffic.mismatches(of: [received]),
            received: [received],
            misses: [],
            hasEndpoint: hasEndpoint
        )
    }

    @Test("what no fixture and no endpoint answers is not what a case should expect")
    func left() throws {
        let text = oneCase(#""response": { "status": 200, "body": null }"#)
        let missed = try result(text, status: 404, body: "{}", fixture: nil)
        let lost = try result(text, status: 404, body: "{}", hasEndpoint: false)
        let update = CaseUpdate(missed.file, [missed, lost])
        #expect(update.bytes == nil)
        #expect(update.updated == [])
        #expect(update.stillFailing == [])
        #expect(update.reasonsToLeave == ["no fixture answers GET /users/7", "no endpoint answers GET /a"])
        #expect(
            CaseReport(isColoured: false).summary(of: [missed, lost], took: .zero, updates: [update]) == """
                2 of 2 cases failed in 0.00 s
                2 are left as they are: no fixture answers GET /users/7; no endpoint answers GET /a
                """
        )
    }

    @Test(
        "what only its author can say still fails",
        arguments: [
            (#""response": { "status": 200, "expect": ["a == `2`"] }"#, false),
            (#""response": { "status": 404, "expect": ["a == `2`"] }"#, true),
            (#""response": { "status": 404 }, "backends": { "users": { "sent": [{ "method": "PUT" }] } }"#, true),
        ]
    )
    func stillFailing(members: String, isUpdated: Bool) throws {
        let result = try result(oneCase(members), status: 200, body: #"{"a":1}"#)
        let update = CaseUpdate(result.file, [result])
        #expect(update.updated == (isUpdated ? ["a"] : []))
        #expect(update.stillFailing == ["a"])
        let rewritten = isUpdated ? "; the files now say what was replied for 1 of them" : ""
        #expect(
            CaseReport(isColoured: false).summary(of: [result], took: .zero, updates: [update]) == """
                1 of 1 case failed in 0.00 s\(rewritten)
                1 of them still fails: what expect, sent, parallel and sequence say is yours
                """
        )
    }

    @Test("a file whose lines end in CR and LF has no other ones afterwards")
    func carriageReturns() throws {
        let long = String(repeating: "x", count: 60)
        let actual = #"{"a":1,"b":["\#(long)","\#(long)"],"c":{}}"#
        for expected in ["{\r\n  \"a\": 2\r\n}", "[\r\n  1,\r\n  2\r\n]", "{\r\n  \"b\": null\r\n}"] {
            let text = try rewritten(expected, actual, .equal)
            #expect(!text.replacing("\r\n", with: "").utf8.contains(0x0A), "\(text.debugDescription)")
            #expect(try JSONComparison.differences(json(text), json(actual), .equal, path: "").isEmpty)
        }
        #expect(
            try rewritten("{\r\n  \"a\": 1\r\n}", #"{"a":1,"b":2}"#, .equal) == "{\r\n  \"a\": 1,\r\n  \"b\": 2\r\n}"
        )
    }
}
