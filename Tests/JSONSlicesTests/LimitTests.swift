import JSONSlices
import Testing

@Suite struct LimitTests {
    private static func nested(_ depth: Int) -> [UInt8] {
        Array(repeating: 0x5B, count: depth) + Array(repeating: 0x5D, count: depth)
    }

    @Test("512 arrays inside each other are accepted, one more is refused where it opens")
    func defaultDepth() {
        #expect(syntaxError(Self.nested(512)) == nil)
        #expect(syntaxError(Self.nested(513))?.reason == .tooDeep(limit: 512))
        #expect(syntaxError(Self.nested(513))?.offset == 512)
    }

    @Test("arrays and objects side by side are not deep")
    func siblings() {
        #expect(syntaxError("[" + Array(repeating: "{\"a\":[]}", count: 2_000).joined(separator: ",") + "]") == nil)
        #expect(syntaxError("[[],[[]],{}]", limits: JSONLimits(maxDepth: 3)) == nil)
        #expect(syntaxError("[[],[[]],{}]", limits: JSONLimits(maxDepth: 2))?.offset == 5)
    }

    @Test("a depth of 0 leaves the scalars")
    func noDepth() {
        #expect(syntaxError("1", limits: JSONLimits(maxDepth: 0)) == nil)
        #expect(syntaxError("{}", limits: JSONLimits(maxDepth: 0))?.reason == .tooDeep(limit: 0))
    }

    @Test("a million arrays inside each other take no stack, neither to read nor to write")
    func noStack() throws {
        let bytes = Self.nested(1_000_000)
        let document = try JSONDocument(parsing: bytes, limits: JSONLimits(maxDepth: .max))
        var writer = JSONWriter()
        writer.write(document.root)
        #expect(writer.finish() == bytes)
        var innermost = document.root
        while let inner = innermost.element(at: 0) { innermost = inner }
        #expect(innermost.byteRange == 999_999..<1_000_001)

        let opened = Array(repeating: UInt8(0x5B), count: 1_000_000)
        #expect(syntaxError(opened, limits: JSONLimits(maxDepth: .max))?.offset == 1_000_000)
    }

    @Test("a document may have as many bytes as the limit and no more")
    func size() {
        #expect(syntaxError("[1,2]", limits: JSONLimits(maxBytes: 5)) == nil)
        #expect(syntaxError("[1,2]", limits: JSONLimits(maxBytes: 4))?.reason == .documentTooLarge(limit: 4))
        #expect(syntaxError("[1,2]", limits: JSONLimits(maxBytes: -1))?.offset == 0)
        #expect(JSONLimits().maxBytes == 4_294_967_295)
        #expect(syntaxError("[1,2]", limits: JSONLimits(maxBytes: .max)) == nil)
    }
}
