/// A name and a path for every column of a ``JSONTable``, prepared once: `{id: id, total: total.amount}`.
public final class JSONColumns: Sendable {
    public let shape: JSONShape

    /// The steps of all paths, one path behind the other, and where each ends. All of it is plain numbers.
    private let steps: [PreparedStep]
    private let ends: [Int]
    private let names: [UInt8]

    /// nil unless there is a path for each name.
    public init?(shape: JSONShape, paths: [JSONPath]) {
        guard paths.count == shape.names.count else { return nil }
        var (steps, ends, names) = ([PreparedStep](), [Int](), [UInt8]())
        for path in paths {
            for step in path.steps { steps.append(PreparedStep(step, names: &names)) }
            ends.append(steps.count)
        }
        self.shape = shape
        (self.steps, self.ends, self.names) = (steps, ends, names)
    }

    public var count: Int {
        ends.count
    }

    /// Appends the nodes at the ends of the paths from `node` on, ``JSONNode/noNode`` where there is none. Stops when the
    /// effort is used up, as in ``JSONSlice/follow(_:effort:)``.
    func appendCells(from node: Int, of document: JSONDocument, to cells: inout [UInt32], effort: inout Int) {
        steps.withUnsafeBufferPointer { steps in
            names.withUnsafeBytes { names in
                document.bytes.withUnsafeBytes { text in
                    var start = 0
                    for end in ends {
                        let path = UnsafeBufferPointer(rebasing: steps[start..<end])
                        let cell = document.follow(path, names: names, text: text, from: node, effort: &effort)
                        guard effort >= 0 else { return }
                        cells.append(cell.map(UInt32.init(truncatingIfNeeded:)) ?? JSONNode.noNode)
                        start = end
                    }
                }
            }
        }
    }
}
