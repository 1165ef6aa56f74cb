import JMESPath
import JSONSlices
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
        var generator = ExpressionGenerator(random: SplitMix(seed: PythonJMESPath.seed), isPortable: true)
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

    /// A place where the package as it is differs, and why this side is right.
    struct Difference: Sendable, CustomTestStringConvertible {
        let expression: String
        let document: String
        /// JSON, or the class of the error.
        let python: String
        let own: String
        let reason: String

        var testDescription: String {
            expression
        }
    }

    /// Each of them is put right in `jmespath_oracle.py`, so that the random expressions can meet it.
    static let differences = [
        Difference(
            expression: "`7` % `4` * `2`",
            document: "null",
            python: "7",
            own: "6",
            reason: "JEP-16: multiplication and division bind alike, from left to right"
        ),
        Difference(
            expression: "'a' + 'b'",
            document: "null",
            python: "\"ab\"",
            own: "invalid-type",
            reason: "JEP-16: arithmetic is for numbers"
        ),
        Difference(
            expression: "a * `2`",
            document: #"{"a":[1]}"#,
            python: "[1,1]",
            own: "invalid-type",
            reason: "JEP-16: arithmetic is for numbers"
        ),
        Difference(
            expression: "a + `1`",
            document: #"{"a":true}"#,
            python: "2",
            own: "invalid-type",
            reason: "JEP-16: arithmetic is for numbers, and true is none"
        ),
        Difference(
            expression: "a == b",
            document: #"{"a":[1],"b":[true]}"#,
            python: "true",
            own: "false",
            reason: "a number and a boolean are never equal, inside of arrays neither"
        ),
        Difference(
            expression: "contains(a, `1`)",
            document: #"{"a":[true]}"#,
            python: "true",
            own: "false",
            reason: "a number and a boolean are never equal"
        ),
        Difference(
            expression: "contains(a, `1`)",
            document: #"{"a":"1"}"#,
            python: "invalid-type",
            own: "false",
            reason: "contains() takes any value to search for; a string does not contain a number"
        ),
        Difference(
            expression: "a < b",
            document: #"{"a":1,"b":"1"}"#,
            python: "invalid-type",
            own: "null",
            reason: "ordering operators give null for what has no order"
        ),
        Difference(
            expression: "group_by(a, &b)",
            document: #"{"a":[]}"#,
            python: "null",
            own: "{}",
            reason: "JEP-18: group_by() gives an object"
        ),
        Difference(
            expression: "from_items(a)",
            document: #"{"a":["xy"]}"#,
            python: #"{"x":"y"}"#,
            own: "invalid-type",
            reason: "JEP-19: items are arrays of a string and a value"
        ),
        Difference(
            expression: "merge(a, b)",
            document: #"{"a":{},"b":[["x",1]]}"#,
            python: #"{"x":1}"#,
            own: "invalid-type",
            reason: "merge() takes objects"
        ),
        Difference(
            expression: "zip(a, b)",
            document: #"{"a":[1],"b":"x"}"#,
            python: #"[[1,"x"]]"#,
            own: "invalid-type",
            reason: "JEP-17: zip() takes arrays"
        ),
        Difference(
            expression: "to_number(a)",
            document: #"{"a":"1_000"}"#,
            python: "1000",
            own: "null",
            reason: "the text is no number of JSON"
        ),
        Difference(
            expression: "to_string(a)",
            document: #"{"a":["é"]}"#,
            python: #""[\"\\u00e9\"]""#,
            own: #""[\"é\"]""#,
            reason: "both are JSON; a value keeps its letters here"
        ),
        Difference(
            expression: "to_string(a)",
            document: #"{"a":1e2}"#,
            python: "\"100.0\"",
            own: "\"1e2\"",
            reason: "a number that nothing computes with keeps its text"
        ),
        Difference(
            expression: "a == `0.3`",
            document: #"{"a":0.30000000000000001}"#,
            python: "true",
            own: "false",
            reason: "numbers are exact decimals here"
        ),
        Difference(
            expression: "`0.1` + `0.2` == `0.3`",
            document: "null",
            python: "false",
            own: "true",
            reason: "numbers are exact decimals here"
        ),
        Difference(
            expression: "a ? b : c",
            document: #"{"b":1,"c":2}"#,
            python: "syntax",
            own: "2",
            reason: "JEP-21: the package does not have the ternary operator yet"
        ),
        Difference(
            expression: "a.let $b = c in $b",
            document: #"{"a":{"c":1}}"#,
            python: "1",
            own: "syntax",
            reason: "JEP-11a: what stands behind a dot is no let-expression"
        ),
        Difference(
            expression: "length(a b)",
            document: "null",
            python: "invalid-arity",
            own: "syntax",
            reason: "arguments are separated by commas"
        ),
        Difference(
            expression: "{a: b,}",
            document: #"{"b":1}"#,
            python: "syntax",
            own: "syntax",
            reason: "a comma stands between two members"
        ),
        Difference(
            expression: "`false` && foo(@)",
            document: "null",
            python: "false",
            own: "unknown-function",
            reason: "what must fail wherever it is evaluated is refused when the expression is parsed"
        ),
        Difference(
            expression: "a[*].abs('x')",
            document: "{}",
            python: "null",
            own: "invalid-type",
            reason: "what must fail wherever it is evaluated is refused when the expression is parsed"
        ),
    ]

    @Test("the differences are those that are known", .enabled(if: isThere, reason))
    func knownDifferences() throws {
        let questions = Self.differences.map {
            PythonJMESPath.Question(expression: $0.expression, document: $0.document, isCorrected: false)
        }
        for (difference, answer) in zip(Self.differences, try PythonJMESPath.answers(to: questions)) {
            let python = answer.member("error")?.string ?? answer.member("value").map { json(.slice($0)) } ?? "skipped"
            #expect(python == difference.python, "\(difference.expression)")
            let own = OwnAnswer(to: .init(expression: difference.expression, document: difference.document))
            #expect(own.description == difference.own, "\(difference.expression)")
        }
    }
}

