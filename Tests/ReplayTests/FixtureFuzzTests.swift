import Diagnostics
import Foundation
import JSONSlices
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import Replay

@Suite("Reading and serving whatever a fixture says")
struct FixtureFuzzTests {
    /// Fixtures and a scenario with everything in them, beside those of the repository.
    private static let rich = [
        #"""
        {"request": {"method": "PUT", "path": "/users/{id}/x/{y}", "query": {"a": ["1*", "2"], "b": "*"},
          "headers": {"Authorization": "Bearer *"}, "bodyContains": {"a": {"b": [1, {}]}}},
         "responses": [{"template": true, "status": 201, "headers": {"Location": "/{path.id}", "A": ["{query.a}", "b"]},
          "body": {"id": "{to_number(path.id)}", "s": "é {path.y} \"{body.a.b[1]}\"", "l": ["{query}", 1.50, {}]},
          "delay": {"from": "1ms", "to": "2ms", "seed": 3}},
          {"bodyText": "{body.a}", "template": true, "fault": "slow", "delay": {"median": "3ms", "p99": "20ms"}},
          {"fault": "reset"}, {"fault": "truncate", "body": [1, 2, 3]}], "then": "cycle"}
        """#,
        #"{"request":{"path":"/{a}","query":{"q":"\\*x*"}},"response":{"template":true,"body":"{'{'}{join(',', keys(query))}"}}"#,
        #"{"backends":{"b":{"status":500,"template":true,"body":["{query.a}"],"fixtures":[{"request":{"path":"/{a}"},"responses":[{"status":204}]}]}}}"#,
        #"{"summary":"s","backends":{"b":{"delay":{"from":"1ms","to":"5ms"},"fault":"slow"}}}"#,
    ]

    private static func samples() throws -> [[UInt8]] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../fixtures")
        let files = try FileManager.default.subpathsOfDirectory(atPath: root.path).filter { $0.hasSuffix(".json") }
        return try rich.map { Array($0.utf8) }
            + files.sorted().prefix(60).map { Array(try Data(contentsOf: root.appending(path: $0))) }
    }

    /// Bytes that are lost, doubled, exchanged for those of another file, or flipped.
    private static func broken(_ bytes: [UInt8], _ others: [[UInt8]], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...2, using: &random) where !bytes.isEmpty {
            let start = Int.random(in: 0..<bytes.count, using: &random)
            let end = min(bytes.count, start + Int.random(in: 1...12, using: &random))
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes.removeSubrange(start..<end)
            case 1: bytes.insert(contentsOf: bytes[start..<end], at: start)
            case 2:
                let other = random.pick(others)
                let from = Int.random(in: 0..<other.count, using: &random)
                bytes.replaceSubrange(start..<end, with: other[from..<min(other.count, from + 12)])
            case 3: bytes[start] = random.pick(Array("{}[]\",:*\\/%0-e{}\u{0}\u{1F}\u{FF}".utf8))
            default: bytes[start] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
        }
        return bytes
    }

    /// Strings that are exchanged for others, of this file or another; what stands between them is left, so that most of
    /// it is JSON.
    private static func mixed(_ bytes: [UInt8], _ words: [[UInt8]], _ random: inout SeededGenerator) -> [UInt8] {
        var pieces = bytes.split(separator: UInt8(ascii: "\""), omittingEmptySubsequences: false).map(Array.init)
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            let place = Int.random(in: 0..<pieces.count, using: &random)
            if place % 2 == 1 { pieces[place] = random.pick(words) }
        }
        return Array(pieces.joined(separator: [UInt8(ascii: "\"")]))
    }

    private static let asked: [AskedRequest] = {
        let targets = [
            "/users/7/x/y?a=12&a=2&b=", "/%22%0d%0a?q=*x&q=1", "/", "*", "/users/%ff?a=%zz",
            "http://h/users/1/x/2?a=2&a=1",
        ]
        let bodies = ["", #"{"a":{"b":[1,{"c":"\u0000\""}]}}"#, "{", "[[1]]"]
        return targets.flatMap { target in
            bodies.map { body in
                AskedRequest(
                    method: body.isEmpty ? "GET" : "PUT",
                    target: target,
                    headers: .init([("Authorization", "Bearer \u{1}"), ("X", "é")]),
                    body: Array(body.utf8)
                )
            }
        }
    }()

    /// Serves what was read; a body that says it is JSON is JSON.
    private func serve(_ fixtures: [Fixture], _ catchAll: CatchAll?) throws -> Int {
        let backend = ReplayBackend(name: "b", fixtures: fixtures, catchAll: catchAll)
        var checked = 0
        for asked in Self.asked {
            let delivery = backend.answer(asked, keepsAlive: true).delivery
            guard delivery.isWhole else { continue }
            let bytes = delivery.steps.flatMap { Array($0.bytes.readableBytesView) }
            let text = String(decoding: bytes, as: UTF8.self)
            let end = try #require(text.firstRange(of: "\r\n\r\n"))
            let head = text[..<end.lowerBound]
            #expect(!head.contains("\u{1}"))
            guard head.contains("Content-Type: application/json"), !head.contains("Content-Length: 0") else { continue }
            let body = Array(text[end.upperBound...].utf8)
            #expect(throws: Never.self) { try JSONDocument(parsing: body, limits: JSONLimits(maxDepth: 512)) }
            checked += 1
        }
        return checked
    }

    @Test("no mutated file makes a reader or a backend fail", arguments: 0..<6)
    func mutations(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let samples = try Self.samples()
        let words = samples.flatMap { $0.split(separator: UInt8(ascii: "\"")).map(Array.init) }
        var (read, served) = (0, 0)
        for round in 0..<250 {
            // The rich ones have most to break.
            let sample = round % 2 == 0 ? samples[round / 2 % Self.rich.count] : random.pick(samples)
            let list = DiagnosticList()
            let bytes =
                random.chance(1, in: 2)
                ? Self.broken(sample, samples, &random) : Self.mixed(sample, words, &random)
            let source = SourceFile(path: "x.json", bytes: bytes)
            let file = FixtureFile(name: "x", source: source)
            var set = FixtureSet(reading: ["b": [file]], diagnostics: list)
            if let scenario = ScenarioReader(file: file, backends: ["b"], diagnostics: list).read() {
                set = set.changed(by: scenario)
            }
            for diagnostic in list.sorted() {
                let place = try #require(diagnostic.place)
                #expect(place.range.upperBound <= place.file.bytes.count && !diagnostic.rendered().isEmpty)
            }
            #expect(throws: Never.self) { try JSONDocument(parsing: Array(list.jsonReport().utf8)) }
            let fixtures = set.backends["b"] ?? []
            read += fixtures.count
            for fixture in fixtures { _ = fixture.response.exampleBody(for: fixture.request) }
            served += try serve(fixtures, set.catchAlls["b"])
        }
        #expect(read > 20 && served > 20, "so few mutations can be read that nothing is tried: \(read), \(served)")
    }
}
