import JSONSlices

/// Messages for what cannot be read, with the fix where the mistake is a common one.
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
        if case .identifier("not")? = previous?.kind, !isAfterOperand(at: position - 1) { return "not is written !" }
        switch token.kind {
        case .number(let number):
            if case .identifier(let name)? = previous?.kind, number < 0, isGlued {
                return "a name with a hyphen is quoted: \"\(name)\(number)\""
            }
            if number < 0, !isAfterDot, isAfterOperand { return "write - `\(number.magnitude)`" }
            return isAfterDot
                ? "a name that is a number is quoted: \"\(number)\""
                : "numbers are written in backticks: `\(number)`"
        case .identifier("and"): return "write &&"
        case .identifier("or"): return "write ||"
        case .identifier("not"): return "write !"
        case .identifier("in"): return "write contains(list, value)"
        case .identifier("is"): return "to compare, write =="
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
        if path.count == 1, Self.constants.contains(name) { return "\(name) is written in backticks: `\(name)`" }
        if path.dropLast().last == "headers", let last = path.last, last != last.lowercased() {
            return "write \"\((hyphenatedName(at: index) ?? last).lowercased())\""
        }
        if let whole = hyphenatedName(at: index) { return "a name with a hyphen is quoted: \"\(whole)\"" }
        guard path.count == 1, index > 0, case .symbol(let symbol) = tokens[index - 1].kind else { return nil }
        return [.equal, .notEqual].contains(symbol) ? "a string is written in single quotes: '\(name)'" : nil
    }

    /// The words of JSON that are names in JMESPath.
    static var constants: Set<String> { ["true", "false", "null"] }

    /// The whole name when the identifier at the index is a part of one like `x-rate-limit`, written without spaces.
    func hyphenatedName(at index: Int) -> String? {
        guard identifier(at: index) != nil else { return nil }
        var first = index
        while isHyphen(at: first - 1), identifier(at: first - 2) != nil { first -= 2 }
        var last = index
        while isHyphen(at: last + 1), identifier(at: last + 2) != nil { last += 2 }
        guard first < last else { return nil }
        return stride(from: first, through: last, by: 2).compactMap(identifier(at:)).joined(separator: "-")
    }

    /// Whether the minus at the index is not the first one of such a name.
    func startsInsideHyphenatedName(at index: Int) -> Bool {
        isHyphen(at: index - 2) && identifier(at: index - 3) != nil
    }

    private func identifier(at index: Int) -> String? {
        guard tokens.indices.contains(index), case .identifier(let name) = tokens[index].kind else { return nil }
        return name
    }

    /// A minus without a space before or behind it.
    private func isHyphen(at index: Int) -> Bool {
        guard index > 0, index + 1 < tokens.count, case .symbol(.minus) = tokens[index].kind else { return false }
        return tokens[index - 1].range.upperBound == tokens[index].range.lowerBound
            && tokens[index].range.upperBound == tokens[index + 1].range.lowerBound
    }

    /// Whether what stands before the current token ends a value.
    private var isAfterOperand: Bool {
        isAfterOperand(at: position)
    }

    private func isAfterOperand(at index: Int) -> Bool {
        guard index > 0, tokens.indices.contains(index - 1) else { return false }
        switch tokens[index - 1].kind {
        case .identifier, .quotedIdentifier, .variable, .literal: return true
        case .symbol(let symbol):
            return [.closeParenthesis, .closeBrace, .closeBracket, .flatten, .current, .root].contains(symbol)
        case .number, .end: return false
        }
    }

    private var isAfterDot: Bool {
        if case .symbol(.dot)? = previous?.kind { return true }
        return false
    }

    /// Whether no space stands before the current token.
    private var isGlued: Bool {
        previous?.range.upperBound == token.range.lowerBound
    }
}
