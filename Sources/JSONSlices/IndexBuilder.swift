/// Checks a document against RFC 8259 and writes its index, in one pass and without recursion.
///
/// This is the one place that works on bare memory. It reads through ``JSONScanner``, which never goes past the end,
/// and writes nodes only where room has been provided for them. The containers that are still open form a list through
/// ``JSONNode/next``, so that nesting costs neither stack nor memory.
struct IndexBuilder: ~Copyable {
    /// A node for every eight bytes is what API replies need; a denser document doubles the room.
    private static let bytesPerNode = 8

    private let maxDepth: Int
    private var tape: JSONTape

    /// Where the reading stands: a local value, so that all of it can be kept in registers.
    private struct State {
        var position = 0
        /// Nodes written so far.
        var count = 0
        /// The innermost container that is open, what it is, how much it has so far, and how many are open with it.
        var container = JSONNode.noNode
        var inObject = false
        var children = 0
        var depth = 0
    }

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
            let builder = IndexBuilder(byteCount: bytes.count, maxDepth: limits.maxDepth)
            return try builder.read(JSONScanner(base: base, end: bytes.count))
        }
    }

    private init(byteCount: Int, maxDepth: Int) {
        self.maxDepth = maxDepth
        tape = JSONTape(capacity: byteCount / Self.bytesPerNode + 4)
    }

    /// Section 2: `ws value ws`.
    private consuming func read(_ scanner: JSONScanner) throws(JSONSyntaxError) -> JSONTape {
        if scanner.startsWithByteOrderMark { throw scanner.error(.byteOrderMark, at: 0) }
        var state = State()
        state.position = scanner.skipWhitespace(from: 0)
        guard state.position < scanner.end else { throw scanner.error(.emptyDocument, at: state.position) }
        repeat {
            // A turn writes two nodes at most, a member's name and its value.
            if state.count &+ 2 > tape.capacity { tape.grow() }
            let nodes = tape.storage
            if state.inObject { try Self.readName(&state, scanner, nodes) }
            try Self.readValue(&state, scanner, nodes, maxDepth: maxDepth)
        } while state.container != JSONNode.noNode
        let end = scanner.skipWhitespace(from: state.position)
        guard end == scanner.end else { throw scanner.error(.trailingText, at: end) }
        tape.finish(written: state.count)
        return tape
    }

    /// Section 4: a member's name and the colon, up to its value.
    @inline(__always)
    private static func readName(
        _ state: inout State,
        _ scanner: JSONScanner,
        _ nodes: UnsafeMutablePointer<JSONNode>
    ) throws(JSONSyntaxError) {
        let start = state.position
        guard scanner.has(ASCII.quote, at: start) else { throw scanner.error(.expectedKey, at: start) }
        let name = try scanner.skipString(from: start)
        append(&state, nodes, .string, start, name.end, hasEscapes: name.hasEscapes)
        let colon = scanner.skipWhitespace(from: name.end)
        guard scanner.has(ASCII.colon, at: colon) else { throw scanner.error(.expectedColon, at: colon) }
        state.position = scanner.skipWhitespace(from: colon &+ 1)
    }

    /// Section 3: a scalar, an empty container, or the opening of another; up to the next value or name. When no
    /// container is open after it, that was the document's value.
    @inline(__always)
    private static func readValue(
        _ state: inout State,
        _ scanner: JSONScanner,
        _ nodes: UnsafeMutablePointer<JSONNode>,
        maxDepth: Int
    ) throws(JSONSyntaxError) {
        let start = state.position
        guard start < scanner.end else { throw scanner.error(.expectedValue, at: start) }
        let first = scanner.base[start]
        let end: Int
        switch first {
        case ASCII.quote:
            let string = try scanner.skipString(from: start)
            end = string.end
            append(&state, nodes, .string, start, end, hasEscapes: string.hasEscapes)
        case ASCII.minus, ASCII.zero...ASCII.nine:
            end = try scanner.skipNumber(from: start)
            append(&state, nodes, .number, start, end)
        case ASCII.openBrace, ASCII.openBracket:
            guard state.depth < maxDepth else { throw scanner.error(.tooDeep(limit: maxDepth), at: start) }
            let kind: JSONKind = first == ASCII.openBrace ? .object : .array
            let inside = scanner.skipWhitespace(from: start &+ 1)
            // In ASCII both closing brackets stand two behind their opening ones.
            guard scanner.has(first &+ 2, at: inside) else {
                open(&state, nodes, kind, at: start)
                state.position = inside
                return
            }
            end = inside &+ 1
            append(&state, nodes, kind, start, end)
        case ASCII.lowerT:
            end = try scanner.skipLiteral(.true, from: start)
            append(&state, nodes, .true, start, end)
        case ASCII.lowerF:
            end = try scanner.skipLiteral(.false, from: start)
            append(&state, nodes, .false, start, end)
        case ASCII.lowerN:
            end = try scanner.skipLiteral(.null, from: start)
            append(&state, nodes, .null, start, end)
        default:
            throw scanner.error(.expectedValue, at: start)
        }
        try leaveValue(&state, scanner, nodes, at: end)
    }

    /// Behind a value: a comma, or the end of its container, and then the same for the container around it.
    @inline(__always)
    private static func leaveValue(
        _ state: inout State,
        _ scanner: JSONScanner,
        _ nodes: UnsafeMutablePointer<JSONNode>,
        at end: Int
    ) throws(JSONSyntaxError) {
        var position = end
        while state.container != JSONNode.noNode {
            state.children &+= 1
            position = scanner.skipWhitespace(from: position)
            if scanner.has(ASCII.comma, at: position) {
                state.position = scanner.skipWhitespace(from: position &+ 1)
                return
            }
            guard scanner.has(state.inObject ? ASCII.closeBrace : ASCII.closeBracket, at: position) else {
                throw scanner.error(state.inObject ? .expectedCommaOrBrace : .expectedCommaOrBracket, at: position)
            }
            position &+= 1
            close(&state, nodes, at: position)
        }
        state.position = position
    }

    /// Writes the node of a value that is complete.
    @inline(__always)
    private static func append(
        _ state: inout State,
        _ nodes: UnsafeMutablePointer<JSONNode>,
        _ kind: JSONKind,
        _ start: Int,
        _ end: Int,
        hasEscapes: Bool = false
    ) {
        let next = UInt32(truncatingIfNeeded: state.count &+ 1)
        nodes[state.count] = JSONNode(kind: kind, start: start, end: end, next: next, hasEscapes: hasEscapes)
        state.count &+= 1
    }

    @inline(__always)
    private static func open(
        _ state: inout State,
        _ nodes: UnsafeMutablePointer<JSONNode>,
        _ kind: JSONKind,
        at start: Int
    ) {
        if state.container != JSONNode.noNode { nodes[Int(state.container)].count = state.children }
        nodes[state.count] = JSONNode(kind: kind, start: start, end: start, next: state.container)
        state.container = UInt32(truncatingIfNeeded: state.count)
        state.inObject = kind == .object
        state.children = 0
        state.depth &+= 1
        state.count &+= 1
    }

    /// Completes the innermost container's node and goes back to the one around it.
    @inline(__always)
    private static func close(_ state: inout State, _ nodes: UnsafeMutablePointer<JSONNode>, at end: Int) {
        let closed = Int(state.container)
        state.container = nodes[closed].next
        nodes[closed].end = UInt32(truncatingIfNeeded: end)
        nodes[closed].next = UInt32(truncatingIfNeeded: state.count)
        nodes[closed].count = state.children
        state.depth &-= 1
        if state.container != JSONNode.noNode {
            state.inObject = nodes[Int(state.container)].isObject
            state.children = nodes[Int(state.container)].count
        }
    }
}
