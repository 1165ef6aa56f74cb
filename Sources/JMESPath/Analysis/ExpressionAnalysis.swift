/// What can be told of an expression without its data.
public struct ExpressionAnalysis: Hashable, Sendable {
    /// The type of its result.
    public let type: StaticType

    /// In the order of the text, as far as it is evaluated from left to right.
    public let findings: [ExpressionFinding]
}

/// A part of an expression that cannot do what its author wants of it.
public struct ExpressionFinding: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// It fails whenever it is evaluated, with an error of this class.
        case failure(ExpressionError.Kind)
        /// It fails on null, and something says that null can come.
        case possibleNull
        /// It always gives null, or always the same boolean, or fails for every list that is not empty.
        case pointless
    }

    public let kind: Kind

    /// What is wrong, in one sentence.
    public let message: String

    /// The part that is meant, in UTF-8 offsets into the expression's source.
    public let range: Range<Int>

    /// What to write instead.
    public let fix: String?
}

extension Expression {
    /// What can be told of the expression when this is known of what it reads. What its ``warnings`` say already is not
    /// found again.
    ///
    /// - Parameters:
    ///   - slots: the type of each of ``slots``.
    ///   - root: the type of the value that it is evaluated on.
    public func analysis(slots: (Int) -> StaticType, root: StaticType = .unknown) -> ExpressionAnalysis {
        var types: [Int: StaticType] = [:]
        for slot in self.slots { types[slot] = slots(slot) }
        let analysis = Analyzer.analysis(of: node, source: source, slots: types, root: root)
        return ExpressionAnalysis(
            type: analysis.type,
            findings: analysis.findings.filter { finding in !warnings.contains { $0.range == finding.range } }
        )
    }
}
