extension JSONScanner {
    /// Section 7, from the opening quote to behind the closing one: checks escapes, control characters and UTF-8.
    @inline(__always)
    func skipString(from start: Int) throws(JSONSyntaxError) -> (end: Int, hasEscapes: Bool) {
        var position = start &+ 1
        var hasEscapes = false
        while true {
            position = skipPlainText(from: position)
            guard position < end else { throw error(.unterminatedString, at: end) }
            let byte = base[position]
            if byte == ASCII.quote {
                return (position &+ 1, hasEscapes)
            } else if byte >= 0x80 {
                position = try skipMultibyte(from: position)
            } else if byte == ASCII.backslash {
                hasEscapes = true
                position = try skipEscape(from: position)
            } else {
                throw error(.controlCharacter, at: position)
            }
        }
    }

    /// To the next byte that is not plain: a quote, a backslash, a control character or more than ASCII.
    @inline(__always)
    private func skipPlainText(from start: Int) -> Int {
        var position = start
        while position &+ 8 <= end {
            let hits = ByteLanes(base + position).endsOfPlainText
            if hits != 0 { return position &+ ByteLanes.bytesBeforeHit(hits) }
            position &+= 8
        }
        while position < end {
            let byte = base[position]
            if byte == ASCII.quote || byte == ASCII.backslash || byte < ASCII.space || byte >= 0x80 { break }
            position &+= 1
        }
        return position
    }

    /// From the backslash on.
    @inline(never)
    private func skipEscape(from start: Int) throws(JSONSyntaxError) -> Int {
        let position = start &+ 1
        guard position < end else { throw error(.unterminatedString, at: end) }
        switch base[position] {
        case ASCII.quote, ASCII.backslash, ASCII.slash, ASCII.lowerB, ASCII.lowerF, ASCII.lowerN, ASCII.lowerR,
            ASCII.lowerT:
            return position &+ 1
        case ASCII.lowerU:
            let unit = try codeUnit(at: position &+ 1)
            let next = position &+ 5
            guard unit & 0xF800 == 0xD800 else { return next }
            guard unit < 0xDC00, next &+ 1 < end, base[next] == ASCII.backslash, base[next &+ 1] == ASCII.lowerU else {
                throw error(.loneSurrogate, at: start)
            }
            let low = try codeUnit(at: next &+ 2)
            guard low & 0xFC00 == 0xDC00 else { throw error(.loneSurrogate, at: start) }
            return next &+ 6
        default:
            throw error(.invalidEscape, at: position)
        }
    }

    /// The four hexadecimal digits behind `\u`.
    private func codeUnit(at start: Int) throws(JSONSyntaxError) -> UInt32 {
        var unit: UInt32 = 0
        for position in start..<(start &+ 4) {
            guard position < end, let digit = ASCII.hexValue(base[position]) else {
                throw error(.invalidUnicodeEscape, at: position)
            }
            unit = unit &<< 4 | digit
        }
        return unit
    }

    /// All that follows each other of more than ASCII: the table of RFC 3629, section 4.
    @inline(never)
    private func skipMultibyte(from start: Int) throws(JSONSyntaxError) -> Int {
        var position = start
        while position < end {
            let lead = base[position]
            switch lead {
            case 0x00...0x7F:
                return position
            case 0xC2...0xDF:
                guard continues(position &+ 1) else { throw error(.invalidUTF8, at: position) }
                position &+= 2
            case 0xE0...0xEF:
                let lowest: UInt8 = lead == 0xE0 ? 0xA0 : 0x80  // else overlong
                let highest: UInt8 = lead == 0xED ? 0x9F : 0xBF  // else a surrogate
                guard continues(position &+ 1, from: lowest, to: highest), continues(position &+ 2) else {
                    throw error(.invalidUTF8, at: position)
                }
                position &+= 3
            case 0xF0...0xF4:
                let lowest: UInt8 = lead == 0xF0 ? 0x90 : 0x80  // else overlong
                let highest: UInt8 = lead == 0xF4 ? 0x8F : 0xBF  // else more than U+10FFFF
                guard continues(position &+ 1, from: lowest, to: highest), continues(position &+ 2),
                    continues(position &+ 3)
                else {
                    throw error(.invalidUTF8, at: position)
                }
                position &+= 4
            default:
                throw error(.invalidUTF8, at: position)
            }
        }
        return position
    }

    @inline(__always)
    private func continues(_ position: Int, from lowest: UInt8 = 0x80, to highest: UInt8 = 0xBF) -> Bool {
        position < end && base[position] >= lowest && base[position] <= highest
    }
}
