import JSONSlices
import Testing

@Suite struct JSONDocumentTests {
    @Test("a document is indexed")
    func indexed() throws {
        let document = try JSONDocument(parsing: #" {"a": [1, 2.50, "x\u00e9\n", null, true], "b": {}, "a": -0} "#)
        #expect(document.root.count == 3)
        #expect(document.root.member("a")?.numberText == "-0")
    }
}
