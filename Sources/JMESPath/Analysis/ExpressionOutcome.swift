public import JSONSlices

/// A value that an expression can come to, as its text states it.
public enum ExpressionOutcome: Sendable {
    case literal(JSONValue)
    /// The value of a name of the scope as it is.
    case slot(Int)
}

extension Expression {
    /// Every value that the expression can come to, whatever its conditions say; nil where one of them is computed.
    ///
    /// Of ``user ? `200` : `404` `` the two literals.
    public var outcomes: [ExpressionOutcome]? { node.outcomes }
}

extension Node {
    fileprivate var outcomes: [ExpressionOutcome]? {
        switch self {
        case .literal(let value): [.literal(value)]
        case .slot(let slot): [.slot(slot)]
        case .conditional(_, let then, let otherwise): Self.outcomes(of: [then, otherwise])
        case .or(let operands), .and(let operands): Self.outcomes(of: operands)
        default: nil
        }
    }

    private static func outcomes(of nodes: [Node]) -> [ExpressionOutcome]? {
        var outcomes: [ExpressionOutcome] = []
        for node in nodes {
            guard let more = node.outcomes else { return nil }
            outcomes += more
        }
        return outcomes
    }
}
