import JSONSlices
import Testing

@Suite struct GrammarTests {
    @Test("accepts what RFC 8259 allows", arguments: DocumentTable.accepted)
    func accepts(_ document: String) throws {
        #expect(syntaxError(document) == nil)
    }

    @Test("refuses what RFC 8259 does not allow, and says why and where", arguments: DocumentTable.refused)
    func refuses(_ document: DocumentTable.Refused) throws {
        let error = try #require(syntaxError(document.bytes))
        #expect(error.reason == document.reason)
        #expect(error.offset == document.offset)
        #expect(error.found == (error.offset < document.bytes.count ? document.bytes[error.offset] : nil))
    }

    @Test("finds the same fault wherever the document starts within a word of eight bytes")
    func alignment() throws {
        for document in DocumentTable.refused where document.reason != .byteOrderMark {
            for padding in 1...17 {
                let error = try #require(syntaxError(Array(repeating: 0x20, count: padding) + document.bytes))
                #expect(error.reason == document.reason)
                #expect(error.offset == document.offset + padding)
            }
        }
    }

    @Test("every bad byte of UTF-8 is found at every place of a string")
    func everyPlace() throws {
        for length in 0..<20 {
            for place in 0...length {
                var content = Array(repeating: UInt8(0x78), count: length)
                content.insert(0xFF, at: place)
                #expect(syntaxError([0x22] + content + [0x22])?.offset == place + 1)
            }
        }
    }

    @Test("all code points are accepted, raw and escaped")
    func allCodePoints() throws {
        let scalars = (0x20...0x10FFFF).compactMap(Unicode.Scalar.init).filter { $0 != "\"" && $0 != "\\" }
        var raw = "\""
        raw.unicodeScalars.append(contentsOf: scalars)
        raw += "\""
        let read = try #require(try JSONDocument(parsing: raw).root.string)
        #expect(Array(read.unicodeScalars) == scalars)

        let some = stride(from: 0, through: 0x10FFFF, by: 7).compactMap(Unicode.Scalar.init)
        var escaped = "\""
        for unit in some.flatMap({ Array(String($0).utf16) }) {
            let digits = String(unit, radix: 16)
            escaped += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        escaped += "\""
        let decoded = try #require(try JSONDocument(parsing: escaped).root.string)
        #expect(Array(decoded.unicodeScalars) == some)
    }

    @Test("an error says what was expected and what was found")
    func descriptions() throws {
        func describe(_ text: String) -> String? { syntaxError(text)?.description }
        #expect(describe(#"{"a":1 x"#) == "expected ',' or '}' after a member, found 'x'")
        #expect(describe("[1") == "expected ',' or ']' after an element, found the end of the document")
        #expect(describe("\"\n\"") == "a control character in a string has to be escaped, found the byte 0x0a")
        #expect(describe("") == "expected a value, found an empty document")
        #expect(describe("\"\\ \"") == "expected one of \"\\/bfnrtu after a backslash, found a space")
    }
}
