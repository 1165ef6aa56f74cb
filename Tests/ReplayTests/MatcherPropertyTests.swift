import Foundation
import NIOHTTP1
import TestSupport
import Testing

@testable import Replay

/// Fixtures and requests of few words, so that many fixtures match one request, against a matcher that does what the
/// documentation says and nothing to be quick.
@Suite("The matcher beside a naive one")
struct MatcherPropertyTests {
    private struct Spec {
        var name = ""
        var scenario: String?
        var method = "GET"
        var path: [String] = []
        var query: [String: [String]] = [:]
        var headers: [String: String] = [:]
        var body: (kind: String, text: String)?

        var request: ExpectedRequest {
            let json = body.flatMap { ComparableJSON(parsing: Array($0.text.utf8)) }
            let expected: ExpectedRequest.Body? =
                switch body?.kind {
                case "json": json.map { .json($0) }
                case "contains": json.map { .contains($0) }
                case "text": .text(Array((body?.text ?? "").utf8))
                default: nil
                }
            let path = "/" + path.joined(separator: "/")
            return ExpectedRequest(method: method, path: path, query: query, headers: headers, body: expected)
        }
    }

    private struct Asked {
        var method = "GET"
        var path: [String] = []
        var query: [(String, String)] = []
        var headers: [(String, String)] = []
        var body = ""

        var request: AskedRequest {
            let query = query.map { "\($0)=\($1)" }.joined(separator: "&")
            let target = "/" + path.joined(separator: "/") + (query.isEmpty ? "" : "?\(query)")
            return AskedRequest(method: method, target: target, headers: HTTPHeaders(headers), body: Array(body.utf8))
        }
    }

    private static let values = ["1", "12", "1*", "*2", "*", "21"]
    private static let bodies = [
        "1", "{}", #"{"a":1}"#, #"{"a":1,"b":[1,{"c":2}]}"#, #"{"b":[1,{}]}"#, #"{"a":2}"#, "[1]", "[]", #""x""#,
    ]

    private static func spec(_ random: inout SeededGenerator) -> Spec {
        var spec = Spec()
        spec.scenario = random.chance(1, in: 5) ? "s" : nil
        spec.method = random.pick(["GET", "GET", "POST", "HEAD"])
        spec.path = (0..<Int.random(in: 1...2, using: &random)).map { _ in random.pick(["a", "b", "{x}", "{y}"]) }
        for name in ["p", "q"] where random.chance(1, in: 3) {
            spec.query[name] = (0..<Int.random(in: 1...2, using: &random)).map { _ in random.pick(values) }
        }
        for name in ["H", "I"] where random.chance(1, in: 4) { spec.headers[name] = random.pick(values) }
        if random.chance(1, in: 3) { spec.body = (random.pick(["json", "contains", "text"]), random.pick(bodies)) }
        return spec
    }

    private static func asked(_ random: inout SeededGenerator) -> Asked {
        var asked = Asked()
        asked.method = random.pick(["GET", "GET", "POST", "HEAD", "PUT"])
        asked.path = (0..<Int.random(in: 1...2, using: &random)).map { _ in random.pick(["a", "b", "b", "c", ""]) }
        for name in ["p", "p", "q", "r"] where random.chance(1, in: 3) {
            asked.query.append((name, random.pick(["1", "12", "2", "21"])))
        }
        for name in ["h", "H", "i"] where random.chance(1, in: 2) {
            asked.headers.append((name, random.pick(["1", "12", "2", "21"])))
        }
        if random.chance(1, in: 2) { asked.body = random.pick(bodies) }
        return asked
    }

    // MARK: the naive one

