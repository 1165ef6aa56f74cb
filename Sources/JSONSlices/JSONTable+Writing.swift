/// Writing a table: names and values are copied as they stand in the shape and in the document.
extension JSONTable {
    /// As many bytes as ``write(to:)`` needs: the text, and what the last copy may write beyond it.
    var writtenCapacity: Int {
        count &* (shape.lengthWithNulls &+ 1) &+ textLength &+ 2 &+ ByteCursor.slack
    }

    /// As many bytes as ``write(row:to:)`` needs.
    func writtenCapacity(row: Int) -> Int {
        shape.lengthWithNulls &+ textLength(row: row) &+ ByteCursor.slack
    }

    /// Writes an array of all rows.
    func write(to cursor: inout ByteCursor) {
        cursor.write(ASCII.openBracket)
        withSources { text, names in
            for row in 0..<count {
                if row > 0 { cursor.write(ASCII.comma) }
                write(row, text, names, to: &cursor)
            }
        }
        cursor.write(ASCII.closeBracket)
    }

    /// Writes one row as an object.
    func write(row: Int, to cursor: inout ByteCursor) {
        withSources { write(row, $0, $1, to: &cursor) }
    }

    @inline(__always)
    private func write(
        _ row: Int,
        _ text: UnsafeRawBufferPointer,
        _ names: UnsafeRawBufferPointer,
        to cursor: inout ByteCursor
    ) {
        for column in 0..<shape.names.count {
            cursor.write(shape.written(column), of: names)
            if let entry = entry(row: row, column: column) {
                cursor.write(Int(entry.start)..<Int(entry.end), of: text)
            } else {
                Self.null.withUnsafeBytes { cursor.write(0..<4, of: $0) }
            }
        }
        cursor.write(ASCII.closeBrace)
    }

    private static let null: [UInt8] = Array("null".utf8)

    @inline(__always)
    private func withSources(_ body: (_ text: UnsafeRawBufferPointer, _ names: UnsafeRawBufferPointer) -> Void) {
        document.bytes.withUnsafeBytes { text in
            shape.written.withUnsafeBytes { body(text, $0) }
        }
    }
}

/// Writes into memory that was made ready for it.
///
/// Invariant: nothing is read outside of a source or written outside of the target; both are checked before each copy.
/// Short pieces, which most names and values are, are copied 16 bytes at a time, whatever their length: what is too much
/// is written over by the next one, or stands in the `slack` behind the last.
struct ByteCursor {
    static let slack = 16

    private let target: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(_ target: UnsafeMutableRawBufferPointer) {
        self.target = target
    }

    @inline(__always)
    mutating func write(_ byte: UInt8) {
        target[count] = byte
        count &+= 1
    }

    /// Copies a part of `source`.
    @inline(__always)
    mutating func write(_ part: Range<Int>, of source: UnsafeRawBufferPointer) {
        let end = count &+ part.count
        precondition(part.lowerBound >= 0 && part.upperBound <= source.count && end <= target.count)
        if part.count <= 16, part.lowerBound &+ 16 <= source.count, count &+ 16 <= target.count {
            let piece = source.loadUnaligned(fromByteOffset: part.lowerBound, as: SIMD16<UInt8>.self)
            target.storeBytes(of: piece, toByteOffset: count, as: SIMD16<UInt8>.self)
        } else if !part.isEmpty {
            UnsafeMutableRawBufferPointer(rebasing: target[count..<end])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[part]))
        }
        count = end
    }
}
