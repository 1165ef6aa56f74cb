import CurlTransport
import Diagnostics
import Replay
import TestSupport
import Testing

@testable import Recording

@Suite("What was recorded is what is replayed", .timeLimit(.minutes(5)))
struct RoundTripTests {
    /// An exchange with nothing secret in it, and what makes no two requests equal.
    private func exchange(_ number: Int, _ random: inout SeededGenerator) -> RecordedExchange {
        let names = ["q", "page", "é", "a b", "&", "%", "="]
        let values = ["", "1", "green tea", "日本", "a&b=c", "100%", "+", "\"", "~", "\u{1}", "*", "\\*"]
        let segments = ["users", "42", "caf%C3%A9", "a%2Fb", "A", ".", "~", "%20", "x:y@z"]
        let path = (0..<Int.random(in: 0...4, using: &random)).map { _ in "/" + random.pick(segments) }.joined()
        let query = (0..<Int.random(in: 0...4, using: &random)).map { _ in
            "\(encoded(random.pick(names)))=\(encoded(random.pick(values)))"
        }
        let method = random.pick(["GET", "GET", "POST", "PUT", "DELETE", "PATCH"])
        var headers: [RecordedExchange.Field] = [("Accept", "*/*")]
        var body: [UInt8] = []
        if method != "GET", random.chance(2, in: 3) {
            let isJSON = random.chance(2, in: 3)
            headers.append(("Content-Type", isJSON ? "application/json" : "text/plain"))
            body = Array((isJSON ? RandomJSON.text(depth: 3, using: &random) : random.pick(["a", "é\n", " "])).utf8)
        }
        let (mediaType, content) = content(&random)
        return RecordedExchange(
            method: method,
            target: "/\(number)\(path)?" + query.joined(separator: "&"),
            headers: headers,
            body: body,
            answer: .response(
                status: random.pick([200, 200, 201, 404, 500, 599]),
                headers: [("Content-Type", mediaType), ("X-Number", "\(number)"), ("Date", "today")],
                body: content
            )
        )
    }

    private func content(_ random: inout SeededGenerator) -> (String, [UInt8]) {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return ("text/html", Array("<p>é \u{2028} \\ \"\r\n</p>".utf8))
        case 1:
            let count = Int.random(in: 1...400, using: &random)
            return ("image/png", (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
        case 2: return ("application/json", Array(RandomJSON.text(depth: 5, using: &random).dropLast().utf8))
        default: return ("application/json", Array(RandomJSON.text(depth: 5, using: &random).utf8))
        }
    }

    private func encoded(_ text: String) -> String {
        text.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    @Test(
        "every body comes back byte for byte; JSON without the white space between tokens, or with it",
        arguments: [false, true]
    )
    func bodies(isExact: Bool) async throws {
        var random = SeededGenerator(seed: isExact ? 11 : 12)
        let exchanges = (0..<150).map { exchange($0, &random) }
        var rules = RecordingRules()
        rules.isExact = isExact
        let fixed = rules
        try await withFiles([:]) { directory in
            let store = FixtureStore(directory: directory, existing: FixtureSet(backends: [:]), rules: fixed)
            for exchange in exchanges {
                guard case .added = store.record(exchange, backend: "b") else {
                    Issue.record("\(exchange.method) \(exchange.target) was not written")
                    continue
                }
            }
            let diagnostics = DiagnosticList()
            let set = FixtureSet.load(directory: directory, diagnostics: diagnostics)
            #expect(diagnostics.diagnostics.map(\.message) == [])
            try await withReplay(try #require(set).backends) { servers in
                try await TransportClient.with(try #require(servers.urls["b"])) { client in
                    for exchange in exchanges { await check(exchange, client, isExact: isExact) }
                }
            }
        }
    }

    private func check(_ exchange: RecordedExchange, _ client: TransportClient, isExact: Bool) async {
        guard case .response(let status, let fields, let body) = exchange.answer else { return }
        let headers = exchange.headers.map { HeaderField(name: $0.name, value: $0.value) }
        let sent = exchange.body.isEmpty ? nil : exchange.body
        let result = await client.ask(exchange.method, exchange.target, headers: headers, body: sent)
        guard case .success(let response) = result else {
            Issue.record("\(exchange.method) \(exchange.target): \(result)")
            return
        }
        #expect(response.status == status, "\(exchange.method) \(exchange.target)")
        #expect(response.header("X-Number") == fields.first { $0.name == "X-Number" }?.value)
        #expect(response.header("Content-Type") == fields.first { $0.name == "Content-Type" }?.value)
        #expect(response.header("Date") == nil)
        let isJSON = FixtureBody.document(body, mediaType: response.header("Content-Type")) != nil
        #expect(response.body == (isJSON && !isExact ? RandomJSON.compact(body) : body))
    }
}
