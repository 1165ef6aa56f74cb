/// Something that JMESPath accepts and that is most likely not what its author meant.
public struct ExpressionWarning: Hashable, Sendable {
    /// What the expression does, in one sentence.
    public let message: String

    /// The suspicious part, in UTF-8 offsets into the expression's source.
    public let range: Range<Int>

    /// What to write instead.
    public let fix: String?

    public init(message: String, range: Range<Int>, fix: String? = nil) {
        self.message = message
        self.range = range
        self.fix = fix
    }
}
