import Testing

@testable import JSONSlices

@Suite struct PropertyTests {
    @Test("random documents are accepted, and every value in them is a document of its own", arguments: 0..<8)
    func valid(_ seed: Int) throws {
        var random = RandomDocuments(seed: UInt64(seed))
        for _ in 0..<200 {
            let bytes = random.document()
            let root = try JSONDocument(parsing: bytes).root
            let again = canonical(root)
            #expect(canonical(try JSONDocument(parsing: again).root) == again)
            try check(root)
        }
    }

    @Test("damaged documents are read or refused with a place inside them", arguments: 0..<8)
    func damaged(_ seed: Int) throws {
        var random = RandomDocuments(seed: UInt64(1_000 + seed))
        for _ in 0..<500 {
            let bytes = random.damaged(random.document())
            do throws(JSONSyntaxError) {
                let again = canonical(try JSONDocument(parsing: bytes).root)
                #expect(canonical(try JSONDocument(parsing: again).root) == again)
            } catch {
                #expect(error.offset >= 0 && error.offset <= bytes.count)
                #expect((error.found == nil) == (error.offset == bytes.count))
                #expect(!error.description.isEmpty)
            }
        }
    }

    @Test("no beginning of an array or object is a document")
    func prefixes() throws {
        var random = RandomDocuments(seed: 77)
        for _ in 0..<100 {
            let bytes = Array("[".utf8) + random.document() + Array("]".utf8)
            for length in 0..<bytes.count { #expect(syntaxError(Array(bytes[..<length])) != nil) }
        }
    }

    @Test("whitespace before and behind changes nothing but the place")
    func whitespace() throws {
        var random = RandomDocuments(seed: 5)
        for _ in 0..<50 {
            let bytes = random.document()
            let range = try JSONDocument(parsing: bytes).root.byteRange
            for padding in 0...17 {
                let space = Array(repeating: UInt8(0x20), count: padding)
                let padded = try JSONDocument(parsing: space + bytes + space).root.byteRange
                #expect(padded == range.lowerBound + padding..<range.upperBound + padding)
            }
        }
    }

    @Test("a node takes 16 bytes and holds the largest counts a document can have")
    func node() {
        #expect(MemoryLayout<JSONNode>.stride == 16)
        var array = JSONNode(kind: .array, start: 0, end: 0, next: 0)
        array.count = 0x7FFF_FFFF
        #expect(array.kind == .array && array.count == 0x7FFF_FFFF)
        var object = JSONNode(kind: .object, start: 0, end: 0, next: 0)
        object.count = 0x3FFF_FFFF
        #expect(object.kind == .object && object.count == 0x3FFF_FFFF)
        for kind in [JSONKind.null, .false, .true, .number, .string] {
            #expect(JSONNode(kind: kind, start: 0, end: 0, next: 0).kind == kind)
        }
    }

    /// Each value's bytes are JSON, the children lie in order inside their parent, and the counts are right.
    private func check(_ slice: JSONSlice) throws {
        let alone = try JSONDocument(parsing: Array(slice.document.bytes[slice.byteRange])).root
        #expect(canonical(alone) == canonical(slice))
        var children = Array(slice.elements)
        #expect(children.count == slice.count || slice.kind == .object)
        for (index, child) in children.enumerated() {
            #expect(slice.element(at: index)?.byteRange == child.byteRange)
        }
        for (key, value) in slice.members { children += [key, value] }
        #expect(slice.kind != .object || children.count == 2 * slice.count)
        var position = slice.byteRange.lowerBound
        for child in children {
            #expect(child.byteRange.lowerBound > position && child.byteRange.upperBound < slice.byteRange.upperBound)
            position = child.byteRange.upperBound - 1
            try check(child)
        }
    }
}
