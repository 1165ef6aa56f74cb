import CurlTransport
import Diagnostics
import Foundation
import FoundationXML
import Testing

@testable import Cases

@Suite("Telling results")
struct ReportTests {
    private func result(named name: String, passes: Bool) throws -> CaseResult {
        let quoted = String(decoding: try JSONEncoder().encode(name), as: UTF8.self)
        let text = """
            { "cases": [ { "name": \(quoted), "request": { "path": "/a" }, "response": { "status": 200 } } ] }
            """
        let file = try #require(read(text).file)
        let each = try #require(file.cases.first)
        let reply = TransportResponse(status: passes ? 200 : 502, section: HeaderSection(), body: [])
        let received = ReceivedRequest(
            backend: "users",
            method: "GET",
            target: "/users/42",
            headers: [],
            body: [],
            fixture: nil,
            began: .now,
            ended: nil
        )
        return CaseResult(
            file: file,
            subject: each,
            duration: .milliseconds(12),
            reply: reply,
            mismatches: each.reply.mismatches(of: reply),
            received: [received],
            misses: ["The backend 'users' was asked GET /users/42; nearest is fixtures/users/41.json."],
            hasEndpoint: true
        )
    }

    @Test("a failure is told path by path, with its place and what backends were asked")
    func lines() throws {
        let report = CaseReport(isColoured: false)
        #expect(report.lines(of: try result(named: "good", passes: true)) == ["  ✓ good  12 ms"])
        #expect(
            report.lines(of: try result(named: "bad", passes: false)) == [
                "  ✗ bad  12 ms",
                "    GET /a",
                "    compositions/a.cases.json:1:84",
                "      - status: 200",
                "      + status: 502",
                "    the backends were asked:",
                "      users  GET /users/42  no fixture answers, 0.0–… ms",
                "    no fixture: The backend 'users' was asked GET /users/42; nearest is fixtures/users/41.json.",
            ]
        )
    }

    @Test("a name cannot drive the terminal")
    func escapes() throws {
        let lines = CaseReport(isColoured: false).lines(of: try result(named: "a\u{1B}[2J\nb", passes: true))
        #expect(lines == [#"  ✓ a\u{1b}[2J\u{a}b  12 ms"#])
    }

    @Test("a summary counts")
    func summary() throws {
        let results = [try result(named: "a", passes: true), try result(named: "b", passes: false)]
        let report = CaseReport(isColoured: false)
        #expect(report.summary(of: results, took: .milliseconds(1234)) == "1 of 2 cases failed in 1.23 s")
        #expect(report.summary(of: [results[0]], took: .milliseconds(50)) == "1 case passed in 0.05 s")
    }

    @Test(
        "JUnit's XML can be read whatever a case is called",
        arguments: ["good", "<&>\"'", "a\u{0}\u{1B}b\nc\td", "]]>", "é\u{FFFF}\u{10FFFF}", "--> &amp; <![CDATA["]
    )
    func junit(name: String) throws {
        let results = [try result(named: name, passes: true), try result(named: name + "!", passes: false)]
        let text = JUnitReport.text(of: results, took: .milliseconds(1500))
        let reader = JUnitReader()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = reader
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        let shown = name.replacing("\u{0}", with: "\u{FFFD}").replacing("\u{1B}", with: "\u{FFFD}")
            .replacing("\u{FFFF}", with: "\u{FFFD}")
        #expect(reader.names == [shown, shown + "!"])
        #expect(reader.messages == ["status: 200 was expected, it is 502"])
        #expect(reader.root == ["name": "medley", "tests": "2", "failures": "1", "errors": "0", "time": "1.500"])
    }
}

private final class JUnitReader: NSObject, XMLParserDelegate {
    var root: [String: String] = [:]
    var names: [String] = []
    var messages: [String] = []

    func parser(
        _ parser: XMLParser,
        didStartElement element: String,
        namespaceURI: String?,
        qualifiedName: String?,
        attributes: [String: String]
    ) {
        switch element {
        case "testsuites": root = attributes
        case "testcase": names.append(attributes["name"] ?? "")
        case "failure": messages.append(attributes["message"] ?? "")
        default: break
        }
    }
}
