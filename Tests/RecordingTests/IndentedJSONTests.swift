import JSONSlices
import TestSupport
import Testing

@testable import Recording

@Suite("JSON for a person to read")
struct IndentedJSONTests {
    private func indented(_ text: String) throws -> String {
        String(decoding: IndentedJSON.bytes(of: try JSONDocument(parsing: text).root), as: UTF8.self)
    }

    @Test("numbers of a list stand side by side")
    func numbers() throws {
        let list = (1...60).map { String($0 * 1000) }
        let text = try indented(#"{"a":[\#(list.joined(separator: ","))]}"#)
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines.first == "{" && lines[1] == #"  "a": ["# && lines.dropLast().last == "  ]")
        let middle = lines[2..<lines.count - 2]
        #expect(middle.count == 4 && middle.allSatisfy { $0.hasPrefix("    ") && $0.utf8.count <= 120 })
        #expect(middle.joined().split { $0 == "," || $0 == " " }.map(String.init) == list)
    }

    @Test("a text that is nested deeply does not grow without measure")
    func deep() throws {
        let inner = String(repeating: "{},", count: 1000) + "1"
        let text = String(repeating: "[", count: 100) + inner + String(repeating: "]", count: 100)
        #expect(try indented(text).utf8.count < 60_000)
    }

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
