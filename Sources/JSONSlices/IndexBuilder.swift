/// Checks a document against RFC 8259 and writes its index, in one pass and without recursion.
///
/// This is the one place that works on bare memory. It reads through ``JSONScanner``, which never goes past the end,
/// and writes nodes only where ``makeRoom()`` has provided for them. The containers that are still open form a
/// list through ``JSONNode/next``, so that nesting costs neither stack nor memory.
struct IndexBuilder: ~Copyable {
    /// A node for every eight bytes is what API replies need; a denser document doubles the room.
    private static let bytesPerNode = 8

    private let scanner: JSONScanner
    private let maxDepth: Int
    private var tape: JSONTape
    /// Nodes written so far.
    private var count = 0

    /// The innermost container that is open, what it is, how much it has so far, and how many are open with it.
    private var container = JSONNode.noNode
    private var inObject = false
    private var children = 0
    private var depth = 0

    /// - Throws: why and where `bytes` are not one JSON value within the limits.
    static func index(_ bytes: borrowing [UInt8], limits: JSONLimits) throws(JSONSyntaxError) -> JSONTape {
        let maxBytes = min(limits.maxBytes, JSONLimits.largestDocument)
        guard bytes.count <= maxBytes else {
            throw JSONSyntaxError(reason: .documentTooLarge(limit: maxBytes), offset: max(maxBytes, 0))
        }
        return try bytes.span.withUnsafeBufferPointer { (bytes) throws(JSONSyntaxError) in
            guard let base = bytes.baseAddress, !bytes.isEmpty else {
                throw JSONSyntaxError(reason: .emptyDocument, offset: 0)
            }
            let scanner = JSONScanner(base: base, end: bytes.count)
            let builder = IndexBuilder(scanner: scanner, maxDepth: limits.maxDepth)
            return try builder.readDocument()
        }
    }

    private init(scanner: JSONScanner, maxDepth: Int) {
        self.scanner = scanner
        self.maxDepth = maxDepth
        self.tape = JSONTape(capacity: scanner.end / Self.bytesPerNode + 2)
    }

    /// Section 2: `ws value ws`.
    private consuming func readDocument() throws(JSONSyntaxError) -> JSONTape {
        if scanner.startsWithByteOrderMark { throw scanner.error(.byteOrderMark, at: 0) }
        var position = scanner.skipWhitespace(from: 0)
        guard position < scanner.end else { throw scanner.error(.emptyDocument, at: position) }
        repeat {
            makeRoom()
            if inObject { position = try readName(at: position) }
            position = try readValue(at: position)
        } while container != JSONNode.noNode
        position = scanner.skipWhitespace(from: position)
        guard position == scanner.end else { throw scanner.error(.trailingText, at: position) }
        tape.finish(written: count)
        return tape
    }

    /// A turn of the loop writes two nodes at most, a member's name and its value.
    @inline(__always)
    private mutating func makeRoom() {
        if count &+ 2 > tape.capacity { tape.grow() }
    }

    /// Section 4: a member's name and the colon. Gives the position of its value.
    @inline(__always)
    private mutating func readName(at start: Int) throws(JSONSyntaxError) -> Int {
        guard scanner.has(ASCII.quote, at: start) else { throw scanner.error(.expectedKey, at: start) }
        let name = try scanner.skipString(from: start)
        append(.string, start, name.end, hasEscapes: name.hasEscapes)
        let colon = scanner.skipWhitespace(from: name.end)
        guard scanner.has(ASCII.colon, at: colon) else { throw scanner.error(.expectedColon, at: colon) }
        return scanner.skipWhitespace(from: colon &+ 1)
    }

    /// Section 3: a scalar, an empty container, or the opening of another. Gives the position of the next value or name;
    /// when no container is open after it, the end of the document's value.
    @inline(__always)
    private mutating func readValue(at start: Int) throws(JSONSyntaxError) -> Int {
        guard start < scanner.end else { throw scanner.error(.expectedValue, at: start) }
        let first = scanner.base[start]
        let end: Int
        switch first {
        case ASCII.quote:
            let string = try scanner.skipString(from: start)
            end = string.end
            append(.string, start, end, hasEscapes: string.hasEscapes)
        case ASCII.minus, ASCII.zero...ASCII.nine:
            end = try scanner.skipNumber(from: start)
            append(.number, start, end)
        case ASCII.openBrace, ASCII.openBracket:
            guard depth < maxDepth else { throw scanner.error(.tooDeep(limit: maxDepth), at: start) }
            let kind: JSONKind = first == ASCII.openBrace ? .object : .array
            let inside = scanner.skipWhitespace(from: start &+ 1)
            // In ASCII both closing brackets stand two behind their opening ones.
            guard scanner.has(first &+ 2, at: inside) else {
                open(kind, at: start)
                return inside
            }
            end = inside &+ 1
            append(kind, start, end)
        case ASCII.lowerT:
            end = try scanner.skipLiteral(.true, from: start)
            append(.true, start, end)
        case ASCII.lowerF:
            end = try scanner.skipLiteral(.false, from: start)
            append(.false, start, end)
        case ASCII.lowerN:
            end = try scanner.skipLiteral(.null, from: start)
            append(.null, start, end)
        default:
            throw scanner.error(.expectedValue, at: start)
        }
        return try leaveValue(at: end)
    }

    /// Behind a value: a comma, or the end of its container, and then the same for the container around it.
    @inline(__always)
    private mutating func leaveValue(at end: Int) throws(JSONSyntaxError) -> Int {
        var position = end
        while container != JSONNode.noNode {
            children &+= 1
            position = scanner.skipWhitespace(from: position)
            if scanner.has(ASCII.comma, at: position) { return scanner.skipWhitespace(from: position &+ 1) }
            guard scanner.has(inObject ? ASCII.closeBrace : ASCII.closeBracket, at: position) else {
                throw scanner.error(inObject ? .expectedCommaOrBrace : .expectedCommaOrBracket, at: position)
            }
            position &+= 1
            close(at: position)
        }
        return position
    }

    /// Writes the node of a value that is complete.
    @inline(__always)
    private mutating func append(_ kind: JSONKind, _ start: Int, _ end: Int, hasEscapes: Bool = false) {
        let next = UInt32(truncatingIfNeeded: count &+ 1)
        tape.storage[count] = JSONNode(kind: kind, start: start, end: end, next: next, hasEscapes: hasEscapes)
        count &+= 1
    }

    @inline(__always)
    private mutating func open(_ kind: JSONKind, at start: Int) {
        if container != JSONNode.noNode { tape.storage[Int(container)].count = children }
        tape.storage[count] = JSONNode(kind: kind, start: start, end: start, next: container)
        container = UInt32(truncatingIfNeeded: count)
        inObject = kind == .object
        children = 0
        depth &+= 1
        count &+= 1
    }

    /// Completes the innermost container's node and goes back to the one around it.
    @inline(__always)
    private mutating func close(at end: Int) {
        let closed = Int(container)
        container = tape.storage[closed].next
        tape.storage[closed].end = UInt32(truncatingIfNeeded: end)
        tape.storage[closed].next = UInt32(truncatingIfNeeded: count)
        tape.storage[closed].count = children
        depth &-= 1
        if container != JSONNode.noNode {
            inObject = tape.storage[Int(container)].isObject
            children = tape.storage[Int(container)].count
        }
    }
}
