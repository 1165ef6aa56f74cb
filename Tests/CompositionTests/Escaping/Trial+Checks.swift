import CurlTransport
import Foundation
import JSONSlices
import Testing

@testable import Composition

/// What has to hold wherever a text is sent.
extension Trial {
    /// - Parameter plain: what a harmless text came to.
    func check(against plain: Trial, port: Int) throws {
        let failed = Dictionary(uniqueKeysWithValues: reply.failures.map { ($0.call, $0.reason.word) })
        for call in plain.requests.keys.sorted() {
            let isSent = requests[call] != nil
            let isRefused = refusal(of: text, in: call)
            #expect(isSent != isRefused, "\(call) with \(text.debugDescription): \(failed)")
            #expect(failed[call] == (isRefused ? "expression_error" : nil), "\(call) with \(text.debugDescription)")
        }
        #expect(requests.count == plain.requests.count { !refusal(of: text, in: $0.key) })
        for (call, request) in requests {
            let expected = try #require(plain.requests[call])
            let message: Comment = "\(call) with \(text.debugDescription)"
            #expect(request.fieldNames == expected.fieldNames, message)
            #expect(request.field("Host") == Array("127.0.0.1:\(port)".utf8), message)
            #expect(!request.head.contains(0), message)
            #expect(request.lines.allSatisfy { !$0.contains(13) && !$0.contains(10) }, message)
            let target = try #require(request.target, message)
            #expect(!target.contains("#") && target.hasPrefix("/\(call)"), message)
            try check(request, target: target, of: call, text: text, message)
        }
        try checkReply()
    }

    private func check(
        _ request: EchoServer.Request,
        target: String,
        of call: String,
        text: String,
        _ message: Comment
    ) throws {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let segments = parts[0].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let fields = parts.count > 1 ? try Self.fields(parts[1]) : []
        switch call {
        case "segment", "mixed", "client":
            #expect(segments.count == 4 && segments.last == "end", message)
            let value = call == "mixed" ? "a\(text)b" : text
            #expect(Self.isSame(PercentBytes.text(segments[2]), value), message)
            #expect(call != "client" || Self.isSame(fields, [("q", text)]), message)
        case "query":
            #expect(Self.isSame(fields, [("a", text), ("b", "x \(text) y"), ("c", "1")]), message)
        case "names":
            #expect(Self.isSame(fields, text == "z" ? [("z", "2")] : [(text, "1"), ("z", "2")]), message)
        case "header", "text":
            let value = call == "text" ? "a\(text)b" : text
            #expect(segments.count == 2 && parts.count == 1, message)
            // A field without a value has nothing behind its colon; whitespace around a value is none of it.
            let isEmpty = value.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 }
            #expect(request.field("X-V") == (isEmpty ? nil : Array(value.utf8)), message)
            #expect(request.field("X-Last") == Array("1".utf8), message)
        case "body":
            let body = try JSONDocument(parsing: request.body).root
            try checkMembers(of: body, text: text, others: ["v", "t", "l"])
            #expect(Self.isSame(body.member("l")?.element(at: 0)?.string, text), message)
        case "form":
            let form = try Self.fields(String(decoding: request.body, as: UTF8.self))
            let named = ["v", "l", "z"].contains(text) ? [] : [(text, "1")]
            let own = text == "v" ? [("v", "1")] : [("v", text)]
            let list = text == "l" ? [("l", "1")] : [("l", text), ("l", "1")]
            #expect(Self.isSame(form, own + list + named + [("z", "2")]), message)
        default:
            Issue.record("\(call) was not asked for")
        }
    }

    /// The reply is JSON with the members that it should have, and its header is one line.
    private func checkReply() throws {
        let lines = reply.headers.filter { $0.name == "X-V" }
        guard HeaderValidation.isValue(text) else {
            #expect(reply.status == 500)
            #expect(reply.problem?.members.first?.value == "response.headers.X-V")
            return
        }
        #expect(lines.count == 1 && Self.isSame(lines.first?.value, text))
        let body = try JSONDocument(parsing: reply.text).root
        try checkMembers(of: body, text: text, others: ["v", "t", "all"])
        #expect(body.member("all")?.count == 7)
    }

    /// An object whose `v` is the text, whose `t` has text around it, and which has taken over a member that the text
    /// names.
    private func checkMembers(of object: JSONSlice, text: String, others: [String]) throws {
        let names = object.members.compactMap(\.key.string)
        let expected = others + (others.contains(text) || text == "z" ? [] : [text]) + ["z"]
        #expect(names.sorted(by: Self.precedes).elementsEqual(expected.sorted(by: Self.precedes), by: Self.isSame))
        if text != "v" { #expect(Self.isSame(object.member("v")?.string, text)) }
        if text != "t" { #expect(Self.isSame(object.member("t")?.string, "x \(text) y")) }
    }

    /// Whether this text cannot be sent in that call, by the rules of the language.
    private func refusal(of text: String, in call: String) -> Bool {
        let dotted = { (segment: String) in
            segment.components(separatedBy: CharacterSet(charactersIn: "/\\")).contains {
                [".", ".."].contains($0.components(separatedBy: ";")[0])
            }
        }
        switch call {
        case "segment", "client": return text.isEmpty || dotted(text)
        case "mixed": return text.isEmpty || dotted("a\(text)b")
        case "header", "text":
            return text.unicodeScalars.contains { ($0.value < 0x20 && $0 != "\t") || $0.value == 0x7F }
        default: return false
        }
    }

    static func fields(_ text: String) throws -> [(String, String)] {
        try text.split(separator: "&", omittingEmptySubsequences: false).map { field in
            let parts = field.split(separator: "=", omittingEmptySubsequences: false)
            try #require(parts.count == 2, "one '=' in \(field)")
            return (
                try #require(PercentBytes.text(parts[0])),
                try #require(PercentBytes.text(parts[1]))
            )
        }
    }

    /// By code points: `é` and `e` with an accent are two texts.
    static func isSame(_ one: String?, _ other: String?) -> Bool {
        Array((one ?? "-").utf8) == Array((other ?? "+").utf8)
    }

    static func isSame(_ one: String, _ other: String) -> Bool { Array(one.utf8) == Array(other.utf8) }

    static func isSame(_ one: [(String, String)], _ other: [(String, String)]) -> Bool {
        one.count == other.count && zip(one, other).allSatisfy { isSame($0.0, $1.0) && isSame($0.1, $1.1) }
    }

    static func precedes(_ one: String, _ other: String) -> Bool {
        one.utf8.lexicographicallyPrecedes(other.utf8)
    }
}
