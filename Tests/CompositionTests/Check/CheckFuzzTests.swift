import Diagnostics
import Foundation
import JSONSlices
import TestSupport
import Testing

@testable import Composition

@Suite("Checking and explaining whatever compiles")
struct CheckFuzzTests {
    private static let answers = RecordedAnswers(
        Dictionary(
            uniqueKeysWithValues: ["users", "orders", "catalog", "stock", "reviews"].map { backend in
                let bodies = [
                    #"{"id": 1, "items": [{"id": 2, "sku": "a"}, null, 3], "name": null}"#, "[[1], {}, null]", "null",
                    "{",
                ]
                let paths = ["/users/1", "/orders", "/products", "/levels", "/"]
                let answers = bodies.flatMap { body in
                    paths.map { RecordedAnswers.Answer(method: "GET", path: $0, status: 200, body: Array(body.utf8)) }
                }
                return (backend, answers)
            }
        )
    )

    /// The sample compositions, as lists of their JSON strings and of what stands between them.
    private static func samples() throws -> [[String]] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../compositions")
        let files = try FileManager.default.subpathsOfDirectory(atPath: root.path)
        return try files.filter { $0.hasSuffix(".json") && !$0.hasSuffix(".cases.json") }.sorted().map { file in
            let text = try String(contentsOf: root.appending(path: file), encoding: .utf8)
            return text.split(separator: "\"", omittingEmptySubsequences: false).map(String.init)
        }
    }

    @Test("no mixture of the samples' strings makes a rule, a report or a picture fail", arguments: 0..<8)
    func mixtures(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let samples = try Self.samples()
        let words = samples.flatMap(\.self)
        var compiled = 0
        for _ in 0..<150 {
            var pieces = try #require(samples.randomElement(using: &random))
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let place = Int.random(in: 0..<pieces.count, using: &random)
                // Strings stand at the odd places; what is between them is not touched, so that most of it is JSON.
                if place % 2 == 1, let word = words.randomElement(using: &random) { pieces[place] = word }
            }
            let diagnostics = DiagnosticList()
            let file = SourceFile(path: "mixed.json", bytes: Array(pieces.joined(separator: "\"").utf8))
            let set = CompositionSet.compile([file], backends: nil, diagnostics: diagnostics)
            compiled += set.plans.count
            for finding in set.findings(answers: Self.answers, maxBackendRequests: 5) { diagnostics.add(finding) }
            for diagnostic in diagnostics.sorted() {
                let place = try #require(diagnostic.place)
                #expect(place.range.upperBound <= place.file.bytes.count && !diagnostic.rendered().isEmpty)
            }
            #expect(throws: Never.self) { try JSONDocument(parsing: Array(diagnostics.jsonReport().utf8)) }
            for plan in set.plans {
                let explanation = Explanation(plan)
                var writer = JSONWriter()
                explanation.write(to: &writer)
                #expect(throws: Never.self) { try JSONDocument(parsing: writer.finish()) }
                #expect(explanation.text.hasPrefix(plan.pattern.description))
                #expect(explanation.mermaid.hasPrefix("flowchart LR\n"))
            }
        }
        #expect(compiled > 15, "so few mixtures compile that nothing is tried")
    }
}
