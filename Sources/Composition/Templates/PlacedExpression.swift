import Diagnostics
import JMESPath
import JSONSlices

/// An expression, and where it stands in a composition file.
struct PlacedExpression: Sendable {
    let expression: Expression
    let origin: ExpressionOrigin

    /// `file:line:column` of the first byte, for the operator's log.
    var place: String { origin.description }

    /// The bytes of the file that hold the whole expression.
    var wholePlace: Diagnostic.Place { origin.place(of: 0..<expression.source.utf8.count) }

    func evaluate(in scope: borrowing RenderScope) throws(RenderFailure) -> JSONValue {
        try evaluate(root: .null, in: scope)
    }

    func evaluate(root: JSONValue, in scope: borrowing RenderScope) throws(RenderFailure) -> JSONValue {
        var budget = EvaluationBudget()
        do throws(ExpressionError) {
            return try expression.evaluate(root: root, slots: scope.slots, budget: &budget)
        } catch {
            throw RenderFailure(
                reason: error.kind == .limit ? .limitExceeded : .expressionError,
                detail: "\(place): \(error.kind.rawValue): \(error.message)"
            )
        }
    }

    /// A scalar as text, null as nil.
    func scalarText(of value: JSONValue) throws(RenderFailure) -> String? {
        switch value.kind {
        case .null: return nil
        case .true: return "true"
        case .false: return "false"
        case .number: return value.numberText
        case .string: return value.string
        case .array, .object:
            throw RenderFailure(
                reason: .expressionError,
                detail: "\(place): '\(expression.source)' is \(value.kind.article), where only a scalar can stand"
            )
        }
    }
}
