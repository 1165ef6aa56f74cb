import JMESPath

/// One expression of a plan, and the part that it plays.
struct ExpressionUse {
    enum Part: Hashable {
        case path, query, header, body, forEach, batchID, batchKey, join, when, otherwise, success, select
        case fallback, response

        /// Whether it belongs to a request, which with `batch` is for many items at once.
        var isOfRequest: Bool {
            switch self {
            case .path, .query, .header, .body, .select, .success: true
            case .forEach, .batchID, .batchKey, .join, .when, .otherwise, .fallback, .response: false
            }
        }
    }

    let expression: PlacedExpression
    let part: Part
    /// The call's place in the plan; nil for the response.
    let call: Int?
    /// Whether the value is left out where it is null, as of a member `"nickname?"`.
    var isOptional = false
}

extension Plan {
    /// Every expression of the plan, in the order of calls and their parts.
    var expressionUses: [ExpressionUse] {
        calls.indices.flatMap { calls[$0].expressionUses(at: $0) } + response.expressionUses
    }
}

extension Call {
    fileprivate func expressionUses(at index: Int) -> [ExpressionUse] {
        func uses(_ expressions: [PlacedExpression?], _ part: ExpressionUse.Part) -> [ExpressionUse] {
            expressions.compactMap { $0.map { ExpressionUse(expression: $0, part: part, call: index) } }
        }
        var found = uses([forEach?.list], .forEach) + uses([when], .when)
        found += uses(path.segments.flatMap(\.template.expressions), .path)
        found += uses(query.expressions, .query)
        found += uses(headers.flatMap(\.value.expressions), .header)
        found += body?.uses(.body, call: index) ?? []
        found += uses([success.rule], .success) + uses([select], .select)
        found += uses([forEach?.batch?.id], .batchID) + uses([forEach?.batch?.key], .batchKey)
        found += uses([forEach?.batch?.join], .join)
        found += otherwise?.uses(.otherwise, call: index) ?? []
        return found + (fallback?.uses(.fallback, call: index) ?? [])
    }
}

extension ResponseTemplate {
    fileprivate var expressionUses: [ExpressionUse] {
        var expressions = headers.flatMap(\.value.expressions)
        if case .expression(let expression) = status { expressions.append(expression) }
        let uses = expressions.map { ExpressionUse(expression: $0, part: .response, call: nil) }
        return uses + body.uses(.response, call: nil)
    }
}

extension TextTemplate {
    var expressions: [PlacedExpression] {
        parts.compactMap { if case .expression(let expression) = $0 { expression } else { nil } }
    }
}

extension QueryTemplate {
    fileprivate var expressions: [PlacedExpression] {
        switch self {
        case .none: []
        case .fields(let fields): fields.flatMap(\.value.expressions)
        case .object(let expression): [expression]
        }
    }
}

extension JSONTemplate {
    fileprivate func uses(_ part: ExpressionUse.Part, call: Int?, isOptional: Bool = false) -> [ExpressionUse] {
        switch self {
        case .constant:
            []
        case .text(let text, _):
            text.expressions.map {
                ExpressionUse(expression: $0, part: part, call: call, isOptional: isOptional)
            }
        case .array(let elements):
            elements.flatMap { $0.uses(part, call: call) }
        case .object(let members):
            members.flatMap { $0.value.uses(part, call: call, isOptional: $0.isOptional) }
        case .merged(let object):
            object.parts.flatMap { piece in
                switch piece {
                case .member(let member):
                    member.value.uses(part, call: call, isOptional: member.isOptional)
                case .spread(let expression, _):
                    [ExpressionUse(expression: expression, part: part, call: call, isOptional: true)]
                }
            }
        }
    }
}
