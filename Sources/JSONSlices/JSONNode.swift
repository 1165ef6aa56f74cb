/// One value or member name in a document's index: 16 bytes.
///
/// The nodes of a document stand in document order. A container is followed by its elements, or by its members as
/// name, value, name, value; so a container that is not empty has its first child right behind it.
struct JSONNode {
    /// Stands for "no container is open" in ``next``.
    static let noNode = UInt32.max

    private static let arrayBit: UInt32 = 1 << 31
    private static let objectBit: UInt32 = 1 << 30
    private static let escapesBit: UInt32 = 1 << 3
    private static let kindBits: UInt32 = 7

    /// The value's first byte in the document.
    var start: UInt32
    /// One past the value's last byte.
    var end: UInt32
    /// The node behind this value and all it contains. While the index is built and this container is still open: the
    /// container around it, which is all the stack the builder needs.
    var next: UInt32
    /// What the value is. An array is bit 31 and 31 bits of count; an object is `01` in the highest bits and 30 bits of
    /// count; any other value is its kind in bits 0-2 and "has escapes" in bit 3.
    ///
    /// The counts always fit: `n` elements take at least `2n + 1` bytes, `n` members `5n + 1`, and a document is smaller
    /// than 2^32 bytes.
    private var tag: UInt32

    @inline(__always)
    init(kind: JSONKind, start: Int, end: Int, next: UInt32, hasEscapes: Bool = false) {
        self.start = UInt32(truncatingIfNeeded: start)
        self.end = UInt32(truncatingIfNeeded: end)
        self.next = next
        self.tag =
            switch kind {
            case .array: Self.arrayBit
            case .object: Self.objectBit
            default: UInt32(kind.rawValue) | (hasEscapes ? Self.escapesBit : 0)
            }
    }

    @inline(__always)
    var kind: JSONKind {
        if isArray { return .array }
        if isObject { return .object }
        return JSONKind(rawValue: UInt8(truncatingIfNeeded: tag & Self.kindBits)) ?? .null
    }

    @inline(__always)
    var isArray: Bool {
        tag & Self.arrayBit != 0
    }

    @inline(__always)
    var isObject: Bool {
        tag &>> 30 == 1
    }

    @inline(__always)
    var isString: Bool {
        tag & ~Self.escapesBit == UInt32(JSONKind.string.rawValue)
    }

    /// A string with at least one backslash: its bytes are not yet its text.
    @inline(__always)
    var hasEscapes: Bool {
        tag == UInt32(JSONKind.string.rawValue) | Self.escapesBit
    }

    /// The bytes between a string's quotes.
    @inline(__always)
    var contentLength: Int {
        Int(end) &- Int(start) &- 2
    }

    /// The bytes of the value.
    @inline(__always)
    var length: Int {
        Int(end) &- Int(start)
    }

    /// Elements or members; 0 for any other value, which must not be given a count.
    @inline(__always)
    var count: Int {
        get {
            if isArray { return Int(tag & ~Self.arrayBit) }
            return isObject ? Int(tag & ~Self.objectBit) : 0
        }
        set {
            tag = (isArray ? Self.arrayBit : Self.objectBit) | UInt32(truncatingIfNeeded: newValue)
        }
    }
}
