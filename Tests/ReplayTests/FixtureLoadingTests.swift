import Diagnostics
import Foundation
import Testing

@testable import Replay

@Suite("Loading fixtures")
struct FixtureLoadingTests {
    /// A directory with these files, gone after the body.
    private func withDirectory<Result>(_ files: [String: String], _ body: (String) throws -> Result) throws -> Result {
        let root = FileManager.default.temporaryDirectory.appending(path: "fixtures-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        for (path, text) in files {
            let file = root.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
        }
        return try body(root.path)
    }

    /// The findings of one file `f/b/x.json`, a line each, without excerpt.
    private func findings(_ text: String) -> [String] {
        let list = DiagnosticList()
        let file = FixtureFile(name: "x", source: SourceFile(path: "f/b/x.json", bytes: Array(text.utf8)))
        _ = FixtureSet(reading: ["b": [file]], diagnostics: list)
        return list.sorted().map { String($0.rendered().prefix { $0 != "\n" }) }
    }

    private func fixture(_ text: String) throws -> Fixture {
        let list = DiagnosticList()
        let file = FixtureFile(name: "x", source: SourceFile(path: "f/b/x.json", bytes: Array(text.utf8)))
        let set = FixtureSet(reading: ["b": [file]], diagnostics: list)
        #expect(list.diagnostics.isEmpty)
        return try #require(set.backends["b"]?.first)
    }

