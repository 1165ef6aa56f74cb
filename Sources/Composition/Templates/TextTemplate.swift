import Diagnostics
import JMESPath
import JSONSlices

/// A string of a composition file: plain text, one expression, or text with expressions in it.
///
/// A string that is exactly one `{expression}` stands for the value itself, of whatever JSON type; with text around it,
/// for a string, which is null as soon as one of its expressions is.
struct TextTemplate: Sendable {
    enum Part: Sendable {
        case text(String)
        case expression(PlacedExpression)
    }

    let parts: [Part]

    /// The text, when no expression stands in it.
    var constant: String? {
        switch parts.count {
        case 0: ""
        case 1: if case .text(let text) = parts[0] { text } else { nil }
        default: nil
        }
    }

    /// The expression, when it is all there is.
    var single: PlacedExpression? {
        if parts.count == 1, case .expression(let expression) = parts[0] { expression } else { nil }
    }

    var slots: [Int] {
        parts.flatMap { part -> [Int] in
            if case .expression(let expression) = part { expression.expression.slots } else { [] }
        }
    }

    /// The value that the template stands for.
    func value(in scope: borrowing RenderScope) throws(RenderFailure) -> JSONValue {
        if let single { return try single.evaluate(in: scope) }
        guard let text = try text(in: scope) else { return .null }
        return .string(text)
    }

    /// The text that the template stands for; nil when an expression in it is null.
    ///
    /// - Throws: when an expression fails, or yields a list or an object, which have no place in a text.
    func text(in scope: borrowing RenderScope) throws(RenderFailure) -> String? {
        var result = ""
        for part in parts {
            switch part {
            case .text(let text):
                result += text
            case .expression(let expression):
                let value = try expression.evaluate(in: scope)
                guard let text = try expression.scalarText(of: value) else { return nil }
                result += text
            }
        }
        return result
    }
}

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

/// What a template may read while a request runs: the values of the slots that its expressions were resolved to.
struct RenderScope: Sendable {
    var slots: [JSONValue]
}

/// Why a template could not be rendered. The composition is to blame, not a backend.
struct RenderFailure: Error, Hashable, Sendable {
    var reason: FailureReason
    /// For the operator's log; never for a client.
    var detail: String
    /// The member of the response's template that failed, `response.body.greeting`; a client may read it.
    var member: String?
    /// The slots that were read where a null could not stand: when one of them is of a call that was skipped, so is the
    /// call that wanted it.
    var nullSlots: [Int]
    /// The slots that were read for a text that cannot be part of a path: when all of them are a client's parameters, the
    /// client is to blame.
    var unfitSlots: [Int]

    init(
        reason: FailureReason,
        detail: String,
        member: String? = nil,
        nullSlots: [Int] = [],
        unfitSlots: [Int] = []
    ) {
        self.reason = reason
        self.detail = detail
        self.member = member
        self.nullSlots = nullSlots
        self.unfitSlots = unfitSlots
    }

    /// The same failure, placed; a place that is known stays.
    func within(_ member: String) -> RenderFailure {
        var placed = self
        placed.member = self.member ?? member
        return placed
    }
}
