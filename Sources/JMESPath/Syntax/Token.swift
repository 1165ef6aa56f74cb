import JSONSlices

/// A word of an expression.
struct Token: Sendable {
    enum Kind: Sendable {
        case identifier(String)
        case quotedIdentifier(String)
        /// `$name`, without the dollar sign.
        case variable(String)
        /// A JSON literal in backticks, or a raw string.
        case literal(JSONValue)
        /// Only an index or a slice may have one. What does not fit is the nearest number that does.
        case number(Int)
        case symbol(Symbol)
        case end
    }

    var kind: Kind

    /// UTF-8 offsets into the source.
    var range: Range<Int>
}

/// The words that consist of punctuation.
enum Symbol: String, Sendable {
    case dot = "."
    case star = "*"
    case comma = ","
    case colon = ":"
    case current = "@"
    case root = "$"
    case openParenthesis = "("
    case closeParenthesis = ")"
    case openBrace = "{"
    case closeBrace = "}"
    case openBracket = "["
    case closeBracket = "]"
    case flatten = "[]"
    case filter = "[?"
    case question = "?"
    case pipe = "|"
    case or = "||"
    case and = "&&"
    case reference = "&"
    case not = "!"
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case assign = "="
    case plus = "+"
    case minus = "-"
    case multiply = "×"
    case divide = "/"
    case divideToInteger = "//"
    case remainder = "%"
}
