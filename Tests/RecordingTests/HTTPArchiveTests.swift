import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import Recording

@Suite("HTTP archives")
struct HTTPArchiveTests {
    private func read(
        _ text: String,
        keepsAll: Bool = false,
        _ diagnostics: DiagnosticList = DiagnosticList()
    ) -> HTTPArchive? {
        let source = SourceFile(path: "a.har", bytes: Array(text.utf8))
        return HTTPArchive.read(source, keepsAll: keepsAll, diagnostics: diagnostics)
    }

    /// An archive with one entry; members of its response and further members of the entry as JSON.
    private func archive(
        request: String = #""url":"https://api.example.com/a""#,
        response: String = #""status":200"#,
        entry: String = ""
    ) -> String {
        #"{"log":{"entries":[{"request":{\#(request)},"response":{\#(response)}\#(entry)}]}}"#
    }

    private func response(of text: String) -> (status: Int, fields: [String], body: String)? {
        guard case .response(let status, let fields, let body)? = read(text)?.entries.first?.exchange.answer else {
            return nil
        }
        return (status, fields.map { "\($0.name): \($0.value)" }, String(decoding: body, as: UTF8.self))
    }

    @Test("an entry gives the exchange: method, target, headers, bodies, time")
    func whole() throws {
        let text = archive(
            request: """
                "method":"POST","url":"https://API.example.com:443/v1/orders?a=1#top",
                "headers":[{"name":":authority","value":"x"},{"name":"content-type","value":"application/json"}],
                "postData":{"mimeType":"application/json","text":"{\\"a\\":1}"},"_x":[1]
                """,
            response: """
                "status":201,"headers":[{"name":"etag","value":"7"},{"name":"etag","value":"8","comment":"c"}],
                "content":{"size":5,"mimeType":"application/json","text":"[1.0]"}
                """,
            entry: #","time":20.75,"cache":{},"_initiator":{"stack":{"parent":{"parent":{}}}}"#
        )
        let entry = try #require(read(text)?.entries.first)
        #expect(entry.url.origin == "https://api.example.com" && entry.url.target == "/v1/orders?a=1")
        #expect(entry.exchange.method == "POST" && entry.exchange.target == "/v1/orders?a=1")
        #expect(entry.exchange.headers.map(\.name) == ["content-type"])
        #expect(String(decoding: entry.exchange.body, as: UTF8.self) == #"{"a":1}"#)
        #expect(entry.exchange.duration == .microseconds(20_750))
        let answer = try #require(response(of: text))
        #expect(answer.status == 201 && answer.body == "[1.0]")
        #expect(answer.fields == ["etag: 7", "etag: 8", "Content-Type: application/json"])
    }

