import JMESPath
import JSONSlices
import TestSupport
import Testing

@Suite("Random expressions")
struct FuzzTests {
    private static let documents = [
        "null", #"{"a":[1,{"b":[2.5,"x"]},null],"b":{"c":"é","a":-1e3},"c":[],"d e":"x"}"#,
        #"[[1,2,[3]],{"a":{"a":{"a":1}}},"text",true,12345678901234567890]"#,
    ]

    private static let otherType = StaticType.object(
        ["a": .list(of: StaticType(.string)), "b": .unknown.orNull(when: "it is not there")],
        isClosed: true
    )

    /// What an expression gives: JSON of the type that the analysis foretold, or an error that points into its text.
    ///
    /// - Parameter examples: documents like this one, itself among them.
    private func check(_ text: String, on document: JSONSlice, examples: [JSONSlice]) -> Bool {
        do throws(ExpressionError) {
            let expression = try Expression.parse(text)
            var budget = EvaluationBudget(steps: 20_000, bytes: 1 << 20)
            let value = try expression.evaluate(root: .slice(document), budget: &budget)
            #expect(throws: Never.self, "\(text)") { try JSONDocument(parsing: json(value)) }
            let type = StaticType(of: .slice(document))
            let roots = [
                .unknown, type, type.or(Self.otherType), Self.otherType.or(type.withoutContent),
                StaticType(ofExamples: examples.map(JSONValue.slice)),
            ]
            for root in roots {
                let analysis = expression.analysis(slots: { _ in .unknown }, root: root)
                #expect(analysis.type.admits(value), "\(text) gives \(json(value))")
            }
            return true
        } catch {
            let size = text.utf8.count
            #expect(error.range.lowerBound >= 0 && error.range.upperBound <= size, "\(text): \(error)")
            return false
        }
    }

    @Test("random expressions give a value or an error, and never trap", arguments: [1, 2, 3] as [UInt64])
    func generated(seed: UInt64) throws {
        var generator = ExpressionGenerator(random: SeededGenerator(seed: seed))
        let documents = try Self.documents.map { try JSONDocument(parsing: $0).root }
        var values = 0
        for round in 0..<1_500 {
            let text = generator.expression(1 + round % 4)
            for document in documents where check(text, on: document, examples: documents) { values += 1 }
        }
        #expect(values > 500)
    }

    @Test("expressions that fit what they read give what was foretold", arguments: [6, 7, 8] as [UInt64])
    func typed(seed: UInt64) throws {
        var generator = TypedExpressionGenerator(seed: seed)
        let documents = try TypedExpressionGenerator.documents.map { try JSONDocument(parsing: $0).root }
        var values = 0
        for round in 0..<1_500 {
            let text = generator.any(.document, 1 + round % 3)
            for document in documents where check(text, on: document, examples: documents) { values += 1 }
        }
        #expect(values > 1_000)
    }

    @Test("damaged expressions are refused or work, and never trap", arguments: [4, 5] as [UInt64])
    func damaged(seed: UInt64) throws {
        var generator = ExpressionGenerator(random: SeededGenerator(seed: seed))
        let document = try JSONDocument(parsing: Self.documents[1]).root
        for round in 0..<3_000 {
            let text = generator.expression(1 + round % 3)
            _ = check(generator.damaged(text), on: document, examples: [document])
        }
    }
}
