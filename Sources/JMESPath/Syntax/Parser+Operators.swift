import JSONSlices

/// How strongly the words bind, from the reference implementation: what binds more is applied first.
enum BindingPower {
    static let pipe = 1
    static let conditional = 2
    static let or = 3
    static let and = 4
    static let comparison = 5
    static let sum = 6
    static let product = 7
    static let flatten = 9
    /// A projection goes on over the words that bind more than this.
    static let projectionEnd = 10
    static let projection = 20
    static let filter = 21
    static let dot = 40
    static let not = 45
    static let bracket = 55

    static func of(_ symbol: Symbol) -> Int {
        switch symbol {
        case .pipe: pipe
        case .question: conditional
        case .or: or
        case .and: and
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: comparison
        case .plus, .minus: sum
        case .star, .multiply, .divide, .divideToInteger, .remainder: product
        case .flatten: flatten
        case .filter: filter
        case .dot: dot
        case .openBracket: bracket
        default: 0
        }
    }
}

extension Parser {
    /// Reads an operand and every operator after it that binds more than `power`.
    mutating func parseExpression(above power: Int = 0) throws(ExpressionError) -> Operand {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw tooDeep(token.range) }
        return try parseOperators(after: try parseOperand(), above: power)
    }

    mutating func parseOperators(after first: Operand, above power: Int) throws(ExpressionError) -> Operand {
        var left = first
        var length = 0
        while case .symbol(let symbol) = token.kind, BindingPower.of(symbol) > power {
            length += 1
            guard length <= Self.chainLimit else { throw tooLong(token.range) }
            advance()
            left = try parse(symbol, after: left)
        }
        return left
    }

    private mutating func parse(
        _ symbol: Symbol,
        after left: Operand
    ) throws(ExpressionError) -> Operand {
        switch symbol {
        case .dot: try parseDot(after: left)
        case .openBracket: try parseBracket(after: left)
        case .filter: try parseFilter(after: left)
        case .flatten: try parseFlatten(after: left)
        case .pipe: try parsePipe(after: left)
        case .question: try parseConditional(after: left)
        case .or, .and: try parseLogical(symbol, after: left)
        case .equal: try parseComparison(.equal, after: left)
        case .notEqual: try parseComparison(.notEqual, after: left)
        case .less: try parseComparison(.less, after: left)
        case .lessOrEqual: try parseComparison(.lessOrEqual, after: left)
        case .greater: try parseComparison(.greater, after: left)
        case .greaterOrEqual: try parseComparison(.greaterOrEqual, after: left)
        case .plus: try parseArithmetic(.add, above: BindingPower.sum, after: left)
        case .minus: try parseArithmetic(.subtract, above: BindingPower.sum, after: left)
        case .star, .multiply: try parseArithmetic(.multiply, above: BindingPower.product, after: left)
        case .divide: try parseArithmetic(.divide, above: BindingPower.product, after: left)
        case .divideToInteger: try parseArithmetic(.divideToInteger, above: BindingPower.product, after: left)
        case .remainder: try parseArithmetic(.remainder, above: BindingPower.product, after: left)
        default: throw unexpected("an operator")
        }
    }

    private mutating func parsePipe(after left: Operand) throws(ExpressionError) -> Operand {
        let outer = currentIsScope
        currentIsScope = false
        defer { currentIsScope = outer }
        let right = try parseExpression(above: BindingPower.pipe)
        warnAboutShiftedIndex(left.node, right)
        return try operand(.pipe(left.node, right.node), over: [left, right], range: span(left, right))
    }

    /// `condition ? then : otherwise`; chains to the right.
    private mutating func parseConditional(after condition: Operand) throws(ExpressionError) -> Operand {
        let then = try parseExpression()
        try expect(.colon, "':' and the value for when the condition is false")
        let otherwise = try parseExpression(above: BindingPower.conditional - 1)
        return try operand(
            .conditional(condition.node, then: then.node, otherwise: otherwise.node),
            over: [condition, then, otherwise],
            range: span(condition, otherwise)
        )
    }

    /// Chains of the same operator become one node.
    private mutating func parseLogical(_ symbol: Symbol, after left: Operand) throws(ExpressionError) -> Operand {
        let right = try parseExpression(above: BindingPower.of(symbol))
        if symbol == .or { warnAboutLiteralAlternative(left.node, right) }
        let range = span(left, right)
        var chain = left
        switch (symbol, left.node) {
        case (.or, .or(let operands)): chain.node = .or(operands + [right.node])
        case (.and, .and(let operands)): chain.node = .and(operands + [right.node])
        default:
            let node: Node = symbol == .or ? .or([left.node, right.node]) : .and([left.node, right.node])
            return try operand(node, over: [left, right], range: range)
        }
        guard right.height < Self.depthLimit else { throw tooDeep(range) }
        chain.height = max(left.height, right.height + 1)
        chain.range = range
        return chain
    }

    private mutating func parseComparison(
        _ comparison: Comparison.Operator,
        after left: Operand
    ) throws(ExpressionError) -> Operand {
        warnAboutQuotedName(at: position - 2, isOther: isLiteralNext)
        let start = position
        let right = try parseExpression(above: BindingPower.comparison)
        if position == start + 1 { warnAboutQuotedName(at: start, isOther: true) }
        let range = span(left, right)
        var text: JSONKey?
        if case .literal(let value) = right.node { text = value.string.map { JSONKey($0) } }
        return try operand(
            .comparison(
                Comparison(operator: comparison, left: left.node, right: right.node, text: text, range: range)
            ),
            over: [left, right],
            range: range
        )
    }

    private mutating func parseArithmetic(
        _ arithmetic: Arithmetic.Operator,
        above power: Int,
        after left: Operand
    ) throws(ExpressionError) -> Operand {
        if arithmetic == .subtract { warnAboutHyphen(at: position - 1) }
        let right = try parseExpression(above: power)
        let node = Node.arithmetic(
            Arithmetic(
                operator: arithmetic,
                left: left.node,
                right: right.node,
                leftRange: left.range,
                rightRange: right.range
            )
        )
        return try operand(node, over: [left, right], range: span(left, right))
    }

    func span(_ left: Operand, _ right: Operand) -> Range<Int> {
        min(left.range.lowerBound, right.range.lowerBound)..<max(left.range.upperBound, right.range.upperBound)
    }
}
