import JSONSlices

/// What an expression can begin with.
extension Parser {
    mutating func parseOperand() throws(ExpressionError) -> Operand {
        let first = token
        switch first.kind {
        case .literal(let value):
            advance()
            return leaf(.literal(value), range: first.range)
        case .variable(let name): return try parseVariable(name)
        case .identifier(let name):
            if name == "let", case .variable = token(ahead: 1).kind { return try parseLet() }
            if isAt(.openParenthesis, ahead: 1) { return try parseCall(name, on: implicitCurrent()) }
            return try parseField(name)
        case .quotedIdentifier(let name):
            try refuseQuotedFunctionName()
            return try parseField(name)
        case .number, .end: throw unexpected("an expression")
        case .symbol(let symbol): return try parseOperand(startingWith: symbol)
        }
    }

    private mutating func parseOperand(startingWith symbol: Symbol) throws(ExpressionError) -> Operand {
        let range = token.range
        switch symbol {
        case .current, .root: return try parseCurrentOrRoot(symbol)
        case .openBrace:
            advance()
            return try parseSelectObject(from: range.lowerBound)
        case .openBracket: return try parseLeadingBracket()
        case .star:
            let current = try currentValue("'*'")
            advance()
            return try parseObjectProjection(of: current)
        case .flatten:
            let current = try currentValue("'[]'")
            advance()
            return try parseFlatten(after: current)
        case .filter:
            let current = try currentValue("'[?'")
            advance()
            return try parseFilter(after: current)
        case .openParenthesis: return try parseParenthesized()
        case .not: return try parseNot()
        case .minus, .plus: return try parseSign(symbol)
        case .reference:
            throw ExpressionError(
                kind: .syntax,
                message: "found '&' where a value must stand: "
                    + "an expression reference can only be a function's argument",
                range: range,
                fix: "and is written &&"
            )
        default: throw unexpected("an expression")
        }
    }

    private mutating func parseParenthesized() throws(ExpressionError) -> Operand {
        let start = token.range.lowerBound
        advance()
        var inner = try parseExpression()
        let end = token.range.upperBound
        try expect(.closeParenthesis, "')'")
        // Operators of one kind are joined only where the author wrote no parentheses, so that ranges stay true.
        inner.range = start..<end
        return inner
    }

    private mutating func parseNot() throws(ExpressionError) -> Operand {
        let sign = token.range
        advance()
        let value = try parseExpression(above: BindingPower.not)
        warnAboutNot(from: sign.lowerBound)
        return try operand(.not(value.node), over: [value], range: sign.lowerBound..<value.range.upperBound)
    }

    private mutating func parseSign(_ symbol: Symbol) throws(ExpressionError) -> Operand {
        let sign = token.range
        advance()
        let value = try parseExpression(above: BindingPower.sum)
        let range = sign.lowerBound..<value.range.upperBound
        let node: Node =
            symbol == .minus
            ? .negation(value.node, range: value.range) : .affirmation(value.node, range: value.range)
        return try operand(node, over: [value], range: range)
    }

    /// `let $a = x, $b = y in body`. The values do not see the variables bound beside them (JEP-11a).
    private mutating func parseLet() throws(ExpressionError) -> Operand {
        let start = token.range.lowerBound
        advance()
        var names: [String] = []
        var values: [Operand] = []
        while true {
            guard case .variable(let name) = token.kind else { throw unexpected("a variable, as in $name") }
            advance()
            try expect(.assign, "'=' and the value of $\(name)")
            values.append(try parseExpression())
            names.append(name)
            if case .identifier("in") = token.kind { break }
            try expect(.comma, "',' and another variable, or 'in' and an expression")
        }
        advance()
        variables += names
        defer { variables.removeLast(names.count) }
        let body = try parseExpression()
        return try operand(
            .bind(values.map(\.node), body: body.node),
            over: values + [body],
            range: start..<body.range.upperBound
        )
    }

    // MARK: Multi-selects

    /// `{key: expression, …}`, behind its brace.
    mutating func parseSelectObject(from start: Int) throws(ExpressionError) -> Operand {
        var keys: Set<ExactString> = []
        var members: [ObjectSelection.Member] = []
        var values: [Operand] = []
        while true {
            let key: String
            switch token.kind {
            case .identifier(let name), .quotedIdentifier(let name): key = name
            default: throw unexpected("a key, as in {name: expression}")
            }
            if !keys.insert(ExactString(key)).inserted { warnAboutRepeatedKey(key, at: token.range) }
            advance()
            try expect(.colon, "':' and the value of '\(key)'")
            let value = try parseExpression()
            values.append(value)
            members.append(ObjectSelection.Member(key: key, value: value.node))
            if isAt(.closeBrace) { break }
            try expect(.comma, "',' or '}'")
        }
        let end = token.range.upperBound
        advance()
        return try operand(.selectObject(ObjectSelection(members)), over: values, range: start..<end)
    }

    /// `[expression, …]`, behind its bracket.
    mutating func parseSelectList(from start: Int) throws(ExpressionError) -> Operand {
        var values: [Operand] = []
        while true {
            values.append(try parseExpression())
            if isAt(.closeBracket) { break }
            try expect(.comma, "',' or ']'")
        }
        let end = token.range.upperBound
        advance()
        return try operand(.selectList(values.map(\.node)), over: values, range: start..<end)
    }
}
