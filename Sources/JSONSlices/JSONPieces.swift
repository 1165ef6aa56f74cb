/// A JSON text in one run of bytes or in several: what is short was copied together, what is long stays in the document
/// that it is of, so that a large value is never held twice.
public struct JSONPieces: Sendable {
    /// The text's beginning; nearly always all of it.
    public let first: [UInt8]
    /// What follows, in order.
    public let rest: [ArraySlice<UInt8>]
    /// The bytes of the whole text.
    public let count: Int

    public init(_ first: [UInt8], followedBy rest: [ArraySlice<UInt8>] = []) {
        self.first = first
        self.rest = rest
        count = rest.reduce(first.count) { $0 + $1.count }
    }

    /// The whole text, copied unless it is one piece.
    public var bytes: [UInt8] {
        rest.isEmpty ? first : rest.reduce(into: first) { $0 += $1 }
    }
}
