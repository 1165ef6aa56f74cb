import JSONSlices

/// A top-down operator-precedence parser that resolves names while it reads.
///
/// This file has what all rules share; the rules stand in the extensions.
struct Parser<Scope: ExpressionScope> {
    /// How many expressions may stand inside each other, and how high the tree of nodes may get. Parsing and evaluating
    /// use the thread's stack in proportion.
    static var depthLimit: Int { 128 }

    /// How many operators, steps and brackets may stand one after the other.
    static var chainLimit: Int { 1_000 }

    let tokens: [Token]
    let root: ExpressionRoot
    var scope: Scope

    var position = 0
    var depth = 0

    /// Every slot that the expression reads.
    var slots: Set<Int> = []
    var warnings: [ExpressionWarning] = []

    /// The names bound by `let` around here, outermost first.
    var variables: [String] = []

    /// Whether the current value here is the scope itself and not a value.
    var currentIsScope: Bool

    init(tokens: [Token], root: ExpressionRoot, scope: Scope) {
        self.tokens = tokens
        self.root = root
        self.scope = scope
        self.currentIsScope = root == .scope
    }

    mutating func parseWhole() throws(ExpressionError) -> Node {
        if case .end = token.kind {
            throw ExpressionError(kind: .syntax, message: "the expression is empty", range: token.range)
        }
        let whole = try parseExpression()
        guard case .end = token.kind else { throw unexpected("an operator or the end of the expression") }
        warnAboutScopeNames(whole.node)
        return whole.node
    }

    // MARK: Tokens

    /// The last token is always the end, which is never passed.
    var token: Token {
        tokens[position]
    }

    func token(ahead offset: Int) -> Token {
        tokens[min(position + offset, tokens.count - 1)]
    }

    /// The token before the current one.
    var previous: Token? {
        position > 0 ? tokens[position - 1] : nil
    }

    mutating func advance() {
        position = min(position + 1, tokens.count - 1)
    }

    func isAt(_ symbol: Symbol, ahead offset: Int = 0) -> Bool {
        if case .symbol(symbol) = token(ahead: offset).kind { return true }
        return false
    }

    /// Passes the symbol if it stands here.
    mutating func skip(_ symbol: Symbol) -> Bool {
        guard isAt(symbol) else { return false }
        advance()
        return true
    }

    mutating func expect(_ symbol: Symbol, _ expectation: String) throws(ExpressionError) {
        guard skip(symbol) else { throw unexpected(expectation) }
    }

    // MARK: Depth

    /// A part of the tree, with its height and its place in the source.
    struct Operand {
        var node: Node
        var height: Int
        var range: Range<Int>
    }

    /// An operand over others. Too high a tree is a syntax error.
    func operand(
        _ node: Node,
        over children: [Operand],
        range: Range<Int>
    ) throws(ExpressionError) -> Operand {
        let height = children.reduce(0) { max($0, $1.height) } + 1
        guard height <= Self.depthLimit else { throw tooDeep(range) }
        return Operand(node: node, height: height, range: range)
    }

    func leaf(_ node: Node, range: Range<Int>) -> Operand {
        Operand(node: node, height: 1, range: range)
    }

    /// The current value, before whatever is applied to it at this place.
    func implicitCurrent() -> Operand {
        leaf(.current, range: token.range.lowerBound..<token.range.lowerBound)
    }

    func tooLong(_ range: Range<Int>) -> ExpressionError {
        ExpressionError(
            kind: .syntax,
            message: "more than \(Self.chainLimit) operators stand one after the other",
            range: range
        )
    }

    func tooDeep(_ range: Range<Int>) -> ExpressionError {
        ExpressionError(
            kind: .syntax,
            message: "the expression is nested more than \(Self.depthLimit) deep",
            range: range,
            fix: "split it with let"
        )
    }
}
