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
