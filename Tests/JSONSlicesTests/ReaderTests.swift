import TestSupport
import Testing

@testable import JSONSlices

@Suite("Reading in parts") struct ReaderTests {
    private func read(
        _ bytes: [UInt8],
        limits: JSONLimits = JSONLimits(),
        partSize: () -> Int
    ) -> Result<JSONDocument, JSONSyntaxError> {
        do throws(JSONSyntaxError) {
            var reader = try JSONReader(bytes, limits: limits)
            while try !reader.read(partSize()) {}
            return .success(reader.finish())
        } catch {
            return .failure(error)
        }
    }

    /// The index, byte by byte.
    private func index(_ document: JSONDocument) -> [UInt8] {
        document.withContents { _, nodes in Array(UnsafeRawBufferPointer(nodes)) }
    }

    private func expectSame(_ bytes: [UInt8], limits: JSONLimits = JSONLimits(), partSize: () -> Int) {
        let atOnce = Result { () throws(JSONSyntaxError) in try JSONDocument(parsing: bytes, limits: limits) }
        switch (read(bytes, limits: limits, partSize: partSize), atOnce) {
        case (.success(let parts), .success(let whole)):
            #expect(parts.bytes == whole.bytes && index(parts) == index(whole))
        case (.failure(let parts), .failure(let whole)):
            #expect(parts == whole)
        default:
            Issue.record("one of the two was refused: \(text(bytes))")
        }
    }

    @Test("documents, damaged ones too, are the same or refused alike, whatever the parts", arguments: 0..<8)
    func parts(_ seed: Int) {
        var random = RandomDocuments(seed: UInt64(2_000 + seed))
        for round in 0..<300 {
            let document = random.document()
            let bytes = round % 2 == 0 ? document : random.damaged(document)
            for size in [1, 2, 7, 64, .max] { expectSame(bytes) { size } }
            expectSame(bytes) { Int.random(in: 1...40, using: &random.random) }
        }
    }

    @Test("a document of many parts has the index of one that is read at once")
    func large() throws {
        var random = RandomDocuments(seed: 9)
        var bytes = Array("[".utf8)
        while bytes.count < 400_000 { bytes += random.document() + Array(",".utf8) }
        bytes += Array("0]".utf8)
        var parts = 0
        expectSame(bytes) {
            parts += 1
            return 1_000
        }
        #expect(parts > bytes.count / 2_000 && parts <= bytes.count / 1_000 + 1)
        bytes[bytes.count - 1] = 0x7D
        expectSame(bytes) { 4_096 }
    }

    @Test("a part of nothing, or less, still goes on")
    func nothing() {
        expectSame(Array(#" [1, {"a": [true, null]}, "x"] "#.utf8)) { 0 }
        expectSame(Array(#" [1, {"a": [true, null]}, "x" "#.utf8)) { -5 }
        expectSame([]) { 0 }
        expectSame(Array("  ".utf8)) { 1 }
    }

    @Test("limits hold as they do at once")
    func limits() {
        let text = Array("[[[[1]]]]".utf8)
        for limit in 0...10 {
            var limits = JSONLimits()
            limits.maxDepth = limit
            expectSame(text, limits: limits) { 1 }
            limits = JSONLimits()
            limits.maxBytes = limit
            expectSame(text, limits: limits) { 1 }
        }
    }
}
