import JSONSlices
import Testing

/// Documents that RFC 8259 allows, and documents it does not, with the reason and its place.
enum DocumentTable {
    static let accepted: [String] = [
        "null", "true", "false", "0", "-0", "1.10", "1E400", "-1e-400", "0e0", "0.0", "12345678901234567890", "1e+2",
        "\"\"", "\"a\"", "\"\u{7F}\"", "\"\u{2028}\u{2029}\"", "\"\u{10FFFF}\"", "\"\u{FEFF}\"", #""\u0000""#,
        #""\uFFFE\uFFFF""#, #""\ud834\uDD1E""#, #""\"\\\/\b\f\n\r\t\u0041""#, #""\\u0041""#, #""\\\\""#,
        "[]", "[ ]", "[\n]", "{}", "{\t}", "[[]]", "[{}]", "{\"\":{}}", "[1,2,3]", "[ 1 , 2 ]", "[[[],[]],[[]]]",
        #"{"a":1,"a":2}"#, #"{"a":{"b":[{"c":null}]}}"#, #"{"a" : "b" , "c" : "d"}"#, " \t\r\n1 \t\r\n",
        "[null,true,false]", "[null\n]", "[\"a\",\n                                  1]", "[123456789012345678]",
        #"{"12345678":"12345678","1234567":"1234567","123456789":"123456789"}"#, "[-1,-0.5,1e5]",
        #"["\u00e9\u00e9\u00e9\u00e9\u00e9"]"#, "[\"日本語日本語日本語\"]", "[1]                                 ",
    ]

    struct Refused: Sendable, CustomTestStringConvertible {
        let bytes: [UInt8]
        let reason: JSONSyntaxError.Reason
        let offset: Int

        init(_ text: String, _ reason: JSONSyntaxError.Reason, at offset: Int) {
            self.init(Array(text.utf8), reason, at: offset)
        }

        init(_ bytes: [UInt8], _ reason: JSONSyntaxError.Reason, at offset: Int) {
            self.bytes = bytes
            self.reason = reason
            self.offset = offset
        }

        /// A string with these bytes inside.
        init(string content: [UInt8], _ reason: JSONSyntaxError.Reason, at offset: Int) {
            self.init([0x22] + content + [0x22], reason, at: offset)
        }

        var testDescription: String {
            String(decoding: bytes, as: UTF8.self)
        }
    }

    static let refused: [Refused] = structure + words + numbers + strings + encoding

