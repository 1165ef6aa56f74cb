import JSONSlices
import TestSupport
import Testing

@testable import Recording

@Suite("JSON for a person to read")
struct IndentedJSONTests {
    @Test("the tokens of any document stay as they are, in lines that hold no more than 120 columns where they can")
    func tokens() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<500 {
            let text = RandomJSON.text(depth: 6, using: &random)
            let document = try JSONDocument(parsing: text)
            let indented = IndentedJSON.bytes(of: document.root)
            #expect(RandomJSON.compact(indented) == RandomJSON.compact(Array(text.utf8)))
            for line in indented.split(separator: UInt8(ascii: "\n")) where line.count > 120 {
                // A scalar or an empty container may be as long as it is, with its name.
                let content = line.last == UInt8(ascii: ",") ? line.dropLast() : line
                let isEmpty = [Array("{}".utf8), Array("[]".utf8)].contains(Array(content.suffix(2)))
                #expect(isEmpty || ![UInt8(ascii: "}"), UInt8(ascii: "]")].contains(content.last))
            }
            let again = try JSONDocument(parsing: indented)
            #expect(IndentedJSON.bytes(of: again.root) == indented, "a text that is indented stays as it is")
        }
    }
}
