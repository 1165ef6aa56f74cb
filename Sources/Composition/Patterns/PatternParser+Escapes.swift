/// What stands behind a backslash.
extension PatternParser {
    /// What one escape, or one item of a class, stands for.
    enum Atom {
        case scalar(Unicode.Scalar)
        case set(ScalarSet)
    }

    /// AtomEscape and ClassEscape, from the backslash on.
    mutating func escape(inClass: Bool) throws(PatternError) -> Atom {
        let start = position
        advance()
        guard let letter = next else {
            throw error("a backslash at the end", from: start, length: 1, help: Self.literalHelp("\\"))
        }
        advance()
        if let set = ScalarSet(shorthand: letter) { return .set(set) }
        switch letter {
        case "t": return .scalar("\t")
        case "n": return .scalar("\n")
        case "r": return .scalar("\r")
        case "f": return .scalar("\u{C}")
        case "v": return .scalar("\u{B}")
        case "0":
            if let digit = next, ("0"..."9").contains(digit) {
                throw error("an octal escape is not supported", from: start, length: 3, help: "write \\xHH")
            }
            return .scalar("\0")
        case "x": return .scalar(try scalar(digits(2, from: start), from: start))
        case "u": return .scalar(try unicodeEscape(from: start))
        case "!"..."/", ":"..."@", "["..."`", "{"..."~":
            return .scalar(letter)
        default:
            throw unsupported(letter, from: start, inClass: inClass)
        }
    }

    /// `\uHHHH`, a pair of them that is a surrogate pair, or `\u{H…}`.
    private mutating func unicodeEscape(from start: Int) throws(PatternError) -> Unicode.Scalar {
        guard take("{") else {
            let first = try digits(4, from: start)
            guard (0xD800..<0xDC00).contains(first), next == "\\", peek(1) == "u", peek(2) != "{" else {
                return try scalar(first, from: start)
            }
            advance()
            advance()
            let second = try digits(4, from: start)
            guard (0xDC00..<0xE000).contains(second) else { return try scalar(first, from: start) }
            return try scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00), from: start)
        }
        var value: UInt32?
        while let scalar = next, let digit = Self.hexadecimal(scalar) {
            // Beyond the last scalar it stays beyond.
            value = min((value ?? 0) * 16 + digit, 0x110000)
            advance()
        }
        guard let value, take("}") else {
            throw error("\\u{ without hexadecimal digits and a '}'", from: start, length: 3, help: "write \\u{1F600}")
        }
        return try scalar(value, from: start)
    }

    private mutating func digits(_ count: Int, from start: Int) throws(PatternError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let scalar = next, let digit = Self.hexadecimal(scalar) else {
                let letter = count == 2 ? "x" : "u"
                throw error("\\\(letter) needs \(count) hexadecimal digits", from: start, length: position - start)
            }
            value = value << 4 | digit
            advance()
        }
        return value
    }

    private func scalar(_ value: UInt32, from start: Int) throws(PatternError) -> Unicode.Scalar {
        guard let scalar = Unicode.Scalar(value) else {
            let isSurrogate = (0xD800..<0xE000).contains(value)
            throw error(
                isSurrogate ? "half of a surrogate pair is no character" : "there is no character beyond U+10FFFF",
                from: start,
                length: position - start
            )
        }
        return scalar
    }

    /// The error for a letter or digit that means nothing, or nothing that is supported.
    private func unsupported(_ letter: Unicode.Scalar, from start: Int, inClass: Bool) -> PatternError {
        let (what, help): (String, String) =
            switch letter {
            case "b" where inClass: ("\\b in a class", "a backspace is \\x08")
            case "b", "B": ("\\\(letter), a word boundary,", "write what may stand there, as in (^|\\W)")
            case "p", "P": ("\\\(letter){…}, a Unicode property,", "write the ranges you mean, as in [a-zà-ö]")
            case "k", "1"..."9": ("\\\(letter), a backreference,", Self.backreferenceHelp)
            case "A": ("\\A", "write ^")
            case "z", "Z": ("\\\(letter)", "write $")
            case "c": ("\\c, a control character,", "write \\xHH")
            case "Q", "E": ("\\\(letter)", "put a backslash before each punctuation mark")
            case "h": ("\\h", "write [ \\t]")
            case "R": ("\\R", "write (\\r\\n|[\\r\\n])")
            case "e", "a": ("\\\(letter)", letter == "e" ? "write \\x1B" : "write \\x07")
            default: ("\\\(letter)", "a character that is no ASCII punctuation mark stands for itself")
            }
        return error("\(what) is not supported", from: start, length: 2, help: help)
    }
}
