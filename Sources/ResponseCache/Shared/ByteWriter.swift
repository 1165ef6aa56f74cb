/// Writes numbers, little-endian, and texts with their lengths.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []
    /// Something did not fit its length.
    private(set) var hasOverflowed = false

    mutating func begin(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    mutating func write(_ number: some FixedWidthInteger & UnsignedInteger) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func write(bytes more: [UInt8]) {
        bytes.append(contentsOf: more)
    }

    mutating func write(count: Int, limit: Int = Int(UInt16.max)) {
        if count > limit { hasOverflowed = true }
        write(UInt16(clamping: count))
    }

    /// A text of at most 64 KiB.
    mutating func write(short text: String) {
        let count = text.utf8.count
        if count > Int(UInt16.max) { hasOverflowed = true }
        write(UInt16(clamping: count))
        bytes.append(contentsOf: text.utf8)
    }

    mutating func write(long text: String) {
        let count = text.utf8.count
        if count > Int(UInt32.max) { hasOverflowed = true }
        write(UInt32(clamping: count))
        bytes.append(contentsOf: text.utf8)
    }
}
