import JSONSlices

/// Warnings about names and operators that can be read but are hardly meant.
extension Parser {
    mutating func warn(_ message: String, at range: Range<Int>, fix: String? = nil) {
        warnings.append(ExpressionWarning(message: message, range: range, fix: fix))
    }

    var isLiteralNext: Bool {
        if case .literal = token.kind { return true }
        return false
    }

    // MARK: Names

    /// `plan == "gold"` compares with the field of that name.
    mutating func warnAboutQuotedName(at index: Int, isOther: Bool) {
        guard isOther, let name = quotedName(at: index) else { return }
        warn(
            "\"\(name)\" is the field of that name, not a string",
            at: tokens[index].range,
            fix: "a string is written in single quotes: '\(name)'"
        )
    }

    /// `join(",", tags)` joins with the value of a field whose name is a comma. A name that has to be quoted, as
    /// `"content-type"` has, is taken for one.
    mutating func warnAboutQuotedArgument(at index: Int, _ parameter: ValueTypes) {
        guard parameter == .string, let name = quotedName(at: index) else { return }
        let bytes = name.utf8
        let needsNoQuotes =
            bytes.first.map(Lexer.startsIdentifier) == true
            && bytes.allSatisfy { Lexer.startsIdentifier($0) || Lexer.isDigit($0) }
        let isNoWord = !bytes.contains { Lexer.startsIdentifier($0) || Lexer.isDigit($0) || $0 >= 0x80 }
        guard needsNoQuotes || isNoWord else { return }
        warnAboutQuotedName(at: index, isOther: true)
    }

    /// A quoted name that stands for itself and not for a member of what is before it.
    private func quotedName(at index: Int) -> String? {
        guard tokens.indices.contains(index), case .quotedIdentifier(let name) = tokens[index].kind else { return nil }
        if index > 0, case .symbol(.dot) = tokens[index - 1].kind { return nil }
        return name
    }

    /// `x == null` compares with a field.
    mutating func warnAboutConstant(_ name: String, at range: Range<Int>) {
        guard Self.constants.contains(name) else { return }
        warn("\(name) without backticks is the field of that name", at: range, fix: "write `\(name)`")
    }

    /// `headers.x-beta` is a subtraction. Between two names of the scope it can only be meant.
    mutating func warnAboutHyphen(at index: Int) {
        guard let name = hyphenatedName(at: index - 1), hyphenatedName(at: index + 1) == name else { return }
        let isMember = index > 1 && tokens[index - 2].isDot
        guard isMember || !currentIsScope, !startsInsideHyphenatedName(at: index), !isAt(.openParenthesis, ahead: 1)
        else { return }
        warn(
            "this subtracts: '-' is no part of a name",
            at: tokens[index - 1].range.lowerBound..<tokens[index + 1].range.upperBound,
            fix: "a name with a hyphen is quoted: \"\(name)\"; a subtraction has spaces around its sign"
        )
    }

    /// `select` reads `request.id` from the answer of the backend, and not from the request.
    mutating func warnAboutScopeNames(_ node: Node) {
        guard root == .document else { return }
        var probe = scope
        var seen: Set<String> = []
        for (path, range) in node.rootPaths() where Self.reserved.contains(path[0]) && seen.insert(path[0]).inserted {
            if case .unknown = probe.resolve([path[0]]) { continue }
            if path[0] != "item" {
                guard path.count > 1 else { continue }
                if case .unknown = probe.resolve(Array(path.prefix(2))) { continue }
            }
            warn(
                "'\(path[0])' is a member of the document here",
                at: range.lowerBound..<min(range.lowerBound + path[0].utf8.count, range.upperBound),
                fix: "the name of the composition is written $\(path[0])"
            )
        }
    }

    /// Names that every composition has, and whose values no backend's answer is likely to have at its top.
    private static var reserved: Set<String> { ["request", "calls", "item"] }

    /// `{a: x, a: y}`.
    mutating func warnAboutRepeatedKey(_ key: String, at range: Range<Int>) {
        warn("the key '\(key)' stands twice: only its last value is taken", at: range)
    }

    // MARK: Operators

    /// `!user.premium` is the member `premium` of a boolean: always null. So is everything else that binds less than `!`.
    mutating func warnAboutNot(from start: Int) {
        guard case .symbol(let symbol) = token.kind, [.dot, .filter, .flatten].contains(symbol) else { return }
        warn(
            "'!' binds more than '\(symbol.rawValue)': what follows is looked up in true or false",
            at: start..<token.range.upperBound,
            fix: "write !(…) around the whole path"
        )
    }

    /// `x == 'a' || 'b'`: the text is true by itself.
    mutating func warnAboutLiteralAlternative(_ left: Node, _ right: Operand) {
        let before = if case .or(let operands) = left { operands.last ?? left } else { left }
        guard case .comparison(let comparison) = before, comparison.operator == .equal,
            case .literal(let value) = right.node, value.isTrue, value.kind == .string || value.kind == .number
        else { return }
        warn(
            "a value by itself is not compared with anything: this one is always true",
            at: right.range,
            fix: "write contains([…], value) to compare with several"
        )
    }
}

extension Token {
    fileprivate var isDot: Bool {
        if case .symbol(.dot) = kind { return true }
        return false
    }
}