/// What this implementation says.
private struct OwnAnswer: CustomStringConvertible {
    private var value: JSONValue?
    private(set) var error: ExpressionError.Kind?
    private(set) var isRefusedAtLoad = false

    /// Errors of expressions that parse, where no data can save them.
    static let staticErrors: Set<ExpressionError.Kind> = [
        .invalidType, .invalidValue, .invalidArity, .unknownFunction, .notANumber,
    ]

    init(to question: PythonJMESPath.Question) {
        do throws(ExpressionError) {
            let expression: Expression
            do throws(ExpressionError) {
                expression = try Expression.parse(question.expression)
            } catch {
                isRefusedAtLoad = true
                throw error
            }
            guard let document = try? JSONDocument(parsing: question.document) else { return }
            var budget = EvaluationBudget()
            value = try expression.evaluate(root: .slice(document.root), budget: &budget)
        } catch {
            self.error = error.kind
        }
    }

    var isLimit: Bool {
        error == .limit
    }

    var description: String {
        error?.rawValue ?? value.map(json) ?? "nothing"
    }

    func agrees(with answer: JSONSlice) -> Bool {
        if let error = answer.member("error")?.string { return self.error?.rawValue == error }
        guard let value, let other = answer.member("value") else { return false }
        return Self.areAlike(value, .slice(other))
    }

    /// Equal as JSON; numbers as far as `Double` can tell after some arithmetic.
    private static func areAlike(_ left: JSONValue, _ right: JSONValue) -> Bool {
        guard left.kind == right.kind else { return false }
        switch left.kind {
        case .null, .true, .false: return true
        case .number:
            guard let first = left.numberText.flatMap(Double.init), let second = right.numberText.flatMap(Double.init)
            else { return false }
            return abs(first - second) <= 1e-12 * max(abs(first), abs(second))
        case .string: return left.string.map(ExactString.init) == right.string.map(ExactString.init)
        case .array:
            guard let mine = left.arrayElements, let others = right.arrayElements else { return false }
            return mine.count == others.count && zip(mine, others).allSatisfy { areAlike($0, $1) }
        case .object:
            guard let mine = left.objectMembers, right.objectMembers?.count == mine.count else { return false }
            return mine.allSatisfy { member in right.member(member.key).map { areAlike(member.value, $0) } == true }
        }
    }
}
