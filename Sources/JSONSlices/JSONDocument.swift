/// The bytes of one JSON document and the index over them.
///
/// Immutable, and checked completely against RFC 8259 when it is made: whatever is read from it later needs no further
/// checks and cannot fail for its syntax. Any number of threads may read it. It lives as long as any slice of it.
public final class JSONDocument: Sendable {
    /// The document as it was given.
    public let bytes: [UInt8]

    let tape: JSONTape

    /// Takes the bytes over without a copy when the caller gives up its own reference.
    ///
    /// - Throws: where and why the bytes are not one JSON value, or go beyond the limits.
    public init(parsing bytes: consuming [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONSyntaxError) {
        self.tape = try IndexBuilder.index(bytes, limits: limits)
        self.bytes = bytes
    }

    public convenience init(parsing text: String) throws(JSONSyntaxError) {
        try self.init(parsing: Array(text.utf8))
    }

    /// The document's one value, without the whitespace around it.
    public var root: JSONSlice {
        JSONSlice(document: self, node: 0)
    }

    /// The bytes and the nodes, to be walked over without counting references. Valid during the call; a node's `next`
    /// and the nodes of a member's name and value are always among them.
    @inline(__always)
    func withContents<Result>(
        _ body: (_ text: UnsafeRawBufferPointer, _ nodes: UnsafeBufferPointer<JSONNode>) -> Result
    ) -> Result {
        bytes.withUnsafeBytes { text in
            body(text, UnsafeBufferPointer(start: tape.storage, count: tape.count))
        }
    }

    /// Whether the string at `entry` has the code points of `key`.
    @inline(__always)
    func string(_ entry: JSONNode, equals key: JSONKey) -> Bool {
        let content = Int(entry.start) + 1..<Int(entry.end) - 1
        guard entry.hasEscapes else {
            guard content.count == key.utf8.count else { return false }
            return bytes[content].withUnsafeBytes { text in
                key.utf8.withUnsafeBytes { ByteLanes.areEqual(text, $0) }
            }
        }
        // Every escape is longer than the text it stands for.
        guard content.count > key.utf8.count else { return false }
        return bytes[content].withUnsafeBufferPointer(EscapedText.decode) == key.utf8
    }
}
