/// A name and a path for every column of a ``JSONTable``, prepared once: `{id: id, total: total.amount}`.
///
/// The paths are one tree, so that a value's members are walked once for all the columns that look into it, and not once
/// for each.
public final class JSONColumns: Sendable {
    /// A step of one path or of several, and the steps that go on from it.
    private struct Branch {
        /// How it is reached; of no meaning for the first branch, which is the value itself.
        var step: PreparedStep
        /// The columns whose paths go on from it.
        var columnsBehind = 0
        /// The branches that lead on to members, by the lengths of their names, and behind those the ones that lead on to
        /// elements. Breadth first, so that all stand side by side and behind this one.
        var members = 0..<0
        var elements = 0..<0
        /// The lengths of the names among those, each as a bit; all from 63 on share one.
        var lengths: UInt64 = 0
    }

    public let shape: JSONShape

    /// All of it is plain numbers: no reference is counted on the way through a document.
    private let branches: [Branch]
    /// The branch at whose end a column stands.
    private let columns: [Int]
    private let names: [UInt8]

    /// nil unless there is a path for each name.
    public init?(shape: JSONShape, paths: [JSONPath]) {
        guard paths.count == shape.names.count else { return nil }
        self.shape = shape
        (branches, columns, names) = Self.tree(of: paths)
    }

    public var count: Int {
        columns.count
    }

    private static func tree(of paths: [JSONPath]) -> ([Branch], columns: [Int], names: [UInt8]) {
        var names: [UInt8] = []
        var branches = [Branch(step: PreparedStep(.index(0), names: &names))]
        var columns = [Int](repeating: 0, count: paths.count)
        // By branch: the paths that go through it, and how many of their steps are behind them there.
        var travellers = [Array(paths.indices)]
        var depths = [0]
        var branch = 0
        while branch < branches.count {
            var steps: [JSONPath.Step] = []
            var onward: [JSONPath.Step: [Int]] = [:]
            for path in travellers[branch] {
                guard depths[branch] < paths[path].steps.count else {
                    columns[path] = branch
                    continue
                }
                let step = paths[path].steps[depths[branch]]
                if onward[step] == nil { steps.append(step) }
                onward[step, default: []].append(path)
                branches[branch].columnsBehind += 1
            }
            let first = branches.count
            for step in steps.sorted(by: { $0.nameLength < $1.nameLength }) {
                branches.append(Branch(step: PreparedStep(step, names: &names)))
                travellers.append(onward[step] ?? [])
                depths.append(depths[branch] + 1)
                if step.nameLength < .max { branches[branch].lengths |= lengthBit(step.nameLength) }
            }
            let elements = first + steps.count { $0.nameLength < .max }
            branches[branch].members = first..<elements
            branches[branch].elements = elements..<branches.count
            branch += 1
        }
        return (branches, columns, names)
    }

    @inline(__always)
    private static func lengthBit(_ length: Int) -> UInt64 {
        1 &<< UInt64(min(length, 63))
    }

    /// Appends the nodes at the ends of the paths from `node` on, ``JSONNode/noNode`` where there is none.
    ///
    /// - Parameter effort: what following each path by itself would take, as in ``JSONSlice/follow(_:effort:)``. Negative
    ///   when it was not enough; then nothing is appended.
    func appendCells(from node: Int, of document: JSONDocument, to cells: inout [UInt32], effort: inout Int) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: branches.count) { places in
            places.initialize(repeating: JSONNode.noNode)
            places[0] = UInt32(truncatingIfNeeded: node)
            fill(places, from: document, effort: &effort)
            guard effort >= 0 else { return }
            for branch in columns { cells.append(places[branch]) }
        }
    }

    /// Finds the node of every branch; those before it have theirs by then.
    private func fill(_ places: UnsafeMutableBufferPointer<UInt32>, from document: JSONDocument, effort: inout Int) {
        branches.withUnsafeBufferPointer { branches in
            names.withUnsafeBytes { names in
                document.withContents { text, nodes in
                    for index in branches.indices {
                        guard branches[index].columnsBehind > 0, places[index] != JSONNode.noNode else { continue }
                        let node = Int(places[index])
                        let container = nodes[node]
                        let cost = (1 + container.count / 16) &* branches[index].columnsBehind
                        guard effort >= cost else {
                            effort = -1
                            return
                        }
                        effort -= cost
                        if container.isArray {
                            for next in branches[index].elements {
                                let element = document.element(branches[next].step.index, of: container, at: node)
                                places[next] = element.map(UInt32.init(truncatingIfNeeded:)) ?? JSONNode.noNode
                            }
                            continue
                        }
                        // Every member is looked at: where a name stands twice, the last one counts.
                        var name = node &+ 1
                        while name < Int(container.next), container.isObject {
                            let entry = nodes[name]
                            if branches[index].lengths & Self.lengthBit(entry.contentLength) != 0 || entry.hasEscapes {
                                for next in branches[index].members
                                where document.isName(entry, of: branches[next].step, names: names, text: text) {
                                    places[next] = UInt32(truncatingIfNeeded: name &+ 1)
                                }
                            }
                            name = Int(nodes[name &+ 1].next)
                        }
                    }
                }
            }
        }
    }
}

extension JSONPath.Step {
    /// The bytes of the member's name; beyond any for an element.
    fileprivate var nameLength: Int {
        if case .member(let key) = self { key.utf8.count } else { .max }
    }
}
