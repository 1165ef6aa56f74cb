/// Writes one compact JSON document into one buffer. Slices are copied byte for byte, whitespace inside them included.
///
/// The writer places commas and colons; that brackets match and names stand before values is the caller's part. Writing
/// computed values needs no stack of the thread, however deep they are.
public struct JSONWriter: Sendable {
    private static var null: StaticString { "null" }

    private var bytes: [UInt8]

    /// Whether a value stands right before what comes next, in the same container.
    private var needsComma = false

    /// From this length on a value of a document is not copied.
    private let sharedFrom: Int
    /// What stands before `bytes`, once something was not copied.
    private var pieces: [ArraySlice<UInt8>] = []

    /// - Parameter capacity: bytes to make room for at once.
    public init(capacity: Int = 0) {
        self.init(capacity: capacity, sharedFrom: .max)
    }

    /// A writer for ``finishPieces()``.
    ///
    /// - Parameter sharedFrom: values of a document with as many bytes or more are not copied.
    public init(capacity: Int, sharedFrom: Int) {
        bytes = []
        bytes.reserveCapacity(max(capacity, 0))
        self.sharedFrom = sharedFrom
    }

    public consuming func finish() -> [UInt8] {
        pieces.isEmpty ? bytes : finishPieces().bytes
    }

    public consuming func finishPieces() -> JSONPieces {
        guard let first = pieces.first else { return JSONPieces(bytes) }
        return JSONPieces(Array(first), followedBy: pieces.dropFirst() + (bytes.isEmpty ? [] : [bytes[...]]))
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
        if slice.byteRange.count >= sharedFrom {
            pieces.append(bytes[...])
            pieces.append(slice.document.bytes[slice.byteRange])
            bytes = []
        } else {
            slice.withUTF8 { bytes.append(contentsOf: $0) }
        }
        needsComma = true
    }

    public mutating func write(string: String) {
        separate()
        StringEscaping.append(string, to: &bytes)
        needsComma = true
    }

    public mutating func write(_ value: JSONValue) {
        guard var frame = JSONWriterFrame(value) else { return writeLeaf(value) }
        var outer: [JSONWriterFrame] = []
        while true {
            if let inner = writeUpToContainer(in: &frame) {
                outer.append(frame)
                frame = inner
            } else {
                guard let next = outer.popLast() else { return }
                frame = next
            }
        }
    }

    /// Writes the rest of a container up to the first array or object in it, and gives that; nil at the end.
    private mutating func writeUpToContainer(in frame: inout JSONWriterFrame) -> JSONWriterFrame? {
        switch frame.container {
        case .array(let elements):
            if frame.next == 0 { beginArray() }
            while frame.next < elements.count {
                let element = elements[frame.next]
                frame.next += 1
                if let inner = JSONWriterFrame(element) { return inner }
                writeLeaf(element)
            }
            endArray()
        case .shaped(let shape, let values):
            if frame.next == 0 { separate() }
            while frame.next < values.count {
                let value = values[frame.next]
                bytes.append(contentsOf: shape.written[shape.written(frame.next)])
                needsComma = false
                frame.next += 1
                if let inner = JSONWriterFrame(value) { return inner }
                writeLeaf(value)
            }
            if values.isEmpty { bytes.append(ASCII.openBrace) }
            endObject()
        case .members(let members):
            if frame.next == 0 { beginObject() }
            while frame.next < members.count {
                let member = members[frame.next]
                key(member.key)
                frame.next += 1
                if let inner = JSONWriterFrame(member.value) { return inner }
                writeLeaf(member.value)
            }
            endObject()
        }
        return nil
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

    private mutating func write(_ table: JSONTable) {
        separate()
        append(upTo: table.writtenCapacity) { table.write(to: &$0) }
        needsComma = true
    }

    private mutating func writeRow(_ row: Int, of table: JSONTable) {
        separate()
        append(upTo: table.writtenCapacity(row: row)) { table.write(row: row, to: &$0) }
        needsComma = true
    }

    private mutating func append(upTo capacity: Int, _ body: (inout ByteCursor) -> Void) {
        bytes.append(addingCapacity: capacity) { span in
            span.withUnsafeMutableBufferPointer { buffer, count in
                var cursor = ByteCursor(UnsafeMutableRawBufferPointer(buffer))
                body(&cursor)
                count = cursor.count
            }
        }
    }

    /// Anything but a computed array or object; of these, tables and their rows.
    private mutating func writeLeaf(_ value: JSONValue) {
        switch value {
        case .slice(let slice): write(slice)
        case .null: writeRaw(Self.null)
        case .bool(let value): writeRaw(value ? "true" : "false")
        case .number(let number):
            separate()
            bytes.append(contentsOf: number.text.utf8)
            needsComma = true
        case .string(let string): write(string: string)
        case .object(let object):
            if case .row(let table, let row) = object.storage { writeRow(row, of: table) }
        case .table(let table): write(table)
        case .array: break
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
