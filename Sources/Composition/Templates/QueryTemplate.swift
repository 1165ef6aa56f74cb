import CurlTransport
import Diagnostics
import JMESPath
import JSONSlices

/// The query of a call: named templates, or one expression that yields an object.
enum QueryTemplate: Sendable {
    case none
    case fields([(name: String, value: TextTemplate)])
    case object(PlacedExpression)

    var slots: [Int] {
        switch self {
        case .none: []
        case .fields(let fields): fields.flatMap(\.value.slots)
        case .object(let expression): expression.expression.slots
        }
    }

    /// Appends the query: null drops a field, a list repeats it.
    func write(to url: inout URLBuilder, in scope: borrowing RenderScope) throws(RenderFailure) {
        switch self {
        case .none:
            break
        case .fields(let fields):
            for field in fields {
                if let constant = field.value.constant {
                    url.appendQuery(name: field.name, value: constant)
                } else if let single = field.value.single {
                    try write(try single.evaluate(in: scope), of: single, named: field.name, to: &url)
                } else if let text = try field.value.text(in: scope) {
                    url.appendQuery(name: field.name, value: text)
                }
            }
        case .object(let expression):
            let value = try expression.evaluate(in: scope)
            if value.isNull { return }
            guard let members = value.objectMembers else {
                throw RenderFailure(
                    reason: .expressionError,
                    detail: "\(expression.place): a query must be an object, not \(value.kind.article)"
                )
            }
            for member in members {
                try write(member.value, of: expression, named: member.key, to: &url)
            }
        }
    }

    private func write(
        _ value: JSONValue,
        of expression: PlacedExpression,
        named name: String,
        to url: inout URLBuilder
    ) throws(RenderFailure) {
        guard let elements = value.arrayElements else {
            if let text = try expression.scalarText(of: value) { url.appendQuery(name: name, value: text) }
            return
        }
        for element in elements {
            if let text = try expression.scalarText(of: element) { url.appendQuery(name: name, value: text) }
        }
    }
}
