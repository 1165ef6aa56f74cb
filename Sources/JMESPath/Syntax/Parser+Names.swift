import JSONSlices

/// What names mean: a field of the current value, a variable, or a name of the scope.
extension Parser {
    /// A name that starts an expression.
    mutating func parseField(_ name: String) throws(ExpressionError) -> Operand {
        let range = token.range
        advance()
        guard currentIsScope else {
            warnAboutConstant(name, at: range)
            return extended(leaf(.current, range: range), by: .member(JSONKey(name)), to: range.upperBound)
        }
        return try resolve(name, from: range.lowerBound, at: range, prefix: "")
    }

    /// `$name`: the innermost variable of that name, or else the name of the scope.
    mutating func parseVariable(_ name: String) throws(ExpressionError) -> Operand {
        let range = token.range
        advance()
        if isAt(.openParenthesis) { throw unexpectedCall(of: "$\(name)", at: range) }
        if let place = variables.lastIndex(of: name) { return leaf(.variable(place), range: range) }
        return try resolve(name, from: range.lowerBound, at: range, prefix: "$")
    }

    /// `@` or `$`. Where the scope stands for the document, they only lead to its names.
    mutating func parseCurrentOrRoot(_ symbol: Symbol) throws(ExpressionError) -> Operand {
        let range = token.range
        advance()
        if isAt(.openParenthesis) { throw unexpectedCall(of: symbol.rawValue, at: range) }
        let isScope = symbol == .root ? root == .scope : currentIsScope
        guard isScope else { return leaf(symbol == .root ? .root : .current, range: range) }
        if isAt(.dot), let name = name(ahead: 1), !isAt(.openParenthesis, ahead: 2) {
            advance()
            let nameRange = token.range
            advance()
            return try resolve(name, from: range.lowerBound, at: nameRange, prefix: "\(symbol.rawValue).")
        }
        throw ExpressionError(
            kind: .unknownName,
            message: "'\(symbol.rawValue)' is no value here",
            range: range,
            fix: "name what you need, as in \(symbol.rawValue).name"
        )
    }

    /// The value that a word like `*` or `[0]` at the start of an expression applies to.
    func currentValue(_ word: String) throws(ExpressionError) -> Operand {
        guard currentIsScope else { return implicitCurrent() }
        throw ExpressionError(
            kind: .unknownName,
            message: "\(word) has nothing to apply to here",
            range: token.range,
            fix: "name a value first"
        )
    }

    /// Follows a name of the scope until it names a value.
    ///
    /// - Parameters:
    ///   - start: where the name begins, its prefix included.
    ///   - range: the first identifier.
    ///   - prefix: what stands before it: nothing, `$`, `$.` or `@.`.
    private mutating func resolve(
        _ name: String,
        from start: Int,
        at range: Range<Int>,
        prefix: String
    ) throws(ExpressionError) -> Operand {
        var path = [name]
        var last = range
        while true {
            switch scope.resolve(path) {
            case .slot(let slot):
                slots.insert(slot)
                return leaf(.slot(slot), range: start..<last.upperBound)
            case .unknown(let message):
                throw ExpressionError(
                    kind: prefix == "$" && root == .document ? .undefinedVariable : .unknownName,
                    message: message,
                    range: last,
                    fix: unknownNameFix(path, at: last)
                )
            case .namespace(let hint):
                guard isAt(.dot), let next = self.name(ahead: 1), !isAt(.openParenthesis, ahead: 2) else {
                    throw ExpressionError(
                        kind: .unknownName,
                        message: "'\(prefix)\(path.joined(separator: "."))' is no value by itself; \(hint)",
                        range: start..<last.upperBound
                    )
                }
                advance()
                last = token.range
                advance()
                path.append(next)
            }
        }
    }

    private func name(ahead offset: Int) -> String? {
        switch token(ahead: offset).kind {
        case .identifier(let name), .quotedIdentifier(let name): name
        default: nil
        }
    }
}
