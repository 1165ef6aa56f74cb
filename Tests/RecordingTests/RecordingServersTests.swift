import CurlTransport
import Diagnostics
import Foundation
import NIOConcurrencyHelpers
import Replay
import TestSupport
import Testing

@testable import Recording

@Suite("Recording over real sockets", .timeLimit(.minutes(2)))
struct RecordingServersTests {
    /// A recorder for the backend `b`, its client, and what it has told so far.
    private struct Recorder {
        let client: TransportClient
        let directory: String
        let events: NIOLockedValueBox<[RecordingServers.Event]>
        let servers: RecordingServers

        func files() -> [String] {
            ((try? FileManager.default.contentsOfDirectory(atPath: directory + "/b")) ?? []).sorted()
        }

        func text(_ name: String) throws -> String {
            try String(contentsOfFile: "\(directory)/b/\(name)", encoding: .utf8)
        }
    }

    /// Records the backend that fixtures play, for the time of `body`; what was asked is recorded when `after` is called.
    private func withRecorder(
        _ fixtures: [Fixture],
        url: String? = nil,
        existing: [Fixture] = [],
        _ change: (inout RecordingServers.Options, inout RecordedBackend) -> Void = { _, _ in },
        _ body: (Recorder) async throws -> Void,
        after: (Recorder) throws -> Void = { _ in }
    ) async throws {
        try await withReplay(["b": fixtures, "known": existing]) { backend in
            try await withFiles([:]) { directory in
                let events = NIOLockedValueBox<[RecordingServers.Event]>([])
                let store = FixtureStore(
                    directory: directory,
                    existing: FixtureSet(backends: [:]),
                    rules: RecordingRules()
                )
                var options = RecordingServers.Options()
                var recorded = RecordedBackend(
                    url: try url ?? #require(backend.urls["b"]),
                    options: BackendOptions(name: "b")
                )
                recorded.timeout = .milliseconds(400)
                if !existing.isEmpty, let url = backend.urls["known"] {
                    recorded.replay = RecordedBackend.Replayed(url: url, matcher: FixtureMatcher(existing))
                }
                change(&options, &recorded)
                let servers = try await RecordingServers.start([recorded], store: store, options: options) { event in
                    events.withLockedValue { $0.append(event) }
                }
                let recorder = try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await servers.run() }
                    let recorder = try await TransportClient.with(servers.urls["b"] ?? "") { client in
                        let recorder = Recorder(client: client, directory: directory, events: events, servers: servers)
                        try await body(recorder)
                        return recorder
                    }
                    group.cancelAll()
                    return recorder
                }
                try after(recorder)
            }
        }
    }

    private func fixture(
        _ path: String,
        method: String = "GET",
        body: ExpectedRequest.Body? = nil,
        _ response: CannedResponse
    ) -> Fixture {
        let request = ExpectedRequest(method: method, path: path, body: body)
        return Fixture(backend: "b", name: path, file: "f\(path)", request: request, response: response)
    }

    @Test("an answer is passed on as it is, and written by the time that everything has ended")
    func answers() async throws {
        let headers = [("Content-Type", "application/json"), ("ETag", "\"7\""), ("Link", "</a>"), ("Link", "</b>")]
        let body = Array(#"{ "id": 9007199254740993 }"#.utf8)
        let canned = CannedResponse(status: 201, headers: headers, body: body)
        let asked = ExpectedRequest.Body.text(Array("{\"a\":1}".utf8))
        try await withRecorder([fixture("/orders", method: "POST", body: asked, canned)]) { recorder in
            let result = await recorder.client.ask("POST", "/orders?a=1", body: Array(#"{"a":1}"#.utf8))
            let response = try result.get()
            #expect(response.status == 201)
            #expect(response.body == body)
            let fields = response.headers.map { "\($0.name): \($0.value)" }
            let sent = headers.map { "\($0.0): \($0.1)" } + ["Content-Length: \(body.count)"]
            #expect(fields == sent)
        } after: { recorder in
            let name = try #require(recorder.files().first)
            #expect(recorder.files().count == 1 && name.hasPrefix("post-orders_a-1-"))
            let hasQuery = try recorder.text(name).contains(#""query": { "a": "1" }"#)
            #expect(hasQuery)
            let hasBody = try recorder.text(name).contains(#""body": { "id": 9007199254740993 }"#)
            #expect(hasBody)
        }
    }

    @Test("a compressed answer is passed on and written decoded")
    func compressed() async throws {
        let zipped = "H4sIAOxsB2sC/6tWSlSyMqwFAK+sG1YHAAAA"
        let bytes = try #require(Data(base64Encoded: zipped))
        let headers = [("Content-Type", "application/json"), ("Content-Encoding", "gzip")]
        try await withRecorder([fixture("/", CannedResponse(headers: headers, body: Array(bytes)))]) { recorder in
            let response = try await recorder.client.ask("/").get()
            #expect(response.body == Array(#"{"a":1}"#.utf8))
            #expect(response.header("Content-Encoding") == nil)
        } after: { recorder in
            let hasBody = try recorder.text("root.json").contains(#""body": { "a": 1 }"#)
            #expect(hasBody)
            let text = try recorder.text("root.json")
            #expect(!text.contains("headers"))
        }
    }

    @Test("a backend is asked for no coding but those that the recorder decodes", arguments: ["zstd", "identity;q=0"])
    func codings(accepted: String) async throws {
        let request = ExpectedRequest(path: "/", headers: ["Accept-Encoding": accepted])
        let coded = CannedResponse(headers: [("Content-Encoding", "zstd")], body: Array("zstd".utf8))
        let passed = Fixture(backend: "b", name: "coded", file: "coded", request: request, response: coded)
        let plain = CannedResponse(body: Array("plain".utf8))
        try await withRecorder([passed, fixture("/", plain)]) { recorder in
            let fields = [HeaderField(name: "accept-encoding", value: accepted)]
            let response = try await recorder.client.ask("GET", "/", headers: fields).get()
            #expect(response.status == 200 && response.body == Array("plain".utf8))
        }
    }

    @Test("a HEAD has no body, and tells the length of a GET's")
    func head() async throws {
        let canned = CannedResponse(body: Array("12345".utf8))
        try await withRecorder([fixture("/", canned)]) { recorder in
            let response = try await recorder.client.ask("HEAD", "/").get()
            #expect(response.body.isEmpty && response.header("Content-Length") == "5")
            let whole = try await recorder.client.ask("/").get()
            #expect(whole.body == Array("12345".utf8))
        } after: { recorder in
            #expect(recorder.files() == ["head-root.json", "root.json"])
        }
    }

    /// A way to fail, what a client sees of it, and the fault that is recorded.
    struct Failure: Sendable, CustomTestStringConvertible {
        let fault: CannedResponse.Fault
        let word: String

        var testDescription: String { fault.rawValue }

        static let all: [Failure] = [
            .init(fault: .reset, word: "connection_terminated"), .init(fault: .timeout, word: "http_response_timeout"),
            .init(fault: .truncate, word: "http_response_incomplete"),
            .init(fault: .malformed, word: "http_protocol_error"),
        ]
    }

    @Test("a failure looks the same behind the recorder, and is recorded where that is wanted", arguments: Failure.all)
    func failures(failure: Failure) async throws {
        let canned = CannedResponse(body: Array("1234".utf8), fault: failure.fault)
        for isRecorded in [true, false] {
            try await withRecorder([fixture("/", canned)], { options, _ in options.recordsFaults = isRecorded }) {
                recorder in
                // The recorder waits no longer than 400 ms, and then says nothing more.
                let timeout: Duration = failure.fault == .timeout ? .seconds(15) : .seconds(20)
                let result = await recorder.client.ask("GET", "/", timeout: timeout)
                guard case .failure(let error) = result else {
                    Issue.record("\(failure.fault) gave a response")
                    return
                }
                #expect(error.proxyStatusError == failure.word)
            } after: { recorder in
                #expect(recorder.files() == (isRecorded ? ["root.json"] : []))
                let events = recorder.events.withLockedValue(\.self)
                #expect(events.count == 1)
                if isRecorded {
                    let hasFault = try recorder.text("root.json").contains("\"fault\": \"\(failure.fault)\"")
                    #expect(hasFault)
                } else if case .failed? = events.first?.outcome {
                } else {
                    Issue.record("the failure was not told")
                }
            }
        }
    }

    @Test("a backend that is not there breaks the connection")
    func refused() async throws {
        try await withRecorder([], url: "http://127.0.0.1:1") { recorder in
            guard case .failure(.reset) = await recorder.client.ask("/") else {
                Issue.record("no reset")
                return
            }
        }
    }

    @Test("an answer that comes after the client has given up is recorded all the same")
    func late() async throws {
        let canned = CannedResponse(body: Array("\"late\"".utf8), delay: .milliseconds(250))
        try await withRecorder([fixture("/", canned)]) { recorder in
            guard case .failure(.timeout) = await recorder.client.ask("GET", "/", timeout: .milliseconds(50)) else {
                Issue.record("no timeout")
                return
            }
            while recorder.files().isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        } after: { recorder in
            let text = try recorder.text("root.json")
            #expect(text.contains(#""body": "late""#))
        }
    }

    @Test("a body that is too large is refused, one at the limit is not")
    func largeRequest() async throws {
        let canned = CannedResponse(body: Array("1".utf8))
        try await withRecorder([fixture("/", method: "POST", canned)], { options, _ in options.maxRequestBody = 1000 })
        { recorder in
            let atLimit = await recorder.client.ask("POST", "/", body: [UInt8](repeating: 0x61, count: 1000))
            let status = try atLimit.get().status
            #expect(status == 200)
            let beyond = await recorder.client.ask("POST", "/", body: [UInt8](repeating: 0x61, count: 1001))
            let refusal = try beyond.get().status
            #expect(refusal == 413)
        }
    }

    @Test("a response that is too large for the backend's limit is too large or incomplete for the gateway, too")
    func largeResponse() async throws {
        let canned = CannedResponse(body: [UInt8](repeating: 0x61, count: 1001))
        try await withRecorder([fixture("/", canned)], { $1.options.maxResponseBody = 1000 }) { recorder in
            guard case .failure(.incomplete) = await recorder.client.ask("/") else {
                Issue.record("a response came")
                return
            }
        } after: { recorder in
            #expect(recorder.files() == [])
        }
    }

    @Test("fixtures answer what they know; the rest is asked for and recorded")
    func missing() async throws {
        let real = [fixture("/known", CannedResponse(body: [0x31])), fixture("/new", CannedResponse(body: [0x32]))]
        let known = fixture("/known", CannedResponse(status: 418, body: [0x33]))
        let broken = fixture("/broken", method: "POST", CannedResponse(fault: .reset))
        try await withRecorder(real, existing: [known, broken]) { recorder in
            let known = try await recorder.client.ask("/known?x=1").get()
            let new = try await recorder.client.ask("/new").get()
            #expect(known.status == 418 && new.body == [0x32])
            guard case .failure(.reset) = await recorder.client.ask("POST", "/broken") else {
                Issue.record("a fixture's fault was not kept")
                return
            }
        } after: { recorder in
            #expect(recorder.files() == ["new.json"])
            #expect(recorder.servers.replayedCount == 2)
        }
    }

    @Test("many requests at a time are each recorded once")
    func concurrent() async throws {
        let fixtures = (0..<20).map {
            fixture("/\($0)", CannedResponse(body: Array("\($0)".utf8), delay: .milliseconds(5)))
        }
        try await withRecorder(fixtures) { recorder in
            let statuses = await withTaskGroup(of: Int?.self) { group in
                for number in 0..<200 {
                    group.addTask { try? await recorder.client.ask("/\(number % 20)").get().status }
                }
                return await group.reduce(into: [Int?]()) { $0.append($1) }
            }
            #expect(statuses.count == 200 && statuses.allSatisfy { $0 == 200 })
        } after: { recorder in
            #expect(recorder.files().count == 20)
            #expect(recorder.events.withLockedValue(\.count) == 200)
        }
    }

    @Test("a directory that cannot be written to stops no answer")
    func unwritable() async throws {
        let body = Array("1".utf8)
        try await withRecorder([fixture("/", CannedResponse(body: body))]) { recorder in
            try Data().write(to: URL(filePath: recorder.directory))
            for _ in 0..<2 {
                let response = try await recorder.client.ask("/").get()
                #expect(response.body == body)
            }
        } after: { recorder in
            let failures = recorder.events.withLockedValue(\.self).filter { event in
                if case .recorded(.failed) = event.outcome { true } else { false }
            }
            #expect(failures.count == 2)
        }
    }
}
