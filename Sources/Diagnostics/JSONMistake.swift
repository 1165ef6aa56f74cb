import JSONSlices

/// The mistake that most likely stands behind a text that is no JSON, and its mend.
struct JSONMistake {
    let error: JSONSyntaxError
    let file: SourceFile

    /// What to write instead; nil where the error's message says all there is to say.
    var help: String? {
        switch error.reason {
        case .byteOrderMark, .invalidUTF8: "save the file as UTF-8 without a byte order mark"
        case .controlCharacter: isLineBreak ? "a string ends on its line: close it, or write \\n" : nil
        case .invalidEscape: "write \\\\ for one backslash"
        case .leadingZero: "write the number without the zero, or in quotes where it is a name"
        case .expectedKey, .expectedValue, .expectedColon, .expectedCommaOrBrace, .expectedCommaOrBracket,
            .trailingText, .invalidLiteral, .expectedDigit:
            help(at: error.offset)
        case .unterminatedString: "close the string with a double quote"
        case .emptyDocument, .documentTooLarge, .tooDeep, .invalidUnicodeEscape, .loneSurrogate: nil
        }
    }

    private func help(at offset: Int) -> String? {
        guard let found = error.found else { return unclosed }
        switch found {
        case UInt8(ascii: "#"):
            return "JSON has no comments: take it away"
        case UInt8(ascii: "/") where ["/", "*"].map { UInt8(ascii: $0) }.contains(byte(at: offset + 1)):
            return "JSON has no comments: take it away"
        case UInt8(ascii: "'"):
            return "JSON's strings stand in double quotes"
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            if error.reason == .trailingText { return "there is one '\(character(found))' too many" }
            return before(offset) == UInt8(ascii: ",") ? "take away the comma before it" : nil
        default:
            break
        }
        switch error.reason {
        case .expectedCommaOrBrace, .expectedCommaOrBracket:
            if isLetter(found), byte(at: offset - 1) == UInt8(ascii: "\"") {
                return "write \\\" for a double quote inside a string"
            }
            return startsValue(found) ? "put a comma before it" : nil
        case .expectedKey:
            if found == UInt8(ascii: ",") { return "one comma is enough" }
            return isLetter(found) ? "put the name in double quotes" : nil
        case .expectedColon:
            return found == UInt8(ascii: "=") ? "write ':' for '='" : nil
        case .expectedValue, .invalidLiteral:
            return helpForValue(found)
        default:
            return nil
        }
    }

    private func helpForValue(_ found: UInt8) -> String? {
        switch found {
        case UInt8(ascii: "."): "begin the number with a digit: 0.5"
        case UInt8(ascii: "+"): "take away the plus sign"
        case UInt8(ascii: ","): "a value is missing before the comma, or the comma is one too many"
        case let letter where isLetter(letter): "put text in double quotes; the words of JSON are true, false and null"
        default: nil
        }
    }

    /// Where the innermost bracket that is still open at the end stands.
    private var unclosed: String? {
        var open: [Int] = []
        var isInString = false
        var isEscaped = false
        for (offset, byte) in file.bytes.enumerated() {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): open.append(offset)
            case UInt8(ascii: "}"), UInt8(ascii: "]"): _ = open.popLast()
            default: continue
            }
        }
        guard let last = open.last else { return nil }
        let position = file.position(of: last)
        return "close the '\(character(file.bytes[last]))' of line \(position.line), column \(position.column)"
    }

    private func byte(at offset: Int) -> UInt8? {
        file.bytes.indices.contains(offset) ? file.bytes[offset] : nil
    }

    /// The last byte before an offset that is not whitespace.
    private func before(_ offset: Int) -> UInt8? {
        file.bytes.prefix(max(offset, 0)).last { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    }

    private var isLineBreak: Bool { error.found == 0x0A || error.found == 0x0D }

    private func startsValue(_ byte: UInt8) -> Bool {
        isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || [UInt8(ascii: "\""), UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "-")].contains(byte)
    }

    private func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
    }

    private func character(_ byte: UInt8) -> Character { Character(Unicode.Scalar(byte)) }
}
