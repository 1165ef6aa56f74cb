import JSONSlices

/// Warnings about what can be read but is hardly meant.
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

    // MARK: Projections

    enum Projection {
        case list, flatten, filter, slice
    }

    /// A filter, an index or a slice right behind a projection applies to each element: `[a, b][][?x]` is always empty,
    /// and so is `list[?x][0]` unless the elements are lists.
    mutating func warnAboutStep(after projection: Projection) {
        if isAt(.filter) {
            let fix =
                switch projection {
                case .list: "write [?…] without [*]"
                case .filter: "write both conditions in one: [?… && …]"
                case .flatten, .slice: "write a pipe before it: … | [?…]"
                }
            return warn("this filter looks into each element, and does not filter the list", at: token.range, fix: fix)
        }
        guard projection != .list, isAt(.openBracket) else { return }
        switch self.token(ahead: 1).kind {
        case .number, .symbol(.colon):
            warn(
                "this index or slice is applied to each element, and not to the list",
                at: token.range.lowerBound..<self.token(ahead: 1).range.upperBound,
                fix: "write a pipe before it: … | […]"
            )
        default: break
        }
    }

    /// `users[?id == $id].name[0]` takes the first element of each name.
    mutating func warnAboutLastIndex(_ right: Operand) {
        guard case .path(.current, let path, _) = right.node, path.steps.count > 1,
            case .index(let index)? = path.steps.last, index == 0 || index == -1
        else { return }
        warn(
            "this takes an element of each result, and not a result",
            at: right.range,
            fix: "for the one result, write a pipe before the index: … | [\(index)]"
        )
    }

    /// `zip(items[].id, items[].name)`: where one item has no name, the names of all others move up.
    mutating func warnAboutZip(_ arguments: [Call.Argument]) {
        let projected = arguments.map { $0.node.projected }
        guard arguments.count > 1, let place = projected.firstIndex(where: { $0?.canBeNull == true }) else { return }
        let names = projected.compactMap { $0?.memberName }
        let fix =
            names.count == arguments.count
            ? "write list[*].[\(names.joined(separator: ", "))], or map(&\(names[place]), list)"
            : "select the pairs in one step, list[*].[a, b], or keep nulls with map(&a, list)"
        warn(
            "elements that are null are left out here, and those behind them move up: "
                + "the pairs no longer belong together",
            at: arguments[place].range,
            fix: fix
        )
    }

    /// `list[*].name | [2]` is the third name that there is, and not the name of the third.
    mutating func warnAboutShiftedIndex(_ left: Node, _ right: Operand) {
        guard case .listProjection(_, let projected) = left, projected.canBeNull,
            case .path(.current, let path, _) = right.node, case .index(let index)? = path.steps.first,
            index != 0, index != -1
        else { return }
        let name = projected.memberName.map { ".\($0)" } ?? ".…"
        warn(
            "elements that are null are left out before this counts",
            at: right.range,
            fix: "for what the element at that place has, write list[\(index)]\(name)"
        )
    }
}

extension Node {
    /// What a projection applies to each element; nil for anything else.
    fileprivate var projected: Node? {
        switch self {
        case .listProjection(_, let right), .objectProjection(_, let right), .flattenProjection(_, let right),
            .filterProjection(_, _, let right), .sliceProjection(_, _, let right):
            right
        default: nil
        }
    }

    /// Whether it reads something that an element may not have.
    fileprivate var canBeNull: Bool {
        switch self {
        case .path, .subexpression: true
        default: false
        }
    }

    fileprivate var memberName: String? {
        guard case .path(.current, let path, _) = self, path.steps.count == 1, case .member(let key)? = path.steps.first
        else { return nil }
        return key.string
    }
}

extension Token {
    fileprivate var isDot: Bool {
        if case .symbol(.dot) = kind { return true }
        return false
    }
}
