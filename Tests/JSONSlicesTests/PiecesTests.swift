import JSONSlices
import TestSupport
import Testing

@Suite("A text in pieces") struct PiecesTests {
    private func text(_ values: [JSONValue], sharedFrom: Int?) -> JSONPieces {
        var writer = sharedFrom.map { JSONWriter(capacity: 16, sharedFrom: $0) } ?? JSONWriter(capacity: 16)
        writer.beginArray()
        for value in values { writer.write(value) }
        writer.endArray()
        return writer.finishPieces()
    }

    @Test("values of documents that are not copied make the text that copies make", arguments: 0..<4)
    func random(_ seed: Int) throws {
        var random = RandomDocuments(seed: UInt64(6_000 + seed))
        for _ in 0..<100 {
            var values: [JSONValue] = []
            for _ in 0..<Int.random(in: 0...5, using: &random.random) {
                let slice = JSONValue.slice(try JSONDocument(parsing: random.document()).root)
                switch Int.random(in: 0..<4, using: &random.random) {
                case 0: values.append(.array([slice, slice, .null]))
                case 1: values.append(.object(JSONObject(members: [("a", slice), ("b", .array([])), ("c", slice)])))
                default: values.append(slice)
                }
            }
            let copied = text(values, sharedFrom: nil)
            #expect(copied.rest.isEmpty && copied.count == copied.first.count)
            for sharedFrom in [0, 1, 2, 10, 100, .max] {
                let pieces = text(values, sharedFrom: sharedFrom)
                #expect(pieces.bytes == copied.bytes && pieces.count == copied.count)
                #expect(pieces.first + pieces.rest.joined() == copied.bytes)
            }
        }
    }

    @Test("a long value may be all there is, or stand at the beginning, in the middle, at the end, or beside another")
    func places() throws {
        let long = JSONValue.slice(try JSONDocument(parsing: "  \"a long value of a document\"  ").root)
        let written = "\"a long value of a document\""
        let cases: [([JSONValue], String)] = [
            ([long], "[\(written)]"), ([long, .null], "[\(written),null]"), ([.null, long], "[null,\(written)]"),
            ([.null, long, .bool(true)], "[null,\(written),true]"), ([long, long], "[\(written),\(written)]"),
            ([long, long, long, .string("x")], "[\(written),\(written),\(written),\"x\"]"),
        ]
        for (values, expected) in cases {
            let pieces = text(values, sharedFrom: 10)
            #expect(String(decoding: pieces.bytes, as: UTF8.self) == expected)
            #expect(!pieces.rest.isEmpty && pieces.count == expected.utf8.count)
        }
        var alone = JSONWriter(capacity: 0, sharedFrom: 10)
        alone.write(long)
        let pieces = alone.finishPieces()
        #expect(pieces.bytes == Array(written.utf8) && pieces.count == written.utf8.count)
        var joined = JSONWriter(capacity: 0, sharedFrom: 10)
        joined.write(long)
        let bytes = joined.finish()
        #expect(bytes == Array(written.utf8))
    }

    @Test("only values as long as asked for are left in their document")
    func threshold() throws {
        let value = JSONValue.slice(try JSONDocument(parsing: "\"12345678\"").root)
        #expect(text([value], sharedFrom: 10).rest.count > 0)
        #expect(text([value], sharedFrom: 11).rest.isEmpty)
    }
}
