import CurlTransport
import Diagnostics
import JMESPath
import JSONSlices

/// The query of a call: named templates, or one expression that yields an object.
enum QueryTemplate: Sendable {
    case none
    case fields([Field])
    case object(PlacedExpression)

    struct Field: Sendable {
        let name: String
        /// The key ended in `!`: without a value the request is not sent. A filter that is left out finds everything.
        let isRequired: Bool
        let value: TextTemplate
    }

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
                let isSent = try write(field, to: &url, in: scope)
                guard isSent || !field.isRequired else {
                    throw RenderFailure(
                        reason: .expressionError,
                        detail:
                            "\(field.value.single.map { "\($0.place): " } ?? "")the query's '\(field.name)' has no value, and is to have one",
                        nullSlots: field.value.slots
                    )
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

    /// - Returns: whether the field stands in the URL with a value that is not empty.
    private func write(
        _ field: Field,
        to url: inout URLBuilder,
        in scope: borrowing RenderScope
    ) throws(RenderFailure) -> Bool {
        if let single = field.value.single {
            return try write(try single.evaluate(in: scope), of: single, named: field.name, to: &url)
        }
        var text = field.value.constant
        if text == nil { text = try field.value.text(in: scope) }
        guard let text else { return false }
        url.appendQuery(name: field.name, value: text)
        return !text.isEmpty
    }

    @discardableResult
    private func write(
        _ value: JSONValue,
        of expression: PlacedExpression,
        named name: String,
        to url: inout URLBuilder
    ) throws(RenderFailure) -> Bool {
        var isSent = false
        for element in value.arrayElements ?? [value] {
            guard let text = try expression.scalarText(of: element) else { continue }
            url.appendQuery(name: name, value: text)
            isSent = isSent || !text.isEmpty
        }
        return isSent
    }
}
