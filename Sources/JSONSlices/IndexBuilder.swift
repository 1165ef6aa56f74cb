/// Checks a document against RFC 8259 and writes its index, in one pass and without recursion.
///
/// This is the one place that works on bare memory. It reads through ``JSONScanner``, which never goes past the end,
/// and writes only below the tape's capacity, which is checked once per turn of its loop. The containers that are still
/// open form a list through ``JSONNode/next``, so that nesting costs neither stack nor memory.
enum IndexBuilder {
    /// A node for every eight bytes is what API replies need; a denser document doubles the room.
    private static let bytesPerNode = 8

    static func index(
        _ bytes: borrowing [UInt8],
        limits: JSONLimits
    ) throws(JSONSyntaxError) -> JSONTape {
        let maxBytes = min(limits.maxBytes, JSONLimits.largestDocument)
        guard bytes.count <= maxBytes else {
            throw JSONSyntaxError(reason: .documentTooLarge(limit: maxBytes), offset: max(maxBytes, 0))
        }
        return try bytes.span.withUnsafeBufferPointer { (bytes) throws(JSONSyntaxError) in
            try index(bytes, maxDepth: limits.maxDepth)
        }
    }

    private static func index(
        _ bytes: UnsafeBufferPointer<UInt8>,
        maxDepth: Int
    ) throws(JSONSyntaxError) -> JSONTape {
        guard let base = bytes.baseAddress, !bytes.isEmpty else {
            throw JSONSyntaxError(reason: .emptyDocument, offset: 0)
        }
        let scanner = JSONScanner(base: base, end: bytes.count)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw scanner.error(.byteOrderMark, at: 0) }
        let start = scanner.skipWhitespace(from: 0)
        guard start < scanner.end else { throw scanner.error(.emptyDocument, at: start) }

        var tape = JSONTape(capacity: bytes.count / bytesPerNode + 2)
        let end = try fill(&tape, scanner, from: start, maxDepth: maxDepth)
        let rest = scanner.skipWhitespace(from: end)
        guard rest == scanner.end else { throw scanner.error(.trailingText, at: rest) }
        return tape
    }

    /// Reads the one value at `start`, writes its nodes, and gives the position behind it.
    private static func fill(
        _ tape: inout JSONTape,
        _ scanner: JSONScanner,
        from start: Int,
        maxDepth: Int
    ) throws(JSONSyntaxError) -> Int {
        let base = scanner.base
        let end = scanner.end
        var nodes = tape.storage
        var room = tape.capacity
        var count = 0
        var position = start

        // The innermost container that is open, what it is, and how much it has so far.
        var container = JSONNode.noNode
        var inObject = false
        var children = 0
        var depth = 0

        nextValue: while true {
            // A turn writes two nodes at most, a member's name and its value.
            if count &+ 2 > room {
                tape.grow(written: count)
                nodes = tape.storage
                room = tape.capacity
            }
            if inObject {
                guard position < end, base[position] == ASCII.quote else {
                    throw scanner.error(.expectedKey, at: position)
                }
                let name = try scanner.skipString(from: position)
                nodes[count] = leaf(.string, count, position, name.end, hasEscapes: name.hasEscapes)
                count &+= 1
                position = scanner.skipWhitespace(from: name.end)
                guard position < end, base[position] == ASCII.colon else {
                    throw scanner.error(.expectedColon, at: position)
                }
                position = scanner.skipWhitespace(from: position &+ 1)
            }
            guard position < end else { throw scanner.error(.expectedValue, at: position) }

            let first = base[position]
            let valueEnd: Int
            switch first {
            case ASCII.quote:
                let string = try scanner.skipString(from: position)
                valueEnd = string.end
                nodes[count] = leaf(.string, count, position, valueEnd, hasEscapes: string.hasEscapes)
            case ASCII.minus, ASCII.zero...ASCII.nine:
                valueEnd = try scanner.skipNumber(from: position)
                nodes[count] = leaf(.number, count, position, valueEnd)
            case ASCII.openBrace, ASCII.openBracket:
                guard depth < maxDepth else { throw scanner.error(.tooDeep(limit: maxDepth), at: position) }
                let kind: JSONKind = first == ASCII.openBrace ? .object : .array
                let inside = scanner.skipWhitespace(from: position &+ 1)
                // In ASCII both closing brackets stand two behind their opening ones.
                if inside < end, base[inside] == first &+ 2 {
                    valueEnd = inside &+ 1
                    nodes[count] = leaf(kind, count, position, valueEnd)
                } else {
                    if container != JSONNode.noNode { nodes[Int(container)].count = children }
                    nodes[count] = JSONNode(kind: kind, start: position, end: position, next: container)
                    container = UInt32(truncatingIfNeeded: count)
                    inObject = kind == .object
                    children = 0
                    depth &+= 1
                    count &+= 1
                    position = inside
                    continue nextValue
                }
            case ASCII.lowerT:
                valueEnd = try scanner.skipLiteral(.true, from: position)
                nodes[count] = leaf(.true, count, position, valueEnd)
            case ASCII.lowerF:
                valueEnd = try scanner.skipLiteral(.false, from: position)
                nodes[count] = leaf(.false, count, position, valueEnd)
            case ASCII.lowerN:
                valueEnd = try scanner.skipLiteral(.null, from: position)
                nodes[count] = leaf(.null, count, position, valueEnd)
            default:
                throw scanner.error(.expectedValue, at: position)
            }
            count &+= 1
            position = valueEnd

            // Behind a value: what follows it in its container, or the end of that container and so on outwards.
            while container != JSONNode.noNode {
                children &+= 1
                position = scanner.skipWhitespace(from: position)
                let byte = position < end ? base[position] : 0
                if byte == ASCII.comma {
                    position = scanner.skipWhitespace(from: position &+ 1)
                    continue nextValue
                }
                guard byte == (inObject ? ASCII.closeBrace : ASCII.closeBracket) else {
                    throw scanner.error(inObject ? .expectedCommaOrBrace : .expectedCommaOrBracket, at: position)
                }
                position &+= 1
                let closed = Int(container)
                container = nodes[closed].next
                nodes[closed].end = UInt32(truncatingIfNeeded: position)
                nodes[closed].next = UInt32(truncatingIfNeeded: count)
                nodes[closed].count = children
                depth &-= 1
                if container != JSONNode.noNode {
                    inObject = nodes[Int(container)].isObject
                    children = nodes[Int(container)].count
                }
            }
            tape.finish(written: count)
            return position
        }
    }

    @inline(__always)
    private static func leaf(
        _ kind: JSONKind,
        _ index: Int,
        _ start: Int,
        _ end: Int,
        hasEscapes: Bool = false
    ) -> JSONNode {
        JSONNode(
            kind: kind,
            start: start,
            end: end,
            next: UInt32(truncatingIfNeeded: index &+ 1),
            hasEscapes: hasEscapes
        )
    }
}
