/// Writes one compact JSON document into one buffer. Slices are copied byte for byte, whitespace inside them included.
///
/// The writer places commas and colons; that brackets match and names stand before values is the caller's part. Writing
/// computed values needs no stack of the thread, however deep they are.
public struct JSONWriter: Sendable {
    public private(set) var bytes: [UInt8]

    /// Whether a value stands right before what comes next, in the same container.
    private var needsComma = false

    /// - Parameter capacity: bytes to make room for at once.
    public init(capacity: Int = 0) {
        bytes = []
        bytes.reserveCapacity(max(capacity, 0))
    }

    public consuming func finish() -> [UInt8] {
        bytes
    }

    // MARK: Containers

    public mutating func beginObject() {
        open(ASCII.openBrace)
    }

    public mutating func endObject() {
        close(ASCII.closeBrace)
    }

    public mutating func beginArray() {
        open(ASCII.openBracket)
    }

    public mutating func endArray() {
        close(ASCII.closeBracket)
    }

    public mutating func key(_ name: String) {
        separate()
        StringEscaping.append(name, to: &bytes)
        bytes.append(ASCII.colon)
        needsComma = false
    }

    /// Copies the name's written form: nothing is looked at or escaped again.
    public mutating func key(prepared key: JSONKey) {
        separate()
        bytes.append(contentsOf: key.written)
        needsComma = false
    }

    // MARK: Values

    public mutating func write(_ slice: JSONSlice) {
        separate()
        slice.withUTF8 { bytes.append(contentsOf: $0) }
        needsComma = true
    }

    public mutating func write(string: String) {
        separate()
        StringEscaping.append(string, to: &bytes)
        needsComma = true
    }

    public mutating func write(_ value: JSONValue) {
        guard let outermost = JSONWriterFrame(value) else { return writeLeaf(value) }
        var frame = outermost
        var outer: [JSONWriterFrame] = []
        open(frame.openingByte)
        while true {
            if let child = frame.next() {
                if let name = child.key { key(name) }
                if let inner = JSONWriterFrame(child.value) {
                    outer.append(frame)
                    frame = inner
                    open(frame.openingByte)
                } else {
                    writeLeaf(child.value)
                }
            } else {
                close(frame.closingByte)
                guard let next = outer.popLast() else { return }
                frame = next
            }
        }
    }

    /// Copies one complete value that is JSON already.
    public mutating func writeRaw(utf8: [UInt8]) {
        separate()
        bytes.append(contentsOf: utf8)
        needsComma = true
    }

    /// Copies one complete value that is JSON already.
    public mutating func writeRaw(utf8: UnsafeBufferPointer<UInt8>) {
        separate()
        bytes.append(contentsOf: utf8)
        needsComma = true
    }

    /// Copies one complete value that is JSON already.
    public mutating func writeRaw(_ text: StaticString) {
        separate()
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
        needsComma = true
    }

    /// Anything but a computed array or object.
    private mutating func writeLeaf(_ value: JSONValue) {
        switch value {
        case .slice(let slice): write(slice)
        case .null: writeRaw("null")
        case .bool(let value): writeRaw(value ? "true" : "false")
        case .number(let number):
            separate()
            bytes.append(contentsOf: number.text.utf8)
            needsComma = true
        case .string(let string): write(string: string)
        case .array, .object: break
        }
    }

    private mutating func separate() {
        if needsComma { bytes.append(ASCII.comma) }
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }
}
