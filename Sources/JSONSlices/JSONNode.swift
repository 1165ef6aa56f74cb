/// One value or member name in a document's index: 16 bytes.
///
/// The nodes of a document stand in document order. A container is followed by its elements, or by its members as
/// name, value, name, value; so a container that is not empty has its first child right behind it.
struct JSONNode {
    /// Counts from here on do not fit their 28 bits and are found by walking.
    static let saturatedCount: UInt32 = (1 << 28) - 1
    /// Stands for "no container is open" in ``next``.
    static let noNode = UInt32.max

    private static let escapesFlag: UInt32 = 1 << 3
    private static let countShift: UInt32 = 4

    /// The value's first byte in the document.
    var start: UInt32
    /// One past the value's last byte.
    var end: UInt32
    /// The node behind this value and all it contains. While the index is built and this container is still open: the
    /// container around it, which is all the stack the builder needs.
    var next: UInt32
    /// Bits 0-2 the kind, bit 3 "has escapes", bits 4-31 the count.
    private var tag: UInt32

    @inline(__always)
    init(kind: JSONKind, start: Int, end: Int, next: UInt32, hasEscapes: Bool = false) {
        self.start = UInt32(truncatingIfNeeded: start)
        self.end = UInt32(truncatingIfNeeded: end)
        self.next = next
        self.tag = UInt32(kind.rawValue) | (hasEscapes ? Self.escapesFlag : 0)
    }

    @inline(__always)
    var kind: JSONKind {
        JSONKind(rawValue: UInt8(truncatingIfNeeded: tag & 7)) ?? .null
    }

    /// A string with at least one backslash: its bytes are not yet its text.
    @inline(__always)
    var hasEscapes: Bool {
        tag & Self.escapesFlag != 0
    }

    @inline(__always)
    var isObject: Bool {
        tag & 7 == UInt32(JSONKind.object.rawValue)
    }

    /// Elements or members, at most ``saturatedCount``.
    @inline(__always)
    var count: UInt32 {
        get { tag &>> Self.countShift }
        set { tag = (tag & 0xF) | (min(newValue, Self.saturatedCount) &<< Self.countShift) }
    }
}
