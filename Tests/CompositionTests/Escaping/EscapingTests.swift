import CurlTransport
import Diagnostics
import Foundation
import JSONSlices
import Testing

@testable import Composition

/// Every place that a value can be sent to, each in a call of its own with a fallback, so that one refusal does not keep
/// the others from being sent.
private let everyPlace = """
    {"endpoint": "POST /a/{p}",
     "parameters": {"q": {"in": "query"}, "p": {"in": "path"}},
     "calls": {
       "segment": {"backend": "echo", "path": "/segment/{request.body.v}/end", "fallback": null},
       "mixed": {"backend": "echo", "path": "/mixed/a{request.body.v}b/end", "fallback": null},
       "client": {"backend": "echo", "path": "/client/{p}/end", "query": {"q": "{q}"}, "fallback": null},
       "query": {"backend": "echo", "path": "/query", "query": {"a": "{request.body.v}", "b": "x {request.body.v} y", "c": "1"}, "fallback": null},
       "names": {"backend": "echo", "path": "/names", "query": "{request.body.named}", "fallback": null},
       "header": {"backend": "echo", "path": "/header", "headers": {"X-V": "{request.body.v}", "X-Last": "1"}, "fallback": null},
       "text": {"backend": "echo", "path": "/text", "headers": {"X-V": "a{request.body.v}b", "X-Last": "1"}, "fallback": null},
       "body": {"backend": "echo", "path": "/body", "method": "POST", "body": {"v": "{request.body.v}", "t": "x {request.body.v} y", "l": ["{request.body.v}"], "...": "{request.body.named}"}, "fallback": null},
       "form": {"backend": "echo", "path": "/form", "method": "POST", "headers": {"Content-Type": "application/x-www-form-urlencoded"},
                "body": {"v": "{request.body.v}", "l": ["{request.body.v}", "1"], "...": "{request.body.named}"}, "fallback": null}
     },
     "response": {
       "headers": {"X-V": "{request.body.h}"},
       "body": {"v": "{request.body.v}", "t": "x {request.body.v} y", "...": "{request.body.named}",
                "all": ["{segment}", "{mixed}", "{client}", "{query}", "{names}", "{header}", "{text}"]}}}
    """

@Suite("Escaping, at a server that keeps every byte")
struct EscapingTests {
    /// One request with this text in every place.
    private struct Trial {
        let text: String
        let reply: EndpointReply
        /// By the first segment of the path.
        let requests: [String: EchoServer.Request]
    }

    @Test("no text breaks out of its place", arguments: 0..<4)
    func places(seed: Int) async throws {
        let server = try EchoServer()
        try await withComposer(server) { composer, transport in
            let plain = try #require(try await trial("plain", HostileTexts(seed: 0), composer, transport, server))
            #expect(plain.requests.count == 9, "a plain text is sent to every place")
            var texts = HostileTexts(seed: UInt64(seed))
            let all = (seed == 0 ? HostileTexts.pieces : []) + (0..<60).map { _ in texts.text() }
            for text in all {
                guard let trial = try await trial(text, texts, composer, transport, server) else { continue }
                try check(trial, against: plain, port: server.port)
            }
        }
    }

    @Test(
        "a text that is no Unicode is refused before anything is sent",
        arguments: [
            #"{"v": "\ud800"}"#, #"{"v": "\udc00\ud800"}"#, #"{"v": "\ud800x"}"#, #"{"v": "\u0000"#,
            "{\"v\": \"\u{1}\"}",
            "\u{FEFF}{\"v\": \"x\"}", #"{"\udfff": 1}"#,
        ]
    )
    func brokenJSON(body: String) async throws {
        let server = try EchoServer()
        try await withComposer(server) { composer, transport in
            let reply = await Self.run(composer, transport, path: "x", query: nil, body: Array(body.utf8))
            #expect(reply.status == 400)
            #expect(server.takeRequests().isEmpty)
        }
    }