    @Test("a directory gives a backend per folder and a fixture per file, sorted")
    func directory() throws {
        let exchange = { (path: String) in #"{"request":{"path":"\#(path)"},"response":{}}"# }
        let files = [
            "users/b.json": exchange("/b"), "users/a.json": exchange("/a"), "users/deep/c.json": exchange("/c"),
            "users/README.md": "no fixture", "users/_draft.json": "{", "users/.hidden.json": "{",
            "_templates/x.json": "{", "orders/1.json": exchange("/1"), "NOTES.md": "no backend",
        ]
        try withDirectory(files) { root in
            let list = DiagnosticList()
            let set = try #require(FixtureSet.load(directory: root + "/", diagnostics: list))
            #expect(list.diagnostics.isEmpty)
            #expect(set.backends.mapValues { $0.map(\.name) } == ["users": ["a", "b", "deep/c"], "orders": ["1"]])
            #expect(set.backends["users"]?.first?.file == "\(root)/users/a.json")
        }
    }

    @Test("links from folder to folder are not followed, so that none leads round in circles")
    func links() throws {
        try withDirectory(["users/a.json": #"{"request":{"path":"/a"},"response":{}}"#]) { root in
            for name in ["x", "y", "z"] {
                try FileManager.default.createSymbolicLink(
                    atPath: "\(root)/users/\(name)",
                    withDestinationPath: "\(root)/users"
                )
            }
            let list = DiagnosticList()
            let set = try #require(FixtureSet.load(directory: root, diagnostics: list))
            #expect(list.diagnostics.isEmpty)
            #expect(set.backends["users"]?.map(\.name) == ["a"])
        }
    }

    @Test("a directory that is missing, and a fixture outside of a backend's folder, are errors")
    func misplaced() throws {
        let list = DiagnosticList()
        #expect(FixtureSet.load(directory: "/nowhere/fixtures", diagnostics: list) == nil)
        #expect(list.diagnostics.map(\.message) == ["there is no directory '/nowhere/fixtures' with fixtures"])
        try withDirectory(["stray.json": "{}", "users/a.json": "{}"]) { root in
            let list = DiagnosticList()
            #expect(FixtureSet.load(directory: root, diagnostics: list) == nil)
            #expect(list.errorCount == 3)
            #expect(list.diagnostics.first?.message == "a fixture belongs in the folder of its backend")
        }
    }

    @Test("defaults: GET, 200, no body")
    func defaults() throws {
        let fixture = try fixture(#"{ "request": { "path": "/a" }, "response": {} }"#)
        #expect(fixture.request.method == "GET")
        #expect(fixture.response.status == 200)
        #expect(fixture.response.body == nil)
        #expect(fixture.response.headers.isEmpty)
    }

    @Test("a body is sent without white space, each token as it was written")
    func compactBody() throws {
        let text = #"""
            { "request": { "path": "/a" }, "response": { "body": { "n" : 1.10, "big": 12345678901234567890,
              "s": "a \" b\\", "u": "\u00e9 é", "l": [ 1E400, null ] } } }
            """#
        let response = try fixture(text).response
        let body = #"{"n":1.10,"big":12345678901234567890,"s":"a \" b\\","u":"\u00e9 é","l":[1E400,null]}"#
        #expect(String(decoding: response.body ?? [], as: UTF8.self) == body)
        #expect(response.headers.map { "\($0.name): \($0.value)" } == ["Content-Type: application/json"])
    }

    @Test("a content type of the fixture's own stands, and a text is sent as it is")
    func ownContentType() throws {
        let own = try fixture(
            #"{"request":{"path":"/a"},"response":{"headers":{"content-type":"application/hal+json"},"body":{}}}"#
        )
        #expect(own.response.headers.map(\.value) == ["application/hal+json"])
        let text = try fixture(#"{"request":{"path":"/a"},"response":{"bodyText":"<a> </a>"}}"#)
        #expect(text.response.body == Array("<a> </a>".utf8))
        #expect(text.response.headers.map(\.value) == ["text/plain; charset=utf-8"])
    }

    @Test("a list of header values gives a line each")
    func headerList() throws {
        let fixture = try fixture(#"{"request":{"path":"/a"},"response":{"headers":{"Set-Cookie":["a=1","b=2"]}}}"#)
        #expect(fixture.response.headers.map(\.value) == ["a=1", "b=2"])
    }

    @Test("all errors of a file come at once, each with its place")
    func allErrors() {
        let text = #"""
            {
              "request": {
                "method": "get", "path": "users?x=1", "quary": {},
                "query": { "a": 1 }, "headers": { "bad name": "x", "ok": "a\nb" }
              },
              "response": {
                "status": 999, "delay": "20", "fault": "rest",
                "headers": { "Content-Length": "7" }, "body": 1, "bodyText": "1"
              },
              "respose": 1
            }
            """#
        #expect(
            findings(text) == [
                "f/b/x.json:3:15: error: methods are upper-case, not 'get'",
                "f/b/x.json:3:30: error: 'path' must begin with '/'",
                "f/b/x.json:3:43: error: unknown key 'quary' in 'request'",
                "f/b/x.json:4:21: error: 'a' in 'query' must be a string or a list of strings, not a number",
                "f/b/x.json:4:39: error: 'bad name' is not a header name",
                "f/b/x.json:4:62: error: the value of the header 'ok' has a control character or a blank at its end",
                "f/b/x.json:7:15: error: 'status' in 'response' must be a whole number from 200 to 599, not 999",
                "f/b/x.json:7:29: error: 'delay' in 'response' must be a duration such as \"250ms\" or \"2s\", "
                    + "from 0s to 1h, not \"20\"",
                "f/b/x.json:7:44: error: there is no fault 'rest'",
                "f/b/x.json:8:18: error: the server itself writes 'Content-Length'",
                "f/b/x.json:8:66: error: 'body' and 'bodyText' exclude each other",
                "f/b/x.json:10:3: error: unknown key 'respose' in a fixture",
            ]
        )
    }

    @Test(
        "each mistake is found where it stands",
        arguments: [
            ("[]", "1:1: error: a fixture must be an object, not a list"),
            (#"{"request":{"path":"/"},"#, "1:25: error: not JSON:"),
            (#"{"response":{}}"#, "1:1: error: a fixture needs 'request'"),
            (#"{"request":{},"response":{}}"#, "1:12: error: 'request' needs 'path'"),
            (#"{"request":{"path":"/a?b"},"response":{}}"#, "1:23: error: 'path' ends before '?'"),
            (
                #"{"request":{"path":"/a%2"},"response":{}}"#,
                "1:23: error: '%' must be followed by two hexadecimal digits"
            ),
            (
                #"{"request":{"path":"/","query":{"a":[]}},"response":{}}"#,
                "1:37: error: 'a' in 'query' must have a value"
            ),
            (
                #"{"request":{"path":"/","headers":{"A":"1","a":"2"}},"response":{}}"#,
                "1:43: error: the header 'a' stands"
            ),
            (#"{"request":{"path":"/{a}/{a}"},"response":{}}"#, "1:26: error: the placeholder 'a' stands twice"),
            (#"{"request":{"path":"/a{b}"},"response":{}}"#, "1:23: error: a placeholder is a whole segment"),
            (#"{"request":{"path":"/{b-c}"},"response":{}}"#, "1:22: error: a placeholder is a whole segment"),
            (
                #"{"request":{"path":"/{a}\#(String(repeating: "/a", count: 64))"},"response":{}}"#,
                "1:20: error: a path with placeholders has 64 segments at the most"
            ),
            (
                #"{"request":{"path":"/","body":1,"bodyContains":1},"response":{}}"#,
                "1:48: error: 'body' and 'bodyContains' exclude each other"
            ),
            (#"{"request":{"path":"/"},"response":{"status":204,"body":1}}"#, "1:57: error: a 204 has no body"),
            (
                #"{"request":{"path":"/"},"response":{},"responses":[{}]}"#,
                "1:51: error: 'response' and 'responses' exclude each other"
            ),
            (
                #"{"request":{"path":"/"},"responses":[]}"#,
                "1:37: error: 'responses' in a fixture must be a list of one answer or more, not a list"
            ),
            (#"{"request":{"path":"/"},"responses":[1]}"#, "1:38: error: an answer must be an object, not a number"),
            (
                #"{"request":{"path":"/"},"responses":[{"sttus":1}]}"#,
                "1:39: error: unknown key 'sttus' in an answer"
            ),
            (#"{"request":{"path":"/"},"responses":[{}],"then":"again"}"#, "1:49: error: 'then' cannot be 'again'"),
            (#"{"request":{"path":"/"},"response":{},"then":"cycle"}"#, "1:46: error: 'then' says what follows"),
            (
                #"{"request":{"path":"/"},"response":{"delay":{"from":"1ms"}}}"#,
                "1:45: error: 'delay' needs 'to'"
            ),
            (
                #"{"request":{"path":"/"},"response":{"delay":{"from":"1ms","p99":"2ms"}}}"#,
                "1:45: error: a delay is spread by"
            ),
            (
                #"{"request":{"path":"/"},"response":{"delay":{"from":"3ms","to":"2ms"}}}"#,
                "1:64: error: 'to' is less than 'from'"
            ),
            (
                #"{"request":{"path":"/"},"response":{"delay":{"median":"3ms","p99":"2h"}}}"#,
                "1:67: error: 'p99' in 'delay' must be a duration"
            ),
            (
                #"{"request":{"path":"/{id}"},"response":{"template":true,"body":{"a":"é {path.di}"}}}"#,
                "1:78: error: the path has no placeholder '{di}'; did you mean 'id'?"
            ),
            (
                #"{"request":{"path":"/"},"response":{"template":true,"headers":{"A":"{quer.a}"}}}"#,
                "1:70: error: a request has no 'quer'; did you mean 'query'?"
            ),
            (
                #"{"request":{"path":"/"},"response":{"template":true,"body":"{a"}}"#,
                "1:61: error: '{' is not closed"
            ),
            (
                #"{"request":{"path":"/"},"response":{"template":true,"bodyText":"{query.a b}"}}"#,
                "1:74: error: syntax: "
            ),
            (#"{"request":{"path":"/"},"response":{"fault":"slow"}}"#, "1:45: error: the fault 'slow' needs a body"),
            (
                #"{"request":{"path":"/"},"response":{"fault":"reset","status":500}}"#,
                "1:62: warning: 'status' has no effect with the fault 'reset'"
            ),
        ]
    )
    func mistake(text: String, finding: String) {
        let findings = findings(text)
        #expect(findings.count == 1)
        #expect(findings.first?.hasPrefix("f/b/x.json:" + finding) == true, "\(findings)")
    }

    @Test("a second fixture for the same request is an error that names the first")
    func duplicate() {
        let list = DiagnosticList()
        let texts = [
            "a": #"{"request":{"path":"/a%41","query":{"x":["1","2"],"y":"3"}},"response":{}}"#,
            "b": #"{"request":{"path":"/aA","query":{"y":"3","x":["2","1"]}},"response":{"status":404}}"#,
            "c": #"{"request":{"path":"/aA"},"response":{}}"#,
        ]
        let files = texts.sorted { $0.key < $1.key }.map { name, text in
            FixtureFile(name: name, source: SourceFile(path: "f/u/\(name).json", bytes: Array(text.utf8)))
        }
        let set = FixtureSet(reading: ["u": files], diagnostics: list)
        #expect(set.backends["u"]?.map(\.name) == ["a", "c"])
        #expect(
            list.diagnostics.map { String($0.rendered().prefix { $0 != "\n" }) } == [
                "f/u/b.json:1:12: error: the same request is answered by f/u/a.json"
            ]
        )
    }
}
