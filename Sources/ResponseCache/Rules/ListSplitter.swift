/// Takes the value of a list field apart (RFC 9110, section 5.6.1): members between commas, without the whitespace
/// around them and without empty ones. A comma inside a quoted string (section 5.6.4) separates nothing.
enum ListSplitter {
    struct Member {
        var text: ArraySlice<UInt8>
        /// False for what follows a quote that is never closed: nobody knows where its members end.
        var isTrusted: Bool
    }

    static func members(of line: [UInt8]) -> [Member] {
        var members: [Member] = []
        var start = 0
        var index = 0
        var isTrusted = true
        while index < line.count {
            if line[index] == ASCII.comma {
                append(line[start..<index], isTrusted, to: &members)
                start = index + 1
            } else if line[index] == ASCII.quote, isTrusted {
                if let end = endOfQuotedString(in: line, from: index) {
                    index = end
                    continue
                }
                isTrusted = false
            }
            index += 1
        }
        append(line[start...], isTrusted, to: &members)
        return members
    }

    /// The members of all lines of a field, as small letters: for lists of names.
    static func names(in lines: [String]) -> [String] {
        lines.flatMap { members(of: Array($0.utf8)).map { ASCII.lowercased($0.text) } }
    }

    /// The index after the quote that closes the string which begins at `start`.
    static func endOfQuotedString(in text: [UInt8], from start: Int) -> Int? {
        var index = start + 1
        while index < text.count {
            switch text[index] {
            case ASCII.quote: return index + 1
            case ASCII.backslash: index += 2
            default: index += 1
            }
        }
        return nil
    }

    private static func append(_ text: ArraySlice<UInt8>, _ isTrusted: Bool, to members: inout [Member]) {
        let trimmed = ASCII.trimmed(text)
        if !trimmed.isEmpty { members.append(Member(text: trimmed, isTrusted: isTrusted)) }
    }
}
