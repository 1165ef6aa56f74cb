/// Why an expression could not be parsed or evaluated, and at which place of its text.
public struct ExpressionError: Error, Hashable, Sendable {
    /// The error classes of the JMESPath specification, and Medley's own `limit-exceeded` and `unknown-name`.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case syntax
        case invalidArity = "invalid-arity"
        case invalidType = "invalid-type"
        case invalidValue = "invalid-value"
        case unknownFunction = "unknown-function"
        case undefinedVariable = "undefined-variable"
        case notANumber = "not-a-number"
        /// The evaluation would take more steps or more bytes than its ``EvaluationBudget`` has left.
        case limit = "limit-exceeded"
        /// A name that the ``ExpressionScope`` does not have.
        case unknownName = "unknown-name"
    }

    public let kind: Kind

    /// What was found and what was expected, without the position.
    public let message: String

    /// The offending part of the expression, in UTF-8 offsets into its source. Empty, and at the end, when the
    /// expression stopped too early.
    public let range: Range<Int>

    /// What to write instead, where the mistake is a common one.
    public let fix: String?

    public init(kind: Kind, message: String, range: Range<Int>, fix: String? = nil) {
        self.kind = kind
        self.message = message
        self.range = range
        self.fix = fix
    }
}

extension ExpressionError: CustomStringConvertible {
    public var description: String {
        let text = "\(kind.rawValue): \(message)"
        return fix.map { "\(text) (\($0))" } ?? text
    }
}
