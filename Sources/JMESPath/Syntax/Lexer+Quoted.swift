import JSONSlices

/// The three kinds of quotation. In each of them a backslash makes the byte after it part of the text.
extension Lexer {
    /// `'text'`: `\'` and `\\` are the quote and the backslash, any other backslash stands for itself (JEP-12).
    mutating func rawString() throws(ExpressionError) -> String {
        let content = try quotation("a string", closing: "'")
        var text: [UInt8] = []
        text.reserveCapacity(content.count)
        var index = content.startIndex
        while index < content.endIndex {
            if bytes[index] == UInt8(ascii: "\\"), index + 1 < content.endIndex,
                bytes[index + 1] == UInt8(ascii: "'") || bytes[index + 1] == UInt8(ascii: "\\")
            {
                index += 1
            }
            text.append(bytes[index])
            index += 1
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// `"name"`, with the escapes of a JSON string.
    mutating func quotedIdentifier() throws(ExpressionError) -> String {
        let start = position
        _ = try quotation("a quoted name", closing: "\"")
        do throws(JSONSyntaxError) {
            let document = try JSONDocument(parsing: Array(bytes[start..<position]))
            return document.root.string ?? ""
        } catch {
            throw ExpressionError(
                kind: .syntax,
                message: "a quoted name is written like a JSON string: \(error)",
                range: Self.place(of: start + error.offset, in: start..<position)
            )
        }
    }

    /// `` `json` ``; a backtick inside is escaped with a backslash.
    mutating func jsonLiteral() throws(ExpressionError) -> JSONValue {
        let start = position
        let content = try quotation("a literal", closing: "`")
        var json: [UInt8] = []
        var origins: [Int] = []
        for index in content.indices {
            let escapesBacktick =
                bytes[index] == UInt8(ascii: "\\") && index + 1 < content.endIndex
                && bytes[index + 1] == UInt8(ascii: "`")
            guard !escapesBacktick else { continue }
            json.append(bytes[index])
            origins.append(index)
        }
        do throws(JSONSyntaxError) {
            return .slice(try JSONDocument(parsing: json).root)
        } catch {
            let offset = error.offset < origins.count ? origins[error.offset] : content.endIndex
            throw ExpressionError(
                kind: .syntax,
                message: "what stands in backticks is JSON: \(error)",
                range: Self.place(of: offset, in: start..<position),
                fix: bareWord(content).map { "a string is written '\($0)'" }
            )
        }
    }

    /// Moves behind the closing quote.
    ///
    /// - Returns: what stands between the quotes, as it is written.
    private mutating func quotation(_ name: String, closing quote: Unicode.Scalar) throws(ExpressionError)
        -> ArraySlice<UInt8>
    {
        let start = position
        position += 1
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: quote):
                position += 1
                return bytes[start + 1..<position - 1]
            case UInt8(ascii: "\\"): position += 2
            default: position += 1
            }
        }
        position = bytes.count
        throw ExpressionError(
            kind: .syntax,
            message: "\(name) that starts here has no closing \(quote)",
            range: start..<bytes.count
        )
    }

    /// The content of backticks when it looks like a word that was meant as a string.
    private func bareWord(_ content: ArraySlice<UInt8>) -> String? {
        let word = content.drop { $0 == 0x20 }
        guard let first = word.first, Self.startsIdentifier(first), word.count <= 40 else { return nil }
        guard word.allSatisfy({ Self.startsIdentifier($0) || Self.isDigit($0) || [0x20, 0x2D].contains($0) }) else {
            return nil
        }
        return String(decoding: word, as: UTF8.self)
    }

    /// One byte at the offset, kept inside the quotation.
    private static func place(of offset: Int, in quotation: Range<Int>) -> Range<Int> {
        let start = min(max(offset, quotation.lowerBound), quotation.upperBound - 1)
        return start..<start + 1
    }
}
