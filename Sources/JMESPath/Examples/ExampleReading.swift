import JSONSlices

/// What an expression does on examples of what it reads.
public struct ExampleReading: Sendable {
    /// The shape of its results.
    public let result: ExampleShape
    /// In the order of the text.
    public let unknownMembers: [UnknownMember]
}

/// A name that an expression asks objects for, and that none of the examples has.
public struct UnknownMember: Hashable, Sendable {
    public let name: String
    /// The names that the objects have, sorted.
    public let known: [String]
    /// Whether the expression provides for its absence, as in `nickname || name`.
    public let isGuarded: Bool
    /// The name, in UTF-8 offsets into the expression's source.
    public let range: Range<Int>
}

extension Expression {
    /// Follows the expression through examples of what it reads, without evaluating it: both sides of a condition are
    /// taken, filters let everything pass.
    ///
    /// - Parameters:
    ///   - root: examples of the value that it is evaluated on.
    ///   - slots: examples of the values of ``slots``.
    public func reading(root: ExampleShape, slots: (Int) -> ExampleShape) -> ExampleReading {
        var shapes: [Int: ExampleShape] = [:]
        for slot in self.slots { shapes[slot] = slots(slot) }
        var reader = ExampleReader(root: root, slots: shapes, tokens: (try? Lexer.tokens(of: source)) ?? [])
        let result = reader.shape(of: node, on: root)
        let unknown = reader.unknown.sorted { $0.range.lowerBound < $1.range.lowerBound }
        return ExampleReading(result: result, unknownMembers: unknown)
    }
}
