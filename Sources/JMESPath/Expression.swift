public import JSONSlices

/// A JMESPath expression (Community Edition), parsed and resolved: ready to be evaluated any number of times, on any
/// thread.
public final class Expression: Sendable {
    /// The text it was parsed from.
    public let source: String

    /// Every slot that an evaluation may read: ascending, each once.
    public let slots: [Int]

    /// What was accepted although it is most likely a mistake.
    public let warnings: [ExpressionWarning]

    let node: Node

    private init(source: String, slots: [Int], warnings: [ExpressionWarning], node: Node) {
        self.source = source
        self.slots = slots
        self.warnings = warnings
        self.node = node
    }

    /// The bytes of the longest text that is parsed.
    private static let sizeLimit = 64 << 10

    /// Parses the text and resolves every name and function in it.
    ///
    /// - Throws: `syntax`, `unknown-function`, `invalid-arity`, `undefined-variable`, `unknown-name`; and `invalid-type`
    ///   or `invalid-value` where no input can save the expression, as in `` abs(`true`) `` or `foo[::0]`.
    public static func parse<Scope: ExpressionScope>(
        _ source: String,
        root: ExpressionRoot,
        scope: inout Scope
    ) throws(ExpressionError) -> Expression {
        guard source.utf8.count <= sizeLimit else {
            throw ExpressionError(
                kind: .syntax,
                message: "the expression is longer than \(sizeLimit) bytes",
                range: sizeLimit..<source.utf8.count
            )
        }
        let tokens = try Lexer.tokens(of: source)
        var parser = Parser(tokens: tokens, root: root, scope: scope)
        defer { scope = parser.scope }
        let node = try parser.parseWhole()
        // Where the parser knows a mistake by its looks, its words are the better ones.
        let inferred = try Analyzer.warnings(of: node, source: source).filter { warning in
            !parser.warnings.contains { $0.range.overlaps(warning.range) }
        }
        let warnings = parser.warnings + inferred
        return Expression(source: source, slots: parser.slots.sorted(), warnings: warnings, node: node)
    }

    /// Parses an expression over a document that names nothing else.
    public static func parse(_ source: String) throws(ExpressionError) -> Expression {
        var scope = EmptyScope()
        return try parse(source, root: .document, scope: &scope)
    }

    /// Computes the expression's value. Values that no function or operator made are slices of the documents they stand
    /// in; numbers that no arithmetic touched keep their text.
    ///
    /// - Parameters:
    ///   - root: what `@` is at first, and `$` everywhere.
    ///   - slots: the values of ``slots`` at their places. One that is missing is null.
    ///   - budget: what may be used up; less what was.
    /// - Throws: `invalid-type`, `invalid-value`, `not-a-number` or `limit-exceeded`.
    public func evaluate(
        root: JSONValue,
        slots: [JSONValue] = [],
        budget: inout EvaluationBudget
    ) throws(ExpressionError) -> JSONValue {
        var evaluator = Evaluator(root: root, slots: slots, budget: budget)
        defer { budget = evaluator.budget }
        do throws(ExpressionError) {
            let value = try evaluator.evaluate(node, root)
            try evaluator.spend(textOf: value, at: Evaluator.nowhere)
            return value
        } catch {
            guard error.range.isEmpty else { throw error }
            throw ExpressionError(kind: error.kind, message: error.message, range: 0..<source.utf8.count)
        }
    }
}
