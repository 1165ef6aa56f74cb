/// Why and where a text is not JSON as RFC 8259 defines it.
public struct JSONSyntaxError: Error, Hashable, Sendable {
    public enum Reason: Hashable, Sendable {
        /// There is no value: nothing at all, or whitespace alone.
        case emptyDocument
        /// The text starts with U+FEFF, which section 8.1 forbids to send.
        case byteOrderMark
        /// More bytes than the limit.
        case documentTooLarge(limit: Int)
        /// An array or object inside as many others as the limit allows.
        case tooDeep(limit: Int)
        case expectedValue
        case expectedKey
        case expectedColon
        case expectedCommaOrBracket
        case expectedCommaOrBrace
        /// Something other than whitespace after the document's one value.
        case trailingText
        /// Starts like `true`, `false` or `null` and goes on differently.
        case invalidLiteral
        /// A minus sign, a decimal point or an exponent without a digit after it.
        case expectedDigit
        /// `01`: a number that goes on after a leading zero.
        case leadingZero
        case unterminatedString
        /// U+0000 to U+001F inside a string has to be escaped.
        case controlCharacter
        /// A backslash before anything but `"\/bfnrtu`.
        case invalidEscape
        /// `\u` without four hexadecimal digits.
        case invalidUnicodeEscape
        /// An escaped half of a surrogate pair without its other half: such a string has no UTF-8 form.
        case loneSurrogate
        /// Inside a string: an overlong form, a surrogate, more than U+10FFFF, or a sequence that breaks off.
        case invalidUTF8
    }

    public let reason: Reason

    /// The position in bytes of what is at fault; the size of the document when its end came too early.
    public let offset: Int

    /// The byte at ``offset``, nil at the end of the document.
    public let found: UInt8?

    public init(reason: Reason, offset: Int, found: UInt8? = nil) {
        self.reason = reason
        self.offset = offset
        self.found = found
    }
}

extension JSONSyntaxError: CustomStringConvertible {
    /// What was expected and what was found, without the position: that is shown as line and column by who has the file.
    public var description: String {
        switch reason {
        case .emptyDocument: "expected a value, found an empty document"
        case .byteOrderMark: "the document starts with a byte order mark (U+FEFF), which JSON does not allow"
        case .documentTooLarge(let limit): "the document is larger than \(limit) bytes"
        case .tooDeep(let limit): "arrays and objects are nested more than \(limit) deep"
        case .expectedValue: "expected a value, found \(foundText)"
        case .expectedKey: "expected a member's name in double quotes, found \(foundText)"
        case .expectedColon: "expected ':' after a member's name, found \(foundText)"
        case .expectedCommaOrBracket: "expected ',' or ']' after an element, found \(foundText)"
        case .expectedCommaOrBrace: "expected ',' or '}' after a member, found \(foundText)"
        case .trailingText: "expected the end of the document, found \(foundText)"
        case .invalidLiteral: "expected the rest of true, false or null, found \(foundText)"
        case .expectedDigit: "expected a digit, found \(foundText)"
        case .leadingZero: "expected no digit after a leading zero, found \(foundText)"
        case .unterminatedString: "expected '\"' at the end of a string, found \(foundText)"
        case .controlCharacter: "a control character in a string has to be escaped, found \(foundText)"
        case .invalidEscape: "expected one of \"\\/bfnrtu after a backslash, found \(foundText)"
        case .invalidUnicodeEscape: "expected four hexadecimal digits after \\u, found \(foundText)"
        case .loneSurrogate: "expected both halves of a surrogate pair, found one alone"
        case .invalidUTF8: "expected UTF-8 in a string, found \(foundText) out of place"
        }
    }

    private var foundText: String {
        guard let found else { return "the end of the document" }
        guard found > 0x20, found < 0x7F else {
            return found == 0x20 ? "a space" : "the byte 0x" + (found < 0x10 ? "0" : "") + String(found, radix: 16)
        }
        return "'\(Character(Unicode.Scalar(found)))'"
    }
}
