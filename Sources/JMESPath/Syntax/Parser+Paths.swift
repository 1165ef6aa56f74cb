import JSONSlices

/// Dots, brackets and projections.
extension Parser {
    /// What stands behind a dot: a name, a call, a multi-select or a star, applied to `left`.
    mutating func parseDot(after left: Operand) throws(ExpressionError) -> Operand {
        let first = token
        switch first.kind {
        case .identifier(let name):
            if isAt(.openParenthesis, ahead: 1) { return try parseCall(name, on: left) }
            advance()
            return extended(left, by: .member(JSONKey(name)), to: first.range.upperBound)
        case .quotedIdentifier(let name):
            try refuseQuotedFunctionName()
            advance()
            return extended(left, by: .member(JSONKey(name)), to: first.range.upperBound)
        case .symbol(.star):
            advance()
            return try parseObjectProjection(of: left)
        case .symbol(.openBrace), .symbol(.openBracket):
            let outer = currentIsScope
            currentIsScope = false
            defer { currentIsScope = outer }
            advance()
            let selection =
                first.isOpenBrace
                ? try parseSelectObject(from: first.range.lowerBound)
                : try parseSelectList(from: first.range.lowerBound)
            return try applied(selection, to: left)
        default:
            throw unexpected("a name, '*', '[…]' or '{…}' after the dot")
        }
    }

    /// `left.right`. Where nothing stands before the dot, as behind a projection, `right` also sees null.
    func applied(_ right: Operand, to left: Operand) throws(ExpressionError) -> Operand {
        if case .current = left.node, left.range.isEmpty { return right }
        return try operand(.subexpression(left.node, right.node), over: [left, right], range: span(left, right))
    }

    /// Steps one after the other become one node.
    func extended(_ left: Operand, by step: JSONPath.Step, to end: Int) -> Operand {
        var left = left
        left.range = left.range.lowerBound..<end
        if case .path(let base, let path, _) = left.node {
            left.node = .path(base, JSONPath(path.steps + [step]), range: left.range)
        } else {
            left.node = .path(left.node, JSONPath([step]), range: left.range)
            left.height += 1
        }
        return left
    }

    /// `[n]`, `[a:b:c]` or `[*]`, behind its bracket.
    mutating func parseBracket(after left: Operand) throws(ExpressionError) -> Operand {
        switch token.kind {
        case .number, .symbol(.colon): return try parseIndexOrSlice(of: left)
        case .symbol(.star) where isAt(.closeBracket, ahead: 1):
            advance()
            advance()
            return try parseListProjection(of: left)
        default:
            throw unexpected("an index, a slice or '*'", fix: bracketFix)
        }
    }

    /// A bracket at the start of an expression can also be a multi-select.
    mutating func parseLeadingBracket() throws(ExpressionError) -> Operand {
        let start = token.range.lowerBound
        let isSelection: Bool
        switch token(ahead: 1).kind {
        case .number, .symbol(.colon): isSelection = false
        case .symbol(.star): isSelection = !isAt(.closeBracket, ahead: 2)
        default: isSelection = true
        }
        if isSelection {
            advance()
            return try parseSelectList(from: start)
        }
        let current = try currentValue("'['")
        advance()
        return try parseBracket(after: current)
    }

    private mutating func parseIndexOrSlice(of left: Operand) throws(ExpressionError) -> Operand {
        let start = token.range.lowerBound
        if case .number(let index) = token.kind, isAt(.closeBracket, ahead: 1) {
            advance()
            let end = token.range.upperBound
            advance()
            return extended(left, by: .index(index), to: end)
        }
        var parts: [Int?] = [nil, nil, nil]
        var place = 0
        var stepRange = token.range
        while !isAt(.closeBracket) {
            if case .number(let value) = token.kind, parts[place] == nil {
                parts[place] = value
                stepRange = token.range
                advance()
            } else if isAt(.colon), place < 2 {
                place += 1
                advance()
            } else {
                throw unexpected(place < 2 ? "a number, ':' or ']'" : "a number or ']'", fix: nil)
            }
            if case .number = token.kind, case .number? = previous?.kind { throw unexpected("':' or ']'") }
        }
        let bounds = SliceBounds(
            start: parts[0],
            stop: parts[1],
            step: parts[2] ?? 1,
            range: start..<token.range.upperBound
        )
        guard bounds.step != 0 else {
            throw ExpressionError(kind: .invalidValue, message: "a slice cannot step by 0", range: stepRange)
        }
        advance()
        warnAboutStep(after: .slice)
        let right = try parseProjected(above: BindingPower.projection)
        return try operand(
            .sliceProjection(left.node, bounds, right: right.node),
            over: [left, right],
            range: span(left, right)
        )
    }

    // MARK: Projections

    mutating func parseListProjection(of left: Operand) throws(ExpressionError) -> Operand {
        warnAboutStep(after: .list)
        let right = try parseProjected(above: BindingPower.projection)
        return try operand(
            .listProjection(left.node, right: right.node),
            over: [left, right],
            range: span(left, right)
        )
    }

    mutating func parseObjectProjection(of left: Operand) throws(ExpressionError) -> Operand {
        let right = try parseProjected(above: BindingPower.projection)
        return try operand(
            .objectProjection(left.node, right: right.node),
            over: [left, right],
            range: span(left, right)
        )
    }

    mutating func parseFlatten(after left: Operand) throws(ExpressionError) -> Operand {
        warnAboutStep(after: .flatten)
        let right = try parseProjected(above: BindingPower.flatten)
        return try operand(
            .flattenProjection(left.node, right: right.node),
            over: [left, right],
            range: span(left, right)
        )
    }

    /// `[?condition]`, behind its first two characters.
    mutating func parseFilter(after left: Operand) throws(ExpressionError) -> Operand {
        let outer = currentIsScope
        currentIsScope = false
        defer { currentIsScope = outer }
        let condition = try parseExpression()
        try expect(.closeBracket, "']' at the end of the filter")
        warnAboutStep(after: .filter)
        let right = try parseProjected(above: BindingPower.filter)
        warnAboutLastIndex(right)
        return try operand(
            .filterProjection(left.node, condition: condition.node, right: right.node),
            over: [left, condition, right],
            range: span(left, right)
        )
    }

    /// What is applied to each element of a projection: everything up to a word that binds less than projections do.
    private mutating func parseProjected(above power: Int) throws(ExpressionError) -> Operand {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw tooDeep(token.range) }
        let outer = currentIsScope
        currentIsScope = false
        defer { currentIsScope = outer }
        let end = previous?.range.upperBound ?? 0
        let element = leaf(.current, range: end..<end)
        guard case .symbol(let symbol) = token.kind, BindingPower.of(symbol) > BindingPower.projectionEnd else {
            return element
        }
        // As in all implementations that share their parser: a projection ends with a multi-select right behind it, so
        // that `list[*].{id: id}[0]` is the first object; a filter right behind a filter looks at each element again,
        // although filters bind no more than themselves.
        switch symbol {
        case .dot where isAt(.openBrace, ahead: 1) || isAt(.openBracket, ahead: 1):
            advance()
            return try parseDot(after: element)
        case .filter:
            advance()
            return try parseOperators(after: try parseFilter(after: element), above: power)
        default: return try parseOperators(after: element, above: power)
        }
    }
}

extension Token {
    fileprivate var isOpenBrace: Bool {
        if case .symbol(.openBrace) = kind { return true }
        return false
    }
}
