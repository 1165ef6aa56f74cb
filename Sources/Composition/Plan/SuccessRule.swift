import JMESPath

/// Which answers of its backend a call accepts.
enum SuccessRule: Sendable {
    /// 200 to 299.
    case successful
    case statuses([Int])
    /// True for what is accepted, over `{status, headers, body}`. One that does not ask for the status wants 200 to 299
    /// besides: `!body.errors` must not make a success of a 503 whose body is something else.
    case expression(PlacedExpression, reads: Parts)

    /// What of an answer the expression asks for.
    struct Parts {
        var status: Bool
        var headers: Bool

        init(of expression: Expression) {
            let members = expression.rootMembers
            status = members?.contains("status") ?? true
            headers = members?.contains("headers") ?? true
        }
    }

    /// The expression, where the rule is one.
    var rule: PlacedExpression? {
        if case .expression(let rule, _) = self { rule } else { nil }
    }

    /// Whether the status alone allows success.
    func allows(status: Int) -> Bool {
        switch self {
        case .successful: (200..<300).contains(status)
        case .statuses(let statuses): statuses.contains(status)
        case .expression(_, let reads): reads.status || (200..<300).contains(status)
        }
    }
}
