import JSONSlices
import TestSupport
import Testing

@testable import Composition

@Suite("Texts of requests, whatever they are")
struct RequestPropertyTests {
    @Test("cookies that are written by the grammar are read as they were meant", arguments: 0..<4)
    func cookies(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            var fields: [String] = []
            var expected: [String] = []
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                var pairs: [String] = []
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    let name = random.pick(["a", "__Host-a", "A", "a.b", "!"])
                    let value = random.pick(["", "1", "a=b", "x&y", "%20", "{}", "=", "a b", "é"])
                    pairs.append("\(name)=" + (random.chance(1, in: 3) ? "\"\(value)\"" : value))
                    expected.append("\(name)=\(value)")
                }
                fields.append(pairs.joined(separator: random.pick([";", "; ", " ;\t"])))
            }
            #expect(Cookies.pairs(of: fields).map { "\($0.name)=\($0.value)" } == expected)
        }
    }

    @Test("the first of the languages with the highest weight is found among garbage", arguments: 0..<4)
    func languages(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let garbage = ["", "*", "*;q=1", "1-a", "a_b", "de;q=1.5", "de;q", "de;x=1", "abcdefghi", "de;q=0.0001"]
        let weights = [("", 1000), (";q=1", 1000), (" ; q=0.5", 500), (";q=0.501", 501), (";Q=0.05", 50), (";q=0", 0)]
        for _ in 0..<1000 {
            var elements: [String] = []
            var best: (tag: String, weight: Int)?
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                if random.chance(1, in: 3) {
                    elements.append(random.pick(garbage))
                    continue
                }
                let tag = random.pick(["de", "de-CH", "zh-Hant-TW", "i-klingon", "x-y-1"])
                let (text, weight) = random.pick(weights)
                elements.append(tag + text)
                if weight > best?.weight ?? 0 { best = (tag, weight) }
            }
            let split = Int.random(in: 0...elements.count, using: &random)
            let fields = [elements[..<split], elements[split...]].map {
                $0.joined(separator: random.pick([",", " , "]))
            }
            #expect(AcceptLanguage.firstChoice(of: fields) == best?.tag, "\(fields)")
        }
    }

    @Test("a cookie keeps every attribute but Domain, in order", arguments: 0..<4)
    func setCookie(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let domains = ["Domain=x", " domain=.x.y", "\tDOMAIN = z ", " Domain", "Domain="]
        let others = [" Path=/", "Secure", " HttpOnly ", " Domains=x", " X-Domain=x", "", " Do main=x", " =Domain"]
        for _ in 0..<1000 {
            let attributes = (0..<Int.random(in: 0...5, using: &random)).map { _ in
                random.chance(1, in: 3) ? random.pick(domains) : random.pick(others)
            }
            let cookie = random.pick(["a=b", "Domain=b", "", "a=\"x\""])
            let kept = [cookie] + attributes.filter { !domains.contains($0) }
            let field = ([cookie] + attributes).joined(separator: ";")
            #expect(SetCookie.withoutDomain(field) == kept.joined(separator: ";"))
        }
    }

    @Test("a request of any bytes is read or refused", arguments: 0..<4)
    func anything(seed: UInt64) throws {
        let (plan, errors) = compile(
            #"""
            {"endpoint": "POST /a/{p}",
             "parameters": {
               "p": {"type": "array", "items": {"type": "number"}}, "q": {"type": "array", "items": {"type": "integer"}},
               "h": {"in": "header", "type": "array"}, "c": {"in": "cookie", "type": "array", "maxItems": 3},
               "s": {"in": "cookie", "pattern": "^a*$"}},
             "requestBody": {"type": ["object", "array", "null"], "items": {"type": "string"},
               "properties": {"a": {"type": "integer", "minimum": 0}}, "additionalProperties": {"type": "number"}},
             "calls": {"u": {"backend": "users", "path": "/"}},
             "response": {"body": ["{u}", "{p}", "{q}", "{h}", "{c}", "{s}", "{request.language}", "{request.query}", "{request.body}"]}}
            """#
        )
        #expect(errors == [])
        let made = try #require(plan)
        var random = SeededGenerator(seed: seed)
        var outcomes: [Int: Int] = [:]
        for _ in 0..<2000 {
            let request = ClientRequest(
                method: "POST",
                path: [Self.text(&random)],
                query: Self.text(&random),
                fields: ["h", "cookie", "accept-language", "connection"].map { ($0, Self.text(&random)) },
                body: Self.text(&random)
            )
            do throws(RequestFailure) {
                #expect(try RequestInput(request: request.endpointRequest, plan: made).slots().count == 9)
                outcomes[200, default: 0] += 1
            } catch {
                #expect(error.reply.status == 400)
                outcomes[error.reply.status, default: 0] += 1
            }
        }
        #expect(outcomes[200] ?? 0 > 0 && outcomes[400] ?? 0 > 0, "\(outcomes)")
    }

    private static func text(_ random: inout SeededGenerator) -> String {
        let pieces = [
            "1", "1", "0", "-", "q=1", "q=", "&", "=", "%", "%2", "%zz", "%31", "%ff", "+", ",", ";", "\"", "\\", "a",
            "s=",
            "c=1,2", "h", "de", "*", "\u{0}", "é", "😀", "\u{FFFD}", "{", "}", "[", "]", "{\"a\":1}", "[\"a\"]", " ",
            "\t",
            "e", ".", "close",
        ]
        let count = random.pick([0, 1, 1, 1, 2, 3, 8])
        return (0..<count).map { _ in random.pick(pieces) }.joined()
    }
}
