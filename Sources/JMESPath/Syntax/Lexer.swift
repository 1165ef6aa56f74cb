import JSONSlices

/// Cuts an expression into words.
struct Lexer {
    let bytes: [UInt8]
    var position = 0

    /// - Throws: `syntax` for a character that starts no word, a quotation that does not end, and a literal that is not
    ///   JSON.
    static func tokens(of source: String) throws(ExpressionError) -> [Token] {
        var lexer = Lexer(bytes: Array(source.utf8))
        var tokens: [Token] = []
        repeat {
            tokens.append(try lexer.next())
        } while !tokens.endsWithEnd
        return tokens
    }

    /// The byte at an offset from the position; 0, which starts no word, beyond the end.
    func byte(ahead offset: Int = 0) -> UInt8 {
        position + offset < bytes.count ? bytes[position + offset] : 0
    }

    private mutating func next() throws(ExpressionError) -> Token {
        while [0x20, 0x09, 0x0A, 0x0D].contains(byte()) { position += 1 }
        let start = position
        guard start < bytes.count else { return Token(kind: .end, range: start..<start) }
        let kind: Token.Kind
        switch byte() {
        case UInt8(ascii: "'"): kind = .literal(.string(try rawString()))
        case UInt8(ascii: "`"): kind = .literal(try jsonLiteral())
        case UInt8(ascii: "\""): kind = .quotedIdentifier(try quotedIdentifier())
        case let first where Self.startsIdentifier(first): kind = .identifier(identifier())
        case let first where Self.isDigit(first): kind = .number(number())
        case UInt8(ascii: "-") where Self.isDigit(byte(ahead: 1)): kind = .number(number())
        case UInt8(ascii: "$") where Self.startsIdentifier(byte(ahead: 1)):
            position += 1
            kind = .variable(identifier())
        default: kind = .symbol(try symbol())
        }
        return Token(kind: kind, range: start..<position)
    }

    static func startsIdentifier(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (byte | 0x20) &- UInt8(ascii: "a") < 26
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10
    }

    private mutating func identifier() -> String {
        let start = position
        while Self.startsIdentifier(byte()) || Self.isDigit(byte()) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// The sign and the digits; out of range it is the nearest number in range, which as an index is as far outside any
    /// list.
    private mutating func number() -> Int {
        let isNegative = byte() == UInt8(ascii: "-")
        if isNegative { position += 1 }
        var value = 0
        while Self.isDigit(byte()) {
            let digit = Int(byte() &- UInt8(ascii: "0"))
            let (tens, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = tens.addingReportingOverflow(digit)
            value = tooLarge || overflow ? .max : sum
            position += 1
        }
        return isNegative ? -value : value
    }

    private mutating func symbol() throws(ExpressionError) -> Symbol {
        // Longest first. The en dash stands for minus in the specification's own text.
        let spellings: [(StaticString, Symbol)] = [
            ("[]", .flatten), ("[?", .filter), ("||", .or), ("&&", .and), ("==", .equal), ("!=", .notEqual),
            ("<=", .lessOrEqual), (">=", .greaterOrEqual), ("//", .divideToInteger),
            ("×", .multiply), ("÷", .divide), ("−", .minus), ("–", .minus),
            (".", .dot), ("*", .star), (",", .comma), (":", .colon), ("@", .current), ("$", .root),
            ("(", .openParenthesis), (")", .closeParenthesis), ("{", .openBrace), ("}", .closeBrace),
            ("[", .openBracket), ("]", .closeBracket), ("?", .question), ("|", .pipe), ("&", .reference),
            ("!", .not), ("<", .less), (">", .greater), ("=", .assign), ("+", .plus), ("-", .minus),
            ("/", .divide), ("%", .remainder),
        ]
        for (spelling, symbol) in spellings
        where spelling.withUTF8Buffer({ bytes[position...].starts(with: $0) }) {
            position += spelling.utf8CodeUnitCount
            return symbol
        }
        throw unknownCharacter()
    }

    private func unknownCharacter() -> ExpressionError {
        let character = String(decoding: bytes[position...].prefix(4), as: UTF8.self).unicodeScalars.first ?? " "
        let fix: String? =
            switch character {
            case "“", "”", "‘", "’": "strings are written in straight single quotes: 'text'"
            case "\\": "a backslash only escapes inside quotes"
            case "^": "there is no power operator"
            case ";": "bindings are separated by ',', steps by '|'"
            default:
                character.properties.isAlphabetic ? "quote a name with letters beyond A to Z: \"\(character)…\"" : nil
            }
        return ExpressionError(
            kind: .syntax,
            message: "found \(describe(character)), which starts nothing in JMESPath",
            range: position..<min(position + UTF8.width(character), bytes.count),
            fix: fix
        )
    }

    private func describe(_ character: Unicode.Scalar) -> String {
        character.value < 0x20 || character.value == 0x7F
            ? "the control character U+\(String(character.value, radix: 16, uppercase: true))" : "'\(character)'"
    }
}

extension [Token] {
    fileprivate var endsWithEnd: Bool {
        if case .end? = last?.kind { return true }
        return false
    }
}