    private static func globs(_ pattern: Substring, _ text: Substring) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == "*" {
            return globs(pattern.dropFirst(), text) || (!text.isEmpty && globs(pattern, text.dropFirst()))
        }
        return text.first == first && globs(pattern.dropFirst(), text.dropFirst())
    }

    private static func deal(_ patterns: [String], _ values: [String]) -> Bool {
        guard let pattern = patterns.first else { return values.isEmpty }
        return values.indices.contains { index in
            var rest = values
            let value = rest.remove(at: index)
            return globs(pattern[...], value[...]) && deal(Array(patterns.dropFirst()), rest)
        }
    }

    private static func json(_ text: String) -> NSObject? {
        try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed) as? NSObject
    }

    private static func isPart(_ part: NSObject, _ whole: NSObject) -> Bool {
        if let part = part as? [String: NSObject], let whole = whole as? [String: NSObject] {
            return part.allSatisfy { key, value in whole[key].map { isPart(value, $0) } ?? false }
        }
        if let part = part as? [NSObject], let whole = whole as? [NSObject] {
            return part.count == whole.count && zip(part, whole).allSatisfy(isPart)
        }
        return part.isEqual(whole)
    }

    private static func count(_ value: NSObject) -> Int {
        if let members = value as? [String: NSObject] { return members.values.reduce(1) { $0 + count($1) } }
        if let elements = value as? [NSObject] { return elements.reduce(1) { $0 + count($1) } }
        return 1
    }

    private static func matches(_ spec: Spec, _ asked: Asked, method: String) -> Bool {
        guard spec.method == method, spec.path.count == asked.path.count else { return false }
        for (wanted, found) in zip(spec.path, asked.path) {
            guard wanted.hasPrefix("{") ? !found.isEmpty : wanted == found else { return false }
        }
        for (name, patterns) in spec.query {
            guard deal(patterns, asked.query.filter { $0.0 == name }.map(\.1)) else { return false }
        }
        for (name, pattern) in spec.headers {
            let lines = asked.headers.filter { $0.0.lowercased() == name.lowercased() }.map(\.1)
            let texts = lines.isEmpty ? [] : lines + [lines.joined(separator: ", ")]
            guard texts.contains(where: { globs(pattern[...], $0[...]) }) else { return false }
        }
        guard let body = spec.body else { return true }
        if body.kind == "text" { return asked.body == body.text }
        guard let wanted = json(body.text), let found = json(asked.body) else { return false }
        return body.kind == "json" ? wanted.isEqual(found) : isPart(wanted, found)
    }

    /// What decides, in order; the greatest wins, then the first by name.
    private static func standing(_ spec: Spec, _ asked: Asked) -> [Int] {
        let literal = spec.path.map { $0.hasPrefix("{") ? 0 : 1 }
        let texts = spec.query.values.flatMap(\.self) + spec.headers.values
        let patterns = texts.filter { $0.contains("*") }
        let isWhole = asked.query.allSatisfy { spec.query[$0.0] != nil }
        let isPart = spec.body?.kind == "contains"
        var detail = patterns.reduce(0) { $0 + $1.filter { $0 != "*" }.count }
        if isPart, let part = json(spec.body?.text ?? "") { detail += count(part) }
        let exact = texts.count - patterns.count + (spec.body == nil || isPart ? 0 : 1)
        let constraints = texts.count + (spec.body == nil ? 0 : 1)
        return literal + [isWhole ? 1 : 0, constraints, exact, detail, spec.scenario == nil ? 0 : 1]
    }

    private static func winner(_ specs: [Spec], _ asked: Asked) -> String? {
        for method in asked.method == "HEAD" ? ["HEAD", "GET"] : [asked.method] {
            let matching = specs.filter { matches($0, asked, method: method) }
            let best = matching.min { left, right in
                let (left, right) = ((standing(left, asked), left.name), (standing(right, asked), right.name))
                return left.0 == right.0 ? left.1 < right.1 : right.0.lexicographicallyPrecedes(left.0)
            }
            if let best { return best.name }
        }
        return nil
    }

    @Test("both choose the same fixture", arguments: 0..<12)
    func same(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var (hits, choices) = (0, 0)
        for _ in 0..<8 {
            var seen: Set<ExpectedRequest> = []
            var specs: [Spec] = []
            for number in 0..<50 {
                var spec = Self.spec(&random)
                spec.name = String(number)
                if seen.insert(spec.request).inserted { specs.append(spec) }
            }
            let index = FixtureIndex(
                specs.map { spec in
                    Fixture(
                        backend: "b",
                        name: spec.name,
                        file: spec.name,
                        request: spec.request,
                        response: .init(),
                        scenario: spec.scenario
                    )
                }
            )
            for _ in 0..<50 {
                let asked = Self.asked(&random)
                let found = index.match(asked.request).map { index.fixtures[$0].name }
                let wanted = Self.winner(specs, asked)
                #expect(found == wanted, "\(asked) of \(specs)")
                hits += wanted == nil ? 0 : 1
                choices += specs.count { Self.matches($0, asked, method: asked.method) } > 1 ? 1 : 0
                // A miss has its reasons, and only a miss does.
                for near in index.nearest(to: asked.request, limit: 50) where found == nil {
                    #expect(!near.differences.isEmpty)
                }
            }
        }
        #expect(hits > 120 && choices > 35, "so few requests are answered that nothing is tried: \(hits), \(choices)")
    }
}
