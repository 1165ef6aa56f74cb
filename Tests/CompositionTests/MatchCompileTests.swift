import Diagnostics
import Testing

@testable import Composition

/// What `medley check` says of `match`.
@Suite("Matching, checked")
struct MatchCompileTests {
    private func findings(_ matches: [String?], endpoint: String = "GET /home") -> [String] {
        let diagnostics = DiagnosticList()
        let files = matches.enumerated().map { number, match in
            let match = match.map { #""match": \#($0), "# } ?? ""
            let text = #"{"endpoint": "\#(endpoint)", \#(match)"calls": {"a": {"backend": "b", "path": "/"}}}"#
            return SourceFile(path: "\(number).json", bytes: Array(text.utf8))
        }
        _ = CompositionSet.compile(files, backends: nil, diagnostics: diagnostics)
        return diagnostics.sorted().map { $0.rendered() }
    }

    @Test(
        "two that one request could mean alike are an error with both places",
        arguments: [
            [#"{"headers": {"a": "1"}}"#, #"{"headers": {"b": "1"}}"#],
            [#"{"headers": {"a": "1"}}"#, #"{"query": {"a": "1"}}"#],
            [#"{"headers": {"a": {"prefix": "1"}}}"#, #"{"headers": {"A": "12"}}"#],
            [#"{"headers": {"a": {"present": true}}}"#, #"{"headers": {"a": "12"}}"#],
            [#"{"host": "x.test"}"#, #"{"host": ["y.test", "X.test"]}"#],
            [#"{"host": "*.test", "query": {"a": "1"}}"#, #"{"host": "*.test", "query": {"b": "1"}}"#],
        ]
    )
    func ambiguous(matches: [String]) throws {
        let findings = findings(matches)
        let only = try #require(findings.first)
        #expect(findings.count == 1)
        #expect(only.contains("1.json:1:14: error: one request can be meant by"), "\(only)")
        #expect(only.contains("the other stands at 0.json:1:14"), "\(only)")
    }

    @Test(
        "values, hosts and numbers of conditions tell endpoints apart",
        arguments: [
            [#"{"headers": {"a": "1"}}"#, #"{"headers": {"a": "2"}}"#],
            [#"{"headers": {"a": {"present": false}}}"#, #"{"headers": {"a": "2"}}"#],
            [#"{"headers": {"a": "1"}}"#, #"{"headers": {"a": "1", "b": "1"}}"#],
            [#"{"headers": {"a": "1"}}"#, nil],
            [#"{"host": "*.test"}"#, #"{"host": "*.x.test"}"#],
            [#"{"host": "a.test"}"#, #"{"host": "*.test", "query": {"a": "1", "b": "2"}}"#],
            [#"{"query": {"a": {"prefix": "x"}}}"#, #"{"query": {"a": {"prefix": "y"}}}"#],
        ]
    )
    func distinct(matches: [String?]) {
        #expect(findings(matches) == [])
    }

    @Test(
        "what no request could be is refused where it stands",
        arguments: [
            (#"{}"#, "at least one of host, headers and query"),
            (#"{"host": []}"#, "no host is in 'host'"),
            (#"{"host": "a.test:80"}"#, "compared without its port"),
            (#"{"host": "*"}"#, "whole labels at the beginning"),
            (#"{"host": "a..test"}"#, "is no host name"),
            (#"{"host": "bücher.test"}"#, "is no host name"),
            (#"{"host": ["a.test", "A.test"]}"#, "stands twice"),
            (#"{"headers": {"a b": "1"}}"#, "is no header name"),
            (#"{"headers": {"Host": "1"}}"#, "has a key of its own"),
            (#"{"headers": {"te": "1"}}"#, "about one connection"),
            (#"{"headers": {"a": 1}}"#, "must be a text to be equal to"),
            (#"{"headers": {"a": {"prefix": ""}}}"#, "begins with an empty text"),
            (#"{"headers": {"a": {"prefix": "a", "present": true}}}"#, "is one of"),
            (#"{"hosts": "a.test"}"#, "did you mean"),
        ]
    )
    func refused(match: String, message: String) {
        let findings = findings([match])
        #expect(findings.contains { $0.contains(message) }, "\(findings)")
    }
}
