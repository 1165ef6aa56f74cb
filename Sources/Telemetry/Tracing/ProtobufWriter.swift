/// The wire format of Protocol Buffers (protobuf.dev/programming-guides/encoding), as far as traces need it.
///
/// Written by hand: swift-protobuf and the code that it generates from OpenTelemetry's files would be some thousand lines
/// for the dozen messages and four kinds of field that are ever written here, and nothing is read.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    private enum Wire: UInt64 {
        case varint = 0
        case fixed64 = 1
        case length = 2
        case fixed32 = 5
    }

    mutating func write(_ field: UInt64, varint value: UInt64) {
        key(field, .varint)
        varint(value)
    }

    mutating func write(_ field: UInt64, fixed64 value: UInt64) {
        key(field, .fixed64)
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func write(_ field: UInt64, fixed32 value: UInt32) {
        key(field, .fixed32)
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func write(_ field: UInt64, _ text: String) {
        key(field, .length)
        varint(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    mutating func write(_ field: UInt64, bytes value: [UInt8]) {
        key(field, .length)
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    /// A message within this one: its length stands before it, and is only known after it.
    mutating func write(_ field: UInt64, message: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        message(&inner)
        write(field, bytes: inner.bytes)
    }

    private mutating func key(_ field: UInt64, _ wire: Wire) {
        varint(field << 3 | wire.rawValue)
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}