    private static let structure: [Refused] = [
        Refused("", .emptyDocument, at: 0), Refused(" \n", .emptyDocument, at: 2),
        Refused("\u{FEFF}1", .byteOrderMark, at: 0), Refused("\u{FEFF}", .byteOrderMark, at: 0),
        Refused("[", .expectedValue, at: 1), Refused("[1", .expectedCommaOrBracket, at: 2),
        Refused("[1,", .expectedValue, at: 3), Refused("[1,]", .expectedValue, at: 3),
        Refused("[,1]", .expectedValue, at: 1), Refused("[1,,2]", .expectedValue, at: 3),
        Refused("[1 2]", .expectedCommaOrBracket, at: 3), Refused("[1}", .expectedCommaOrBracket, at: 2),
        Refused("[1:2]", .expectedCommaOrBracket, at: 2), Refused("]", .expectedValue, at: 0),
        Refused("}", .expectedValue, at: 0), Refused(",", .expectedValue, at: 0), Refused("[]]", .trailingText, at: 2),
        Refused("{", .expectedKey, at: 1), Refused("{]", .expectedKey, at: 1), Refused("[}", .expectedValue, at: 1),
        Refused("{1:2}", .expectedKey, at: 1), Refused("{a:1}", .expectedKey, at: 1),
        Refused("{'a':1}", .expectedKey, at: 1), Refused("{null:1}", .expectedKey, at: 1),
        Refused(#"{"a"}"#, .expectedColon, at: 4), Refused(#"{"a" 1}"#, .expectedColon, at: 5),
        Refused(#"{"a","b"}"#, .expectedColon, at: 4), Refused(#"{"a""#, .expectedColon, at: 4),
        Refused(#"{"a":"#, .expectedValue, at: 5), Refused(#"{"a":}"#, .expectedValue, at: 5),
        Refused(#"{"a":1"#, .expectedCommaOrBrace, at: 6), Refused(#"{"a":1]"#, .expectedCommaOrBrace, at: 6),
        Refused(#"{"a":1,}"#, .expectedKey, at: 7), Refused(#"{"a":1,,"b":2}"#, .expectedKey, at: 7),
        Refused(#"{"a":1 "b":2}"#, .expectedCommaOrBrace, at: 7), Refused(#"{"a":1:2}"#, .expectedCommaOrBrace, at: 6),
        Refused("1 2", .trailingText, at: 2), Refused("{}{}", .trailingText, at: 2),
        Refused("1,", .trailingText, at: 1),
        Refused("[1]\u{0}", .trailingText, at: 3), Refused("1 // one", .trailingText, at: 2),
        Refused("/* one */ 1", .expectedValue, at: 0), Refused("\u{C}1", .expectedValue, at: 0),
        Refused("\u{B}1", .expectedValue, at: 0), Refused("\u{A0}1", .expectedValue, at: 0),
        Refused("1\u{C}", .trailingText, at: 1), Refused("\u{0}", .expectedValue, at: 0),
        Refused("[\u{1F}1]", .expectedValue, at: 1),
    ]

    private static let words: [Refused] = [
        Refused("nul", .invalidLiteral, at: 3), Refused("nulL", .invalidLiteral, at: 3),
        Refused("trux", .invalidLiteral, at: 3), Refused("[fals]", .invalidLiteral, at: 5),
        Refused("[falsy]", .invalidLiteral, at: 5), Refused("n", .invalidLiteral, at: 1),
        Refused("nulll", .trailingText, at: 4), Refused("True", .expectedValue, at: 0),
        Refused("NULL", .expectedValue, at: 0), Refused("NaN", .expectedValue, at: 0),
        Refused("Infinity", .expectedValue, at: 0), Refused("undefined", .expectedValue, at: 0),
        Refused("[truefalse]", .expectedCommaOrBracket, at: 5), Refused("fxlse", .invalidLiteral, at: 1),
    ]

    private static let numbers: [Refused] = [
        Refused("-", .expectedDigit, at: 1), Refused("[-]", .expectedDigit, at: 2),
        Refused("--1", .expectedDigit, at: 1),
        Refused("-Infinity", .expectedDigit, at: 1), Refused("+1", .expectedValue, at: 0),
        Refused("01", .leadingZero, at: 1), Refused("-01", .leadingZero, at: 2), Refused("00", .leadingZero, at: 1),
        Refused("1.", .expectedDigit, at: 2), Refused("[1.]", .expectedDigit, at: 3),
        Refused(".5", .expectedValue, at: 0),
        Refused("1.e5", .expectedDigit, at: 2), Refused("1e", .expectedDigit, at: 2),
        Refused("1e+", .expectedDigit, at: 3),
        Refused("1E-x", .expectedDigit, at: 3), Refused("1.5.5", .trailingText, at: 3),
        Refused("1e5e5", .trailingText, at: 3),
        Refused("0x10", .trailingText, at: 1), Refused("1_000", .trailingText, at: 1),
        Refused("1a", .trailingText, at: 1),
        Refused("-a", .expectedDigit, at: 1), Refused("１", .expectedValue, at: 0),
        Refused("1e5.5", .trailingText, at: 3),
    ]

    private static let strings: [Refused] = [
        Refused("\"", .unterminatedString, at: 1), Refused("\"a", .unterminatedString, at: 2),
        Refused("\"12345678", .unterminatedString, at: 9), Refused(#""\"#, .unterminatedString, at: 2),
        Refused(#""\""#, .unterminatedString, at: 3), Refused("'a'", .expectedValue, at: 0),
        Refused("\"\n\"", .controlCharacter, at: 1), Refused("\"\u{0}\"", .controlCharacter, at: 1),
        Refused("\"1234567\t89\"", .controlCharacter, at: 8), Refused("{\"a\u{1F}\":1}", .controlCharacter, at: 3),
        Refused(#""\x41""#, .invalidEscape, at: 2), Refused(#""\'""#, .invalidEscape, at: 2),
        Refused(#""\0""#, .invalidEscape, at: 2), Refused(#""\U0041""#, .invalidEscape, at: 2),
        Refused(#""\é""#, .invalidEscape, at: 2), Refused("\"\\\n\"", .invalidEscape, at: 2),
        Refused(#""\u""#, .invalidUnicodeEscape, at: 3), Refused(#""\u004""#, .invalidUnicodeEscape, at: 6),
        Refused(#""\u00g0""#, .invalidUnicodeEscape, at: 5), Refused(#""\u+041""#, .invalidUnicodeEscape, at: 3),
        Refused(#""\u00"#, .invalidUnicodeEscape, at: 5), Refused(#""\u{41}""#, .invalidUnicodeEscape, at: 3),
        Refused(#""\ud800""#, .loneSurrogate, at: 1), Refused(#""a\udc00""#, .loneSurrogate, at: 2),
        Refused(#""\ud800\ud800""#, .loneSurrogate, at: 1), Refused(#""\ud800\u0041""#, .loneSurrogate, at: 1),
        Refused(#""\ud800\n""#, .loneSurrogate, at: 1), Refused(#""\ud800x\udc00""#, .loneSurrogate, at: 1),
        Refused(#""\udbff""#, .loneSurrogate, at: 1), Refused(#""\udfff\udbff""#, .loneSurrogate, at: 1),
        Refused(#""\ud800\u00""#, .invalidUnicodeEscape, at: 11), Refused(#"{"\ud800":1}"#, .loneSurrogate, at: 2),
    ]

    private static let encoding: [Refused] = [
        Refused(string: [0x80], .invalidUTF8, at: 1), Refused(string: [0xBF], .invalidUTF8, at: 1),
        Refused(string: [0xC0, 0x80], .invalidUTF8, at: 1), Refused(string: [0xC1, 0xBF], .invalidUTF8, at: 1),
        Refused(string: [0xC3], .invalidUTF8, at: 1), Refused(string: [0xC3, 0xC3], .invalidUTF8, at: 1),
        Refused(string: [0xE0, 0x9F, 0xBF], .invalidUTF8, at: 1), Refused(string: [0xE2, 0x82], .invalidUTF8, at: 1),
        Refused(string: [0xED, 0xA0, 0x80], .invalidUTF8, at: 1),
        Refused(string: [0xED, 0xBF, 0xBF], .invalidUTF8, at: 1),
        Refused(string: [0xF0, 0x8F, 0xBF, 0xBF], .invalidUTF8, at: 1),
        Refused(string: [0xF4, 0x90, 0x80, 0x80], .invalidUTF8, at: 1),
        Refused(string: [0xF5, 0x80, 0x80, 0x80], .invalidUTF8, at: 1), Refused(string: [0xFF], .invalidUTF8, at: 1),
        Refused(string: [0xF0, 0x9F, 0x8E], .invalidUTF8, at: 1), Refused(string: [0xFE], .invalidUTF8, at: 1),
        Refused(string: [0xC3, 0xA9, 0xC3, 0x28], .invalidUTF8, at: 3),
        Refused(string: [0x61, 0xE2, 0x28, 0xA1], .invalidUTF8, at: 2),
        Refused(string: Array("1234567".utf8) + [0x80], .invalidUTF8, at: 8),
        Refused([0x22, 0xE2, 0x82], .invalidUTF8, at: 1), Refused([0x22, 0xF0, 0x9F], .invalidUTF8, at: 1),
        Refused([0x5B, 0x80, 0x5D], .expectedValue, at: 1), Refused([0xFF, 0xFE, 0x31, 0x00], .expectedValue, at: 0),
        Refused([0xEF, 0xBB, 0x31], .expectedValue, at: 0),
    ]
}
