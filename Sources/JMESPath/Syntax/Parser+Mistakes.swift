import JSONSlices

/// Messages for what cannot be read, with the fix where the mistake is a common one; and warnings for what can be read
/// but hardly meant.
extension Parser {
    /// A `syntax` error at the current token.
    func unexpected(_ expectation: String, fix: String? = nil) -> ExpressionError {
        let found =
            switch token.kind {
            case .end: "the expression ends"
            case .identifier(let name): "found '\(name)'"
            case .quotedIdentifier(let name): "found \"\(name)\""
            case .variable(let name): "found '$\(name)'"
            case .literal(let value): value.string == nil ? "found a literal" : "found a string"
            case .number(let number): "found the number \(number)"
            case .symbol(let symbol): "found '\(symbol.rawValue)'"
            }
        return ExpressionError(
            kind: .syntax,
            message: "\(found) where \(expectation) was expected",
            range: token.range,
            fix: fix ?? commonFix
        )
    }

    private var commonFix: String? {
        switch token.kind {
        case .number(let number):
            if case .identifier(let name)? = previous?.kind, number < 0, isGlued {
                return "a name with a hyphen is quoted: \"\(name)\(number)\""
            }
            return isAfterDot
                ? "a name that is a number is quoted: \"\(number)\""
                : "numbers are written in backticks: `\(number)`"
        case .identifier("and"): return "write &&"
        case .identifier("or"): return "write ||"
        case .identifier("not"): return "write !"
        case .identifier("in"): return "write contains(list, value)"
        case .symbol(.assign): return "to compare, write =="
        case .symbol(.question): return "a conditional is written condition ? value : other"
        case .literal where isAfterDot: return "a name with special characters is written in double quotes"
        case .variable where isAfterDot: return "write lookup(object, $key)"
        case .symbol(.current), .symbol(.root), .symbol(.openParenthesis):
            return isAfterDot ? "write a pipe: … | (…)" : nil
        case .symbol(.closeBrace), .symbol(.closeBracket), .symbol(.closeParenthesis):
            if case .symbol(.comma)? = previous?.kind { return "take the last comma away" }
            return nil
        default: return nil
        }
    }

    /// The fix for something in brackets that is neither an index nor a slice.
    var bracketFix: String? {
        switch token.kind {
        case .identifier(let name): "a member is written .\(name), a condition [?\(name) …]"
        case .quotedIdentifier(let name): "a member is written .\"\(name)\""
        case .literal(let value): value.string.map { "a member is written .\"\($0)\"" } ?? "an index has no backticks"
        case .variable(let name): "write lookup(value, $\(name))"
        default: nil
        }
    }

    /// The fix for a name that the scope does not know, from what stands around it.
    func unknownNameFix(_ path: [String], at range: Range<Int>) -> String? {
        let name = path.joined(separator: ".")
        let index = tokens.firstIndex { $0.range == range } ?? 0
        if case .quotedIdentifier = tokens[index].kind { return "a string is written in single quotes: '\(name)'" }
        guard index >= 2, case .symbol(.minus) = tokens[index - 1].kind,
            tokens[index - 1].range.upperBound == range.lowerBound,
            tokens[index - 2].range.upperBound == tokens[index - 1].range.lowerBound,
            case .identifier(let before) = tokens[index - 2].kind
        else { return nil }
        return "a name with a hyphen is quoted: \"\(before)-\(name)\""
    }

    private var isAfterDot: Bool {
        if case .symbol(.dot)? = previous?.kind { return true }
        return false
    }

    /// Whether no space stands before the current token.
    private var isGlued: Bool {
        previous?.range.upperBound == token.range.lowerBound
    }

    // MARK: Warnings

    var isLiteralNext: Bool {
        if case .literal = token.kind { return true }
        return false
    }

    /// `plan == "gold"` compares with the field of that name.
    mutating func warnAboutQuotedName(at index: Int, isOther: Bool) {
        guard isOther, tokens.indices.contains(index), case .quotedIdentifier(let name) = tokens[index].kind else {
            return
        }
        if case .symbol(.dot)? = index > 0 ? tokens[index - 1].kind : nil { return }
        warnings.append(
            ExpressionWarning(
                message: "\"\(name)\" is the field of that name, not a string",
                range: tokens[index].range,
                fix: "a string is written in single quotes: '\(name)'"
            )
        )
    }

    /// `!user.premium` is the member `premium` of a boolean: always null.
    mutating func warnAboutNot(_ range: Range<Int>) {
        warnings.append(
            ExpressionWarning(
                message: "'!' binds more than '.': what follows the dot is looked up in true or false",
                range: range,
                fix: "write !(…) around the whole path"
            )
        )
    }
}
