import Diagnostics
import JSONSlices
import NIOCore
import NIOHTTP1
import Testing

@testable import Replay

@Suite("Answers in turn, and answers made of the request")
struct AnswerTests {
    /// A backend with one fixture, read from its text.
    private func backend(_ text: String) throws -> ReplayBackend {
        let list = DiagnosticList()
        let file = FixtureFile(name: "x", source: SourceFile(path: "f/b/x.json", bytes: Array(text.utf8)))
        let set = FixtureSet(reading: ["b": [file]], diagnostics: list)
        #expect(list.diagnostics.map { $0.rendered() } == [])
        return ReplayBackend(name: "b", fixtures: try #require(set.backends["b"]))
    }

    private func answer(_ backend: ReplayBackend, _ asked: AskedRequest) -> (head: String, body: String) {
        let bytes = backend.answer(asked, keepsAlive: true).delivery.steps.flatMap { Array($0.bytes.readableBytesView) }
        let text = String(decoding: bytes, as: UTF8.self)
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        return (parts.first.map(String.init) ?? "", parts.dropFirst().first.map(String.init) ?? "")
    }

    private func template(
        path: String = "/users/{id}",
        _ response: String,
        asked: AskedRequest
    ) throws -> (head: String, body: String) {
        let request = "{\"method\": \"\(asked.method)\", \"path\": \"\(path)\"}"
        return answer(try backend("{\"request\": \(request), \"response\": {\"template\": true, \(response)}}"), asked)
    }

    // MARK: sequences

    private let sequence = #""responses": [{"status": 201}, {"status": 202}, {"status": 203}]"#

    @Test("answers come in turn, and the last one again and again")
    func repeating() throws {
        let backend = try backend(#"{"request": {"path": "/"}, \#(sequence)}"#)
        let heads = (0..<5).map { _ in answer(backend, .init(method: "GET", target: "/")).head.prefix(12) }
        #expect(heads == ["HTTP/1.1 201", "HTTP/1.1 202", "HTTP/1.1 203", "HTTP/1.1 203", "HTTP/1.1 203"])
        backend.recorder.resetSequences()
        #expect(answer(backend, .init(method: "GET", target: "/")).head.hasPrefix("HTTP/1.1 201"))
        #expect(backend.recorder.counts.requests == ["x": 6])
    }

    @Test("with 'cycle' the first one follows the last")
    func cycling() throws {
        let backend = try backend(#"{"request": {"path": "/"}, \#(sequence), "then": "cycle"}"#)
        let heads = (0..<7).map { _ in answer(backend, .init(method: "GET", target: "/")).head.dropFirst(9).prefix(3) }
        #expect(heads == ["201", "202", "203", "201", "202", "203", "201"])
    }

    // MARK: templates

    @Test(
        "an expression alone keeps its type, one among text becomes text",
        arguments: [
            (#""{path.id}""#, #""4/2""#), (#""{to_number(query.n)}""#, "7"), (#""{to_number(path.id)}""#, "null"),
            (#""{query.n}""#, #""7""#), (#""{query.tag}""#, #"["a","b c"]"#), (#""{query.none}""#, "null"),
            (#""{body.big}""#, "12345678901234567890.10"),
            (#""{body}""#, #"{"big":12345678901234567890.10,"l":[1,{"s":"é"}]}"#),
            (#""{body.l[1].s}""#, #""é""#), (#""user {path.id} of {query.n}""#, #""user 4/2 of 7""#),
            (#""none {query.none}""#, "null"), (#""{headers.accept}""#, #""a, b""#), (#""{'{'}x{'}'}""#, #""{x}""#),
            (#"{"{k}": ["{path.id}", 1.50, {}, []], "s": "a\u00e9"}"#, #"{"{k}":["4/2",1.50,{},[]],"s":"a\u00e9"}"#),
        ]
    )
    func values(template: String, value: String) throws {
        let body = #"{ "big": 12345678901234567890.10, "l": [1, {"s": "é"}] }"#
        let headers: HTTPHeaders = ["Accept": "a", "accept": "b"]
        let target = "/users/4%2F2?n=7&tag=a&tag=b+c"
        let asked = AskedRequest(method: "POST", target: target, headers: headers, body: Array(body.utf8))
        let reply = try self.template("\"body\": \(template)", asked: asked)
        let found = try JSONDocument(parsing: Array(reply.body.utf8)).root
        #expect(CompactJSON.bytes(of: found) == Array(value.utf8))
        #expect(reply.head.contains("Content-Type: application/json\r\nContent-Length: \(reply.body.utf8.count)"))
    }

    @Test("without 'template' braces are what they are")
    func off() throws {
        let backend = try backend(#"{"request": {"path": "/{id}"}, "response": {"body": "{path.id}"}}"#)
        #expect(answer(backend, .init(method: "GET", target: "/7")).body == #""{path.id}""#)
    }

    @Test(
        "a hostile value is escaped in the body",
        arguments: ["%22%2C%22a%22%3A1", "%0D%0A%00", "%5C", "%E2%80%A8%7D{"]
    )
    func hostileBody(value: String) throws {
        let asked = AskedRequest(method: "GET", target: "/users/\(value)")
        let reply = try template(#""body": {"one": "{path.id}", "two": "<{path.id}>"}"#, asked: asked)
        let root = try JSONDocument(parsing: Array(reply.body.utf8)).root
        let text = PercentCoding.decodedText(value.utf8)
        #expect(root.member("one")?.string == text)
        #expect(root.member("two")?.string == "<\(text)>")
        #expect(root.count == 2)
    }

    @Test("a header is filled, left out for null, and never broken")
    func headers() throws {
        let response = #""status": 201, "headers": {"Location": "/users/{query.x}", "X-Gone": "{query.none}"}"#
        func reply(_ target: String) throws -> String {
            try template(response, asked: .init(method: "GET", target: target)).head
        }
        #expect(
            try reply("/users/1?x=7") == "HTTP/1.1 201 Created\r\nLocation: /users/7\r\nContent-Length: 0"
        )
        for hostile in ["%0D%0AX-Evil:%201", "%00", "a%0A", "a%20"] {
            let head = try reply("/users/1?x=\(hostile)")
            #expect(head.hasPrefix("HTTP/1.1 500 "))
            #expect(!head.contains("Evil"))
        }
    }

    @Test("bodyText is filled as it is, and is empty for null")
    func bodyText() throws {
        let asked = AskedRequest(method: "GET", target: "/users/%22a%22")
        #expect(try template(#""bodyText": "<{path.id}>""#, asked: asked).body == #"<"a">"#)
        #expect(try template(#""bodyText": "<{query.no}>""#, asked: asked).body == "")
    }

    @Test("an expression that fails is a 500 that says why")
    func failing() throws {
        let reply = try template(#""body": "{sum(query.a)}""#, asked: .init(method: "GET", target: "/users/1?a=x"))
        #expect(reply.head.hasPrefix("HTTP/1.1 500 "))
        let root = try JSONDocument(parsing: Array(reply.body.utf8)).root
        #expect(root.member("fixture")?.string == "f/b/x.json")
        #expect(root.member("detail")?.string?.hasPrefix("'sum(query.a)': invalid-type: ") == true)
    }

    @Test("an example of an answer is what a request gets that is just what is asked for")
    func example() throws {
        func example(_ request: String, _ body: String) throws -> String? {
            let text = "{\"request\": \(request), \"response\": {\"template\": true, \"body\": \(body)}}"
            let file = FixtureFile(name: "x", source: SourceFile(path: "x.json", bytes: Array(text.utf8)))
            let set = FixtureSet(reading: ["b": [file]], diagnostics: DiagnosticList())
            let fixture = try #require(set.backends["b"]?.first)
            return fixture.response.exampleBody(for: fixture.request).map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(try example(#"{"path": "/{id}"}"#, #"{"id": "{to_number(path.id)}"}"#) == #"{"id":1}"#)
        let asks = #"{"path": "/", "query": {"p": "x y"}, "headers": {"H": "v"}, "bodyContains": {"n": 12, "d": 0.5}}"#
        #expect(try example(asks, #"["{query.p}", "{headers.h}", "{body.n}"]"#) == #"["x y","v",12]"#)
        #expect(try example(asks, #"["{body.other}"]"#) == nil)
    }
}

@Suite("Delays that differ")
struct ReplayDelayTests {
    private func draws(_ delay: ReplayDelay, salt: UInt64 = 1) -> [Double] {
        (0..<4000).map { delay.duration(ofAnswer: $0, salt: salt) / .milliseconds(1) }
    }

    @Test("evenly spread ones lie between their bounds, and fill the range")
    func between() {
        let draws = draws(.between(.milliseconds(10), .milliseconds(30), seed: 7))
        #expect(draws.allSatisfy { (10...30).contains($0) })
        for quarter in 0..<4 {
            let low = 10 + 5 * Double(quarter)
            #expect((900...1100).contains(draws.count { $0 >= low && $0 < low + 5 }))
        }
    }

    @Test("log-normal ones have their median and their hundredth")
    func spread() {
        let draws = draws(.spread(median: .milliseconds(20), p99: .milliseconds(200), seed: 7))
        #expect((1900...2100).contains(draws.count { $0 < 20 }))
        #expect((20...60).contains(draws.count { $0 > 200 }))
        #expect(draws.allSatisfy { $0 >= 0 && $0 <= 3_600_000 })
    }

    @Test("the same seed and fixture draw the same, another of either draws otherwise")
    func repeatable() {
        let delay = ReplayDelay.between(.zero, .seconds(1), seed: 7)
        #expect(draws(delay) == draws(delay))
        #expect(draws(delay) != draws(delay, salt: 2))
        #expect(draws(delay) != draws(.between(.zero, .seconds(1), seed: 8)))
    }

    @Test("extremes stay within an hour, and none of them traps")
    func extremes() {
        let hour = ReplayDelay.maximum
        for delay in [
            .between(.zero, .zero, seed: .max), .between(hour, hour), .spread(median: .zero, p99: hour),
            .spread(median: hour, p99: hour), ReplayDelay.spread(median: .milliseconds(1), p99: hour),
        ] {
            for number in [0, 1, .max] {
                #expect((.zero...hour).contains(delay.duration(ofAnswer: number, salt: .max)))
            }
        }
    }

    @Test("each answer has its own, and a reset begins anew")
    func answers() throws {
        let response = CannedResponse(delay: .between(.zero, .seconds(10)))
        let fixture = Fixture(backend: "b", name: "x", file: "", request: .init(path: "/"), response: response)
        let backend = ReplayBackend(name: "b", fixtures: [fixture])
        func times() -> [TimeAmount] {
            (0..<8).map { _ in backend.answer(.init(method: "GET", target: "/"), keepsAlive: true).delivery.endsAfter }
        }
        let first = times()
        #expect(Set(first).count == 8)
        #expect(times() != first)
        backend.recorder.resetSequences()
        #expect(times() == first)
    }
}
