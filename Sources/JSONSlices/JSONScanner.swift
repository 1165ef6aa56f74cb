/// The tokens of RFC 8259 over the bytes of one document: each function takes the position where a token starts and
/// gives the position behind it.
///
/// Invariant: `base` points to `end` readable bytes for as long as the scanner lives, and every position it is given is
/// in `0...end`. Nothing is read at `end` or beyond.
struct JSONScanner {
    let base: UnsafePointer<UInt8>
    let end: Int

    /// Section 8.1: a document must not start with U+FEFF.
    var startsWithByteOrderMark: Bool {
        has(0xEF, at: 0) && has(0xBB, at: 1) && has(0xBF, at: 2)
    }

    @inline(__always)
    func has(_ byte: UInt8, at position: Int) -> Bool {
        position < end && base[position] == byte
    }

    /// Section 2: space, tab, line feed and carriage return.
    @inline(__always)
    func skipWhitespace(from position: Int) -> Int {
        if position < end, base[position] > ASCII.space { return position }
        return skipWhitespaceRun(from: position)
    }

    @inline(__always)
    private func skipWhitespaceRun(from start: Int) -> Int {
        let whitespace: UInt64 = 1 << 0x20 | 1 << 0x0D | 1 << 0x0A | 1 << 0x09
        var position = start
        while position < end {
            let byte = base[position]
            guard byte <= ASCII.space, (whitespace &>> UInt64(byte)) & 1 == 1 else { break }
            position &+= 1
            if byte == ASCII.newline {
                while position &+ 8 <= end, ByteLanes(base + position).isAllSpaces { position &+= 8 }
            }
        }
        return position
    }

    /// Section 3, from the `t`, `f` or `n` on.
    @inline(__always)
    func skipLiteral(_ literal: JSONLiteral, from position: Int) throws(JSONSyntaxError) -> Int {
        let last = position &+ literal.length
        guard last <= end, lastFour(before: last) == literal.lastFour else {
            throw misspelling(of: literal, at: position)
        }
        return last
    }

    /// Section 6, from the minus sign or first digit on. What may follow a number is for the caller to say.
    @inline(__always)
    func skipNumber(from start: Int) throws(JSONSyntaxError) -> Int {
        var position = start
        if base[position] == ASCII.minus { position &+= 1 }
        guard position < end else { throw error(.expectedDigit, at: position) }
        if base[position] == ASCII.zero {
            position &+= 1
            if position < end, ASCII.isDigit(base[position]) { throw error(.leadingZero, at: position) }
        } else {
            position = try skipDigits(from: position)
        }
        guard position < end else { return position }
        if base[position] == ASCII.period {
            position = try skipDigits(from: position &+ 1)
            guard position < end else { return position }
        }
        if base[position] | 0x20 == ASCII.lowerE {
            position &+= 1
            if position < end, base[position] == ASCII.plus || base[position] == ASCII.minus { position &+= 1 }
            position = try skipDigits(from: position)
        }
        return position
    }

    @inline(__always)
    private func skipDigits(from start: Int) throws(JSONSyntaxError) -> Int {
        var position = start
        while position < end, ASCII.isDigit(base[position]) { position &+= 1 }
        guard position > start else { throw error(.expectedDigit, at: position) }
        return position
    }

    @inline(__always)
    private func lastFour(before position: Int) -> UInt32 {
        UInt32(littleEndian: UnsafeRawPointer(base + position - 4).loadUnaligned(as: UInt32.self))
    }

    @inline(never)
    private func misspelling(of literal: JSONLiteral, at position: Int) -> JSONSyntaxError {
        var offset = position
        for byte in literal.rawValue.utf8 {
            guard offset < end, base[offset] == byte else { break }
            offset += 1
        }
        return error(.invalidLiteral, at: offset)
    }

    /// What is wrong at `offset`, with the byte that stands there.
    @inline(never)
    func error(_ reason: JSONSyntaxError.Reason, at offset: Int) -> JSONSyntaxError {
        JSONSyntaxError(reason: reason, offset: offset, found: offset < end ? base[offset] : nil)
    }
}

/// The three words of section 3, each with its last four bytes as one number: enough to check it, given that its first
/// byte was seen.
enum JSONLiteral: String {
    case null
    case `true`
    case `false`

    @inline(__always)
    var length: Int {
        self == .false ? 5 : 4
    }

    /// The first of the four in the lowest byte.
    @inline(__always)
    var lastFour: UInt32 {
        switch self {
        case .null: 0x6C6C_756E
        case .true: 0x6575_7274
        case .false: 0x6573_6C61
        }
    }
}
