import JMESPath
import JSONSlices
import Testing

/// An expression, the document it is applied to, and its value: both as JSON.
struct Case: Sendable, CustomTestStringConvertible {
    let expression: String
    let document: String
    let value: String

    init(_ expression: String, on document: String = "null", gives value: String) {
        self.expression = expression
        self.document = document
        self.value = value
    }

    var testDescription: String {
        "\(expression) on \(document) gives \(value)"
    }

    func check(sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(try evaluate(expression, on: document) == value, sourceLocation: sourceLocation)
    }
}

/// An expression with a fault: of which kind, at which part of the text, and the fix where one is offered.
struct Flaw<Kind: Sendable>: Sendable, CustomTestStringConvertible {
    let expression: String
    let kind: Kind
    let part: String
    let fix: String?

    init(_ expression: String, _ kind: Kind, at part: String, fix: String? = nil) {
        self.expression = expression
        self.kind = kind
        self.part = part
        self.fix = fix
    }

    var testDescription: String {
        expression
    }
}

/// The value as compact JSON.
func evaluate(
    _ text: String,
    on document: String = "null",
    budget: EvaluationBudget = EvaluationBudget()
) throws -> String {
    let expression = try Expression.parse(text)
    var budget = budget
    let root = try JSONDocument(parsing: document).root
    return json(try expression.evaluate(root: .slice(root), budget: &budget))
}

func json(_ value: JSONValue) -> String {
    var writer = JSONWriter()
    writer.write(value)
    return String(decoding: writer.finish(), as: UTF8.self)
}

/// The error of parsing or evaluating; nil when there is none.
func failure(
    of text: String,
    on document: String = "null",
    budget: EvaluationBudget = EvaluationBudget()
) -> ExpressionError? {
    do {
        _ = try evaluate(text, on: document, budget: budget)
        return nil
    } catch {
        return error as? ExpressionError
    }
}

/// The part of the text that an error points at.
func part(of text: String, at range: Range<Int>) -> String {
    String(decoding: Array(text.utf8)[range], as: UTF8.self)
}