    @Test(
        "a backend's answer that is no Unicode, or no JSON, is none at all",
        arguments: [
            Array(#"{"v": "\ud800"}"#.utf8), Array(#"["\udc00\ud800"]"#.utf8), [0x22, 0xC0, 0xAF, 0x22],
            [0x22, 0xED, 0xA0, 0x80, 0x22], [0xEF, 0xBB, 0xBF, 0x31], [0x22, 0x00, 0x22], [0x22, 0x0A, 0x22],
            [0x31, 0x00],
            Array("NaN".utf8), Array("{'a': 1}".utf8), [0xFF, 0xFE, 0x31, 0x00],
        ] as [[UInt8]]
    )
    func brokenAnswer(answer: [UInt8]) async throws {
        let server = try EchoServer(answering: answer)
        try await withComposer(server) { composer, transport in
            let reply = await Self.run(composer, transport, path: "x", query: nil, body: Array(#"{"v": "x"}"#.utf8))
            #expect(reply.status == 200)
            #expect(reply.failures.map(\.reason.word) == Array(repeating: "invalid_json", count: 9))
            let body = try JSONDocument(parsing: reply.text).root
            #expect(body.member("all")?.count == 7)
        }
    }

    @Test(
        "bytes that are no UTF-8 are refused before anything is sent",
        arguments: ["%C0%AF", "%C0%AE%C0%AE", "%ff", "%ED%A0%80", "%F4%90%80%80", "%e0%80%af", "%", "%4", "%zz"]
    )
    func brokenEncoding(text: String) async throws {
        let server = try EchoServer()
        try await withComposer(server) { composer, transport in
            for (path, query) in [(text, nil), ("x", "q=\(text)")] {
                let reply = await Self.run(
                    composer,
                    transport,
                    path: path,
                    query: query,
                    body: Array(#"{"v": "x"}"#.utf8)
                )
                #expect(reply.status == 400)
            }
            let bytes = PercentBytes.decode(text).map { Array(#"{"v": ""#.utf8) + $0 + Array(#""}"#.utf8) }
            if let bytes {
                #expect(await Self.run(composer, transport, path: "x", query: nil, body: bytes).status == 400)
            }
            #expect(server.takeRequests().isEmpty)
        }
    }

    @Test(
        "a client's own text that cannot be part of a path is a 400 that names the parameter",
        arguments: [
            ("..;x", true), ("a%2F..%2Fb", true), ("%2E.", true), ("%2e", true), ("a%2Fb", false), ("...", false),
        ]
    )
    func clientsPath(path: String, isRefused: Bool) async throws {
        try await withBench(
            """
            {"endpoint": "GET /a/{p}", "parameters": {"q": {"in": "query", "name": "quantity"}},
             "calls": {"u": {"backend": "users", "path": "/u/{p}"}, "v": {"backend": "users", "path": "/v/x{p}/{q}", "fallback": null},
                       "w": {"backend": "users", "path": "/w/{u.id}"}},
             "response": {"body": ["{v}", "{w}"]}}
            """,
            fixtures: [
                "users/u": #"{"request": {"path": "/u/a%2Fb"}, "response": {"body": {"id": "x"}}}"#,
                "users/u2": #"{"request": {"path": "/u/..."}, "response": {"body": {"id": "x"}}}"#,
                "users/w": #"{"request": {"path": "/w/x"}, "response": {"body": 1}}"#,
            ]
        ) { bench in
            let reply = await bench.run([path], query: "quantity=")
            guard isRefused else {
                #expect(reply.text == "[null,1]", "a fallback stands in for a call that its path fails")
                return
            }
            #expect(reply.status == 400)
            #expect(reply.problem?.detail == "The parameter 'p' cannot be part of a path.")
            #expect(reply.problem?.members.map(\.value) == ["p"])
            #expect(!reply.failures.contains { $0.call == "u" }, "the operator can do nothing about it")
        }
    }

    // MARK: What has to hold

    private func check(_ trial: Trial, against plain: Trial, port: Int) throws {
        let text = trial.text
        let failed = Dictionary(uniqueKeysWithValues: trial.reply.failures.map { ($0.call, $0.reason.word) })
        for call in plain.requests.keys.sorted() {
            let isSent = trial.requests[call] != nil
            let isRefused = refusal(of: text, in: call)
            #expect(isSent != isRefused, "\(call) with \(text.debugDescription): \(failed)")
            #expect(failed[call] == (isRefused ? "expression_error" : nil), "\(call) with \(text.debugDescription)")
        }
        #expect(trial.requests.count == plain.requests.count { !refusal(of: text, in: $0.key) })
        for (call, request) in trial.requests {
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
        try checkReply(trial)
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
    private func checkReply(_ trial: Trial) throws {
        let lines = trial.reply.headers.filter { $0.name == "X-V" }
        guard HeaderValidation.isValue(trial.text) else {
            #expect(trial.reply.status == 500)
            #expect(trial.reply.problem?.members.first?.value == "response.headers.X-V")
            return
        }
        #expect(lines.count == 1 && Self.isSame(lines.first?.value, trial.text))
        let body = try JSONDocument(parsing: trial.reply.text).root
        try checkMembers(of: body, text: trial.text, others: ["v", "t", "all"])
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

    // MARK: Doing it

    private func withComposer(
        _ server: EchoServer,
        _ body: (Composer, CurlTransport) async throws -> Void
    ) async throws {
        let diagnostics = DiagnosticList()
        let file = SourceFile(path: "c.json", bytes: Array(everyPlace.utf8))
        let plans = CompositionSet.compile([file], backends: ["echo"], diagnostics: diagnostics).plans
        let plan = try #require(plans.first, "\(diagnostics.sorted().map { $0.rendered() })")
        let transport = try CurlTransport(backends: [BackendOptions(name: "echo")], loops: 1)
        let backend = try #require(transport.backend(named: "echo"))
        let bound = BoundBackend(backend: backend, base: "http://127.0.0.1:\(server.port)")
        let composer = try #require(Composer(plan: plan, backends: ["echo": bound]))
        do {
            try await body(composer, transport)
        } catch {
            await transport.shutdown()
            throw error
        }
        await transport.shutdown()
    }

    /// Sends a text to every place; nil when it is no path parameter that a client can send.
    private func trial(
        _ text: String,
        _ texts: HostileTexts,
        _ composer: Composer,
        _ transport: CurlTransport,
        _ server: EchoServer
    ) async throws -> Trial? {
        var texts = texts
        let value = texts.json(text)
        let body = #"{"v": \#(value), "h": \#(texts.json(text)), "named": {\#(texts.json(text)): "1", "z": "2"}}"#
        let encoded = HostileTexts.percentEncoded(text)
        let reply = await Self.run(composer, transport, path: encoded, query: "q=\(encoded)", body: Array(body.utf8))
        var requests: [String: EchoServer.Request] = [:]
        for request in server.takeRequests() {
            let name = (request.target ?? "").split { "/?".contains($0) }.first.map(String.init) ?? ""
            #expect(requests.updateValue(request, forKey: name) == nil, "one request per call")
        }
        return Trial(text: text, reply: reply, requests: requests)
    }

    private static func run(
        _ composer: Composer,
        _ transport: CurlTransport,
        path: String,
        query: String?,
        body: [UInt8]
    ) async -> EndpointReply {
        let request = EndpointRequest(
            method: "POST",
            path: "/a/\(path)",
            pathParameters: [path],
            query: query,
            body: body,
            header: { _ in [] },
            forwarded: [],
            id: "request-1",
            time: { "2026-11-24T07:30:00.250Z" }
        )
        let loop = transport.nextLoop()
        return await Task(executorPreference: loop) { await composer.run(request, on: loop) }.value
    }

    private static func fields(_ text: String) throws -> [(String, String)] {
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
    private static func isSame(_ one: String?, _ other: String?) -> Bool {
        Array((one ?? "-").utf8) == Array((other ?? "+").utf8)
    }

    private static func isSame(_ one: String, _ other: String) -> Bool { Array(one.utf8) == Array(other.utf8) }

    private static func isSame(_ one: [(String, String)], _ other: [(String, String)]) -> Bool {
        one.count == other.count && zip(one, other).allSatisfy { isSame($0.0, $1.0) && isSame($0.1, $1.1) }
    }

    private static func precedes(_ one: String, _ other: String) -> Bool {
        one.utf8.lexicographicallyPrecedes(other.utf8)
    }
}

/// A decoder of percent-encoding that shares nothing with the one under test.
private enum PercentBytes {
    /// The bytes that `%XX` escapes alone stand for; nil for any other text.
    static func decode(_ text: String) -> [UInt8]? {
        let pieces = text.split(separator: "%")
        let bytes = pieces.compactMap { $0.count == 2 ? UInt8($0, radix: 16) : nil }
        return bytes.count == pieces.count && !bytes.isEmpty ? bytes : nil
    }

    /// The text behind escapes; nil when one is incomplete, or the bytes are no UTF-8.
    static func text(_ encoded: some StringProtocol) -> String? {
        let pieces = encoded.split(separator: "%", omittingEmptySubsequences: false)
        var bytes = Array((pieces.first ?? "").utf8)
        for piece in pieces.dropFirst() {
            guard let byte = UInt8(piece.prefix(2), radix: 16) else { return nil }
            bytes += [byte] + piece.dropFirst(2).utf8
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
