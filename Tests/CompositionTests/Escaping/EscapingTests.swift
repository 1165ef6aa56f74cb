import Foundation
import JSONSlices
import TestSupport
import Testing

@testable import Composition

@Suite("Escaping, at a server that keeps every byte")
struct EscapingTests {
    @Test("no text breaks out of its place", arguments: 0..<4)
    func places(seed: Int) async throws {
        try await EveryPlace.serve { places in
            var texts = HostileTexts(seed: UInt64(seed))
            let plain = await places.trial("plain", &texts)
            #expect(plain.requests.count == 9, "a plain text is sent to every place")
            let all = (seed == 0 ? HostileTexts.pieces : []) + (0..<60).map { _ in texts.text() }
            for text in all {
                try await places.trial(text, &texts).check(against: plain, port: places.server.port)
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
        try await EveryPlace.serve { places in
            let reply = await places.run(body: Array(body.utf8))
            #expect(reply.status == 400)
            #expect(places.server.takeRequests().isEmpty)
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
        try await EveryPlace.serve(answering: answer) { places in
            let reply = await places.run(body: Array(#"{"v": "x"}"#.utf8))
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
        try await EveryPlace.serve { places in
            for (path, query) in [(text, nil), ("x", "q=\(text)")] {
                let reply = await places.run(path: path, query: query, body: Array(#"{"v": "x"}"#.utf8))
                #expect(reply.status == 400)
            }
            let bytes = PercentBytes.decode(text).map { Array(#"{"v": ""#.utf8) + $0 + Array(#""}"#.utf8) }
            if let bytes {
                #expect(await places.run(body: bytes).status == 400)
            }
            #expect(places.server.takeRequests().isEmpty)
        }
    }

    @Test("a text that is too long for a request's head fails its call, and is sent in a body")
    func longText() async throws {
        try await EveryPlace.serve { places in
            let text = String(repeating: "a", count: 1_000_001)
            let body = Array(#"{"v": "\#(text)", "h": "x", "named": {"\#(text)": "1"}}"#.utf8)
            let reply = await places.run(query: "q=\(text)", body: body)
            #expect(reply.status == 200)
            let targets = places.server.takeRequests().map(\.target)
            #expect(Set(targets) == ["/body", "/form"])
            #expect(reply.failures.map(\.reason.word) == Array(repeating: "http_request_error", count: 7))
            #expect(reply.failures.allSatisfy { $0.detail.contains("1000000 are the most") })
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
}
