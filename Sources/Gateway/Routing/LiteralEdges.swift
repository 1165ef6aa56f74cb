/// The literal edges of a whole trie in one open-addressing hash table with linear probing.
///
/// The keys are the endpoints' author's, so no client can crowd the table; it is never more than half full.
struct LiteralEdges: Sendable {
    private struct Edge: Sendable {
        var parent: Int
        var literal: [UInt8]
        var child: Int
    }

    /// A power of two of places; nil is a free one.
    private var places: [Edge?] = Array(repeating: nil, count: 8)
    private var count = 0

    mutating func add(parent: Int, literal: [UInt8], child: Int) {
        if (count + 1) * 2 > places.count { grow() }
        place(Edge(parent: parent, literal: literal, child: child))
        count += 1
    }

    func child(of parent: Int, literal: ArraySlice<UInt8>) -> Int? {
        var index = place(parent: parent, literal: literal)
        while let edge = places[index] {
            if edge.parent == parent, edge.literal.elementsEqual(literal) { return edge.child }
            index = (index + 1) & (places.count - 1)
        }
        return nil
    }

    func child(of parent: Int, literal: [UInt8]) -> Int? {
        child(of: parent, literal: literal[...])
    }

    private mutating func grow() {
        let old = places
        places = Array(repeating: nil, count: old.count * 2)
        for case .some(let edge) in old { place(edge) }
    }

    private mutating func place(_ edge: Edge) {
        var index = place(parent: edge.parent, literal: edge.literal[...])
        while places[index] != nil { index = (index + 1) & (places.count - 1) }
        places[index] = edge
    }

    /// FNV-1a over the parent's number and the literal.
    private func place(parent: Int, literal: ArraySlice<UInt8>) -> Int {
        var hash = (0xCBF2_9CE4_8422_2325 ^ UInt64(truncatingIfNeeded: parent)) &* 0x100_0000_01B3
        for byte in literal {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        return Int(truncatingIfNeeded: hash ^ (hash >> 32)) & (places.count - 1)
    }
}
