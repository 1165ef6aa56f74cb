import Diagnostics
import JMESPath
import JSONSlices

/// A string of an answer in which `{expressions}` stand for parts of the request.
struct AnswerText: Sendable {
    enum Part: Sendable {
        case text(String)
        case expression(Expression)
    }

    let parts: [Part]

    /// The text, when no expression stands in it.
    var constant: String? {
        var text = ""
        for part in parts {
            guard case .text(let piece) = part else { return nil }
            text += piece
        }
        return text
    }

    var slots: [Int] {
        parts.flatMap { part -> [Int] in
            if case .expression(let expression) = part { expression.slots } else { [] }
        }
    }

    /// The value of a string that is one expression; else a text, null as soon as one of its expressions is.
    func value(_ slots: [JSONValue]) throws(TemplateFailure) -> JSONValue {
        if parts.count == 1, case .expression(let expression) = parts[0] {
            return try Self.evaluate(expression, slots)
        }
        return try text(slots).map { .string($0) } ?? .null
    }

    /// Nil when an expression is null.
    func text(_ slots: [JSONValue]) throws(TemplateFailure) -> String? {
        var text = ""
        for part in parts {
            switch part {
            case .text(let piece):
                text += piece
            case .expression(let expression):
                let value = try Self.evaluate(expression, slots)
                switch value.kind {
                case .null: return nil
                case .true: text += "true"
                case .false: text += "false"
                case .number: text += value.numberText ?? ""
                case .string: text += value.string ?? ""
                case .array, .object:
                    let found = value.kind.article
                    throw TemplateFailure("'\(expression.source)' is \(found), where only a scalar can stand")
                }
            }
        }
        return text
    }

    private static func evaluate(_ expression: Expression, _ slots: [JSONValue]) throws(TemplateFailure) -> JSONValue {
        var budget = EvaluationBudget()
        do throws(ExpressionError) {
            return try expression.evaluate(root: .null, slots: slots, budget: &budget)
        } catch {
            throw TemplateFailure("'\(expression.source)': \(error.kind.rawValue): \(error.message)")
        }
    }
}

/// Why an answer cannot be made of a request.
struct TemplateFailure: Error {
    let detail: String

    init(_ detail: String) {
        self.detail = detail
    }
}
