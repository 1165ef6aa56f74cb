import JMESPath
import JSONSlices
import TestSupport
import Testing

/// What two implementations of the Community Edition say: this one, and PyPI's jmespath-community.
///
///     MEDLEY_JMESPATH_PYTHON=venv/bin/python swift test --filter Differential
@Suite("Beside jmespath-community")
struct DifferentialTests {
    static let isThere = PythonJMESPath.executable != nil
    static let reason: Comment =
        "MEDLEY_JMESPATH_PYTHON names no Python that has the package jmespath-community; .ci/jmespath-oracle makes one"

    @Test("random expressions give the same values and errors", .enabled(if: isThere, reason))
    func randomExpressions() throws {
        let documents = [
            "null", #"{"a":[1,{"b":[2.5,"x"]},null],"b":{"c":"é","a":-8},"c":[],"d e":"x"}"#,
            #"[[1,2,[3]],{"a":{"a":{"a":1}}},"text",true]"#,
        ]
        var generator = ExpressionGenerator(random: SeededGenerator(seed: PythonJMESPath.seed), isPortable: true)
        var questions: [PythonJMESPath.Question] = []
        for round in 0..<2_000 {
            let text = generator.expression(1 + round % 4)
            for document in documents { questions.append(.init(expression: text, document: document)) }
        }
        try compare(questions)
    }

    @Test("expressions that fit their documents give the same values and errors", .enabled(if: isThere, reason))
    func typedExpressions() throws {
        var generator = TypedExpressionGenerator(seed: PythonJMESPath.seed)
        var questions: [PythonJMESPath.Question] = []
        for round in 0..<3_000 {
            let text = generator.any(.document, 1 + round % 4)
            for document in TypedExpressionGenerator.documents {
                questions.append(.init(expression: text, document: document))
            }
        }
        try compare(questions)
    }

    private func compare(_ questions: [PythonJMESPath.Question]) throws {
        let answers = try PythonJMESPath.answers(to: questions)
        var values = 0
        var errors = 0
        var stricter = 0
        for (question, answer) in zip(questions, answers) {
            let own = OwnAnswer(to: question)
            guard answer.member("skipped") == nil, !own.isLimit else { continue }
            if own.isRefusedAtLoad, own.error.map({ OwnAnswer.staticErrors.contains($0) }) == true {
                // What must fail wherever it is evaluated is refused before: Python never evaluates it, or finds
                // something else first.
                stricter += 1
                continue
            }
            values += own.error == nil ? 1 : 0
            errors += own.error == nil ? 0 : 1
            #expect(
                own.agrees(with: answer),
                "\(question.expression) on \(question.document): \(own), Python: \(json(.slice(answer)))"
            )
        }
        print("beside jmespath-community: \(values) equal values, \(errors) equal errors, \(stricter) refused at load")
        // Both sides of the question were asked.
        #expect(values > questions.count / 5 && errors > questions.count / 50 && stricter < questions.count / 2)
    }

    @Test("the differences are those that are known", .enabled(if: isThere, reason))
    func knownDifferences() throws {
        let questions = KnownDifference.all.map {
            PythonJMESPath.Question(expression: $0.expression, document: $0.document, isCorrected: false)
        }
        for (difference, answer) in zip(KnownDifference.all, try PythonJMESPath.answers(to: questions)) {
            let python = answer.member("error")?.string ?? answer.member("value").map { json(.slice($0)) } ?? "skipped"
            #expect(python == difference.python, "\(difference.expression)")
            let own = OwnAnswer(to: .init(expression: difference.expression, document: difference.document))
            #expect(own.description == difference.own, "\(difference.expression)")
        }
    }
}