    @Test(
        "a body is text or base64, and text is UTF-8 whatever the backend sent",
        arguments: [
            (#""text":"é""#, "text/plain; charset=utf-8", "é"),
            (#""text":"w6k=","encoding":"base64""#, "text/plain; charset=latin1", "é"),
            (#""text":"w6\nk=","encoding":"base64""#, "text/plain; charset=latin1", "é"),
            (#""text":"é","encoding":null"#, "text/plain; charset=utf-8", "é"),
            (#""text":"","size":0"#, "text/plain; charset=utf-8", ""),
            (#""size":0"#, "text/plain; charset=utf-8", ""), (#""size":-1"#, "text/plain; charset=utf-8", ""),
        ]
    )
    func content(content: String, mediaType: String, body: String) throws {
        let header = #""headers":[{"name":"Content-Type","value":"text/plain; charset=latin1"}]"#
        let answer = try #require(response(of: archive(response: #""status":200,\#(header),"content":{\#(content)}"#)))
        #expect(answer.body == body)
        #expect(answer.fields == ["Content-Type: \(mediaType)"])
    }

    @Test("a form that the archive lists by its fields is put together again")
    func form() throws {
        let params = #"[{"name":"a b","value":"é&="},{"name":"c"}]"#
        let text = archive(request: #""url":"http://x/","postData":{"mimeType":"","params":\#(params)}"#)
        let entry = try #require(read(text)?.entries.first)
        #expect(entry.exchange.body == Array("a+b=%C3%A9%26%3D&c=".utf8))
        #expect(entry.exchange.headers.map(\.value) == ["application/x-www-form-urlencoded"])
    }

    @Test("a body has the type that stands beside it where the headers have none, so that its secrets are found")
    func types() throws {
        let form = "application/x-www-form-urlencoded"
        let text = archive(
            request: """
                "method":"POST","url":"http://x/","headers":[],
                "postData":{"mimeType":"\(form)","text":"user%5Bpassword%5D=SECRET"}
                """,
            response: """
                "status":200,"headers":[{"name":"A","value":"1"}],
                "content":{"mimeType":"\(form); charset=latin1","text":"token=SECRET"}
                """
        )
        let exchange = try #require(read(text)?.entries.first).exchange
        #expect(exchange.headers.map { "\($0.name): \($0.value)" } == ["Content-Type: \(form)"])
        #expect(response(of: text)?.fields == ["A: 1", "Content-Type: \(form); charset=utf-8"])
        let fixture = FixtureText(exchange, RecordingRules())
        #expect(!String(decoding: fixture.bytes, as: UTF8.self).contains("SECRET"))
    }

    @Test(
        "a type that is none, or of no body, is passed over",
        arguments: [#""mimeType":"x-unknown","text":"a""#, #""mimeType":"","text":"a""#, #""mimeType":"text/html""#]
    )
    func noTypes(content: String) {
        #expect(response(of: archive(response: #""status":200,"content":{\#(content)}"#))?.fields == [])
    }

    @Test(
        "what is no exchange with a backend is counted",
        arguments: [
            (#""url":"data:text/plain,a""#, #""status":200"#, "", HTTPArchive.Skip.notHTTP),
            (#""url":"https://x/""#, #""status":0"#, "", .noResponse),
            (#""url":"https://x/""#, #""status":101"#, "", .noResponse),
            (#""url":"https://x/""#, #""status":200,"content":{"size":7}"#, "", .noContent),
            (#""method":"OPTIONS","url":"https://x/""#, #""status":204"#, "", .preflight),
            (#""url":"https://x/""#, #""status":200,"content":{"mimeType":"image/png"}"#, "", .asset),
            (#""url":"https://x/""#, #""status":200,"content":{"mimeType":"text/css; charset=utf-8"}"#, "", .asset),
            (#""url":"https://x/a.JS?v=1""#, #""status":200"#, "", .asset),
            (#""url":"https://x/""#, #""status":200"#, #","_resourceType":"font""#, .asset),
        ]
    )
    func skipped(request: String, response: String, entry: String, skip: HTTPArchive.Skip) {
        let text = archive(request: request, response: response, entry: entry)
        let archive = read(text)
        #expect(archive?.entries.isEmpty == true && archive?.skipped == [skip: 1])
        let isKept = [.asset, .preflight].contains(skip)
        #expect(read(text, keepsAll: true)?.entries.count == (isKept ? 1 : 0))
    }

    @Test("an answer that may be empty needs no content", arguments: [204, 205, 302, 304])
    func empty(status: Int) {
        #expect(response(of: archive(response: #""status":\#(status),"content":{"size":7}"#))?.body == "")
    }

    @Test(
        "what is no archive is an error at its place",
        arguments: [
            ("", "not JSON: expected a value, found an empty document", 1),
            ("[]", "an HTTP archive must be an object, not a list", 1),
            ("{}", "an HTTP archive needs 'log'", 1), (#"{"log":7}"#, "'log' must be an object, not a number", 8),
            (#"{"log":{}}"#, "'log' needs 'entries'", 8),
            (#"{"log":{"entries":{}}}"#, "'entries' in 'log' must be a list, not an object", 19),
            (#"{"log":{"entries":[7]}}"#, "an entry must be an object, not a number", 20),
            (#"{"log":{"entries":[{}]}}"#, "an entry needs 'request'", 20),
            (#"{"log":{"entries":[{"request":{},"response":{}}]}}"#, "'request' needs 'url'", 31),
            (
                #"{"log":{"entries":[{"request":{"url":7},"response":{}}]}}"#,
                "'url' in 'request' must be a string, not 7", 38
            ),
            (#"{"log":{"entries":[{"request":{"url":"http://x"},"response":{}}]}}"#, "'response' needs 'status'", 61),
            (
                #"{"log":{"entries":[{"request":{"url":"http://x"},"response":{"status":1e9}}]}}"#,
                "'status' in 'response' must be a whole number from 0 to 999, not 1e9", 71
            ),
        ]
    )
    func errors(text: String, message: String, column: Int) throws {
        let diagnostics = DiagnosticList()
        _ = read(text, diagnostics)
        let found = try #require(diagnostics.diagnostics.first)
        #expect(found.message == message)
        let place = try #require(found.place)
        #expect(place.file.position(of: place.range.lowerBound).column == column)
    }

    @Test("an entry with errors is left out, the others are read; of very many errors some are shown and all counted")
    func someBroken() throws {
        let good = #"{"request":{"url":"http://x/a"},"response":{"status":200}}"#
        let entries = [good] + (0..<100).map { _ in "{}" } + [good]
        let diagnostics = DiagnosticList()
        let archive = read(#"{"log":{"entries":[\#(entries.joined(separator: ","))]}}"#, diagnostics)
        #expect(archive?.entries.count == 2)
        #expect(diagnostics.diagnostics.last?.message == "80 more entries of 'a.har' have errors")
    }

    @Test("a document that is nested too deeply is refused at its place")
    func deep() throws {
        let diagnostics = DiagnosticList()
        let nested = String(repeating: "[", count: 100_000)
        #expect(read(#"{"log":{"entries":\#(nested)"#, diagnostics) == nil)
        #expect(diagnostics.diagnostics.first?.message.contains("nested more than 512 deep") == true)
    }

    @Test("an archive that was changed at random never ends the process", .timeLimit(.minutes(2)))
    func mutations() throws {
        let whole = try Data(contentsOf: Self.sample)
        var random = SeededGenerator(seed: 3)
        let pieces = ["null", "-1", "\"\"", "[]", "{}", "1e400", "\"\\u0000\"", "true", "\"base64\"", "{\"name\":1}"]
        for _ in 0..<300 {
            var bytes = Array(whole)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                // A value behind a colon is exchanged, so that most of the texts stay JSON.
                let start = Int.random(in: 0..<bytes.count, using: &random)
                guard let colon = bytes[start...].firstIndex(of: UInt8(ascii: ":")) else { continue }
                let rest = bytes[(colon + 1)...]
                let end = rest.firstIndex { [UInt8(ascii: ","), UInt8(ascii: "\n"), UInt8(ascii: "}")].contains($0) }
                bytes.replaceSubrange((colon + 1)..<(end ?? colon + 1), with: Array(random.pick(pieces).utf8))
            }
            let source = SourceFile(path: "a.har", bytes: bytes)
            let diagnostics = DiagnosticList()
            let archive = HTTPArchive.read(source, keepsAll: true, diagnostics: diagnostics)
            #expect(archive != nil || diagnostics.hasErrors)
            for entry in archive?.entries ?? [] { _ = FixtureText(entry.exchange, RecordingRules()) }
        }
    }

    /// A page's calls to its API, as Chromium and Playwright have saved them; headers with versions were taken out.
    private static let sample = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "browser.har")

    @Test("a browser's archive gives its calls to the API, without its styles and images")
    func browser() throws {
        let diagnostics = DiagnosticList()
        let source = SourceFile(path: "browser.har", bytes: Array(try Data(contentsOf: Self.sample)))
        let archive = try #require(HTTPArchive.read(source, keepsAll: false, diagnostics: diagnostics))
        #expect(diagnostics.diagnostics.map(\.message) == [])
        #expect(archive.origins.map(\.origin) == ["http://127.0.0.1:18080"])
        let calls = archive.entries.map { "\($0.exchange.method) \($0.exchange.target)" }
        #expect(calls.filter { $0.contains("/api/") } == Self.calls)
        #expect(archive.skipped == [.asset: 3, .noContent: 1])
    }

    private static let calls = [
        "GET /api/users/42?expand=plan&api_key=k-1", "GET /api/orders?customer=42", "POST /api/login", "POST /api/form",
        "GET /api/file",
    ]

    @Test(
        "a URL belongs to a backend when it begins with the backend's, as a whole segment",
        arguments: [
            ("https://x/api", "https://x/api/a?b", "/a?b"), ("https://x/api/", "https://x/api/a", "/a"),
            ("https://x/api", "https://x/api", "/"), ("https://x/api", "https://x/api?b", "/?b"),
            ("https://x/api", "https://x/apis", nil),
            ("https://x", "http://x/a", nil), ("https://X:443", "https://x/a", "/a"),
            ("https://x:444", "https://x/a", nil),
            ("https://x", "https://u:p@x/a", "/a"), ("https://x", "https://x.evil/a", nil),
            ("http://[::1]:80", "http://[::1]/a", "/a"),
            ("https://x", "https://x", "/"),
        ]
    )
    func belongs(backend: String, url: String, target: String?) throws {
        let prefix = try #require(ArchivedURL(backend))
        let address = try #require(ArchivedURL(url))
        #expect(address.target(below: prefix) == target)
    }

    @Test(
        "what is no URL of a web server is none",
        arguments: [
            "", "x", "ftp://x/", "http://", "http:///a", "blob:https://x", "https://@/", "http://a b/",
            "http://a\u{1B}/", "http://<a>/",
        ]
    )
    func noURLs(text: String) {
        #expect(ArchivedURL(text) == nil)
    }
}
