import JSONSlices

/// A value that an expression can name twice: where it starts, and the way from there.
struct ValuePath: Hashable {
    enum Base: Hashable {
        case current, root
        case slot(Int)
        case variable(Int)
    }

    var base: Base
    var steps: [JSONPath.Step] = []
}

/// The values that are not null at some place of an expression, because of a condition that was met before it.
struct NotNullPaths {
    private var paths: Set<ValuePath> = []

    func contains(_ path: ValuePath?) -> Bool {
        guard !paths.isEmpty, let path else { return false }
        return paths.contains(path)
    }

    /// Adds what is not null once the condition turned out to be that.
    mutating func assume(_ condition: Node, is truth: Bool) {
        switch condition {
        case .not(let operand): assume(operand, is: !truth)
        case .and(let operands) where truth: for operand in operands { assume(operand, is: true) }
        case .or(let operands) where !truth: for operand in operands { assume(operand, is: false) }
        case .comparison(let comparison): assume(comparison, is: truth)
        default: if truth { insert(condition) }
        }
    }

    private mutating func assume(_ comparison: Comparison, is truth: Bool) {
        switch (comparison.operator, truth) {
        case (.equal, let isEqual), (.notEqual, let isEqual):
            let areEqual = comparison.operator == .equal ? isEqual : !isEqual
            for (side, other) in [(comparison.left, comparison.right), (comparison.right, comparison.left)] {
                if case .literal(let value) = other, value.isNull != areEqual { insert(side) }
            }
        case (_, true):
            insert(comparison.left)
            insert(comparison.right)
        default: break
        }
    }

    /// Longer ways into a value are not remembered: nobody writes them twice.
    private static let longestPath = 32

    /// When a part of a value is not null, the value is not null either.
    private mutating func insert(_ node: Node) {
        guard var path = node.valuePath, path.steps.count <= Self.longestPath else { return }
        paths.insert(path)
        while path.steps.popLast() != nil { paths.insert(path) }
    }

    /// What is left where the current value is another one.
    var withoutCurrent: NotNullPaths {
        NotNullPaths(paths: paths.filter { $0.base != .current })
    }

    init() {}

    private init(paths: Set<ValuePath>) {
        self.paths = paths
    }
}

extension Node {
    var valuePath: ValuePath? {
        switch self {
        case .current: ValuePath(base: .current)
        case .root: ValuePath(base: .root)
        case .slot(let slot): ValuePath(base: .slot(slot))
        case .variable(let place): ValuePath(base: .variable(place))
        case .path(let node, let path, _):
            node.valuePath.map { ValuePath(base: $0.base, steps: $0.steps + path.steps) }
        default: nil
        }
    }
}
