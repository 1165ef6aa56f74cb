import JMESPath
import JSONSlices

/// What this implementation says.
struct OwnAnswer: CustomStringConvertible {
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
