/// A pattern as its grammar reads it. Groups leave no trace: nothing is captured, so they only bind.
indirect enum PatternNode: Sendable {
    case scalar(Unicode.Scalar)
    case set(ScalarSet)
    /// `^`
    case start
    /// `$`
    case end
    /// One behind the other; none is the empty text.
    case sequence([PatternNode])
    /// At least one.
    case alternatives([PatternNode])
    case repetition(PatternNode, PatternQuantifier)

    /// Whether it can only match at the very start of the text.
    var isAnchored: Bool {
        switch self {
        case .start: true
        case .scalar, .set, .end: false
        case .sequence(let nodes): nodes.first?.isAnchored ?? false
        case .alternatives(let nodes): nodes.allSatisfy(\.isAnchored)
        case .repetition(let node, let quantifier): quantifier.minimum > 0 && node.isAnchored
        }
    }
}

/// How often something is repeated. Whether it is lazy is of no interest when only a yes or no is asked for.
struct PatternQuantifier: Hashable, Sendable {
    var minimum: Int
    /// Nil is without end; else no less than `minimum`.
    var maximum: Int?
    /// UTF-8 offsets in the pattern, for the error when it is too much.
    var range: Range<Int>
}
