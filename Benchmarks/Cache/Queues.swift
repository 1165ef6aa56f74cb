/// What the store is held against: exact LRU and FIFO, which only count bytes.
struct QueueCache {
    private struct Node {
        var key: Int
        var bytes: Int
        var newer: Int
        var older: Int
    }

    /// FIFO when false.
    private let movesHits: Bool
    private let capacity: Int
    private var places: [Int: Int] = [:]
    private var nodes: [Node] = []
    private var free: [Int] = []
    private var head = -1
    private var tail = -1
    private(set) var bytes = 0

    init(capacity: Int, movesHits: Bool) {
        self.capacity = capacity
        self.movesHits = movesHits
    }

    /// Whether it was there. It is afterwards.
    mutating func request(_ key: Int, bytes size: Int) -> Bool {
        if let place = places[key] {
            if movesHits {
                unlink(place)
                link(place)
            }
            return true
        }
        while bytes + size > capacity, tail >= 0 { evict() }
        let node = Node(key: key, bytes: size, newer: -1, older: -1)
        let place = free.popLast() ?? nodes.count
        if place < nodes.count { nodes[place] = node } else { nodes.append(node) }
        places[key] = place
        bytes += size
        link(place)
        return false
    }

    private mutating func evict() {
        let place = tail
        unlink(place)
        bytes -= nodes[place].bytes
        places[nodes[place].key] = nil
        free.append(place)
    }

    private mutating func unlink(_ place: Int) {
        let node = nodes[place]
        if node.newer >= 0 { nodes[node.newer].older = node.older } else { head = node.older }
        if node.older >= 0 { nodes[node.older].newer = node.newer } else { tail = node.newer }
    }

    private mutating func link(_ place: Int) {
        nodes[place].newer = -1
        nodes[place].older = head
        if head >= 0 { nodes[head].newer = place } else { tail = place }
        head = place
    }
}
