/// Reads a document in parts, so that the thread can do something else in between: a body of ten megabytes takes
/// milliseconds.
///
/// ```swift
/// var reader = try JSONReader(bytes)
/// while try !reader.read(256 << 10) { await giveWay() }
/// let document = reader.finish()
/// ```
public struct JSONReader: ~Copyable {
    private let bytes: [UInt8]
    private var builder: IndexBuilder
    private var pause = 0

    /// - Throws: when there are more bytes than the limits allow.
    public init(_ bytes: consuming [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONSyntaxError) {
        builder = try IndexBuilder(byteCount: bytes.count, limits: limits)
        self.bytes = bytes
    }

    /// Reads on for about `count` bytes; a single long string is read to its end.
    ///
    /// - Returns: whether the end is reached.
    /// - Throws: why and where the bytes are not one JSON value. Then the reader is of no more use.
    public mutating func read(_ count: Int) throws(JSONSyntaxError) -> Bool {
        let (next, overflow) = pause.addingReportingOverflow(max(count, 1))
        pause = overflow ? .max : next
        return try builder.read(bytes, upTo: pause)
    }

    /// The document, once `read` has said that its end is reached.
    public consuming func finish() -> JSONDocument {
        JSONDocument(bytes: bytes, tape: builder.finish())
    }
}
