import JSONSlices

extension Expression {
    /// The members of the root document that the expression can read, sorted; nil when it can read anything of it: where
    /// `@` or `$` is a value by itself, an index, a projection or a function's argument.
    ///
    /// Empty when it reads nothing of it, as where identifiers are names of the scope.
    public var rootMembers: [String]? {
        let reads = RootReader.reads(of: node)
        return reads.isEverything ? nil : Set(reads.paths.map(\.path[0])).sorted()
    }
}

extension Node {
    /// The members at the beginning of every path into the root document, with the path's place in the source.
    func rootPaths() -> [(path: [String], range: Range<Int>)] {
        RootReader.reads(of: self).paths
    }
}

/// Walks through an expression and notes what it reads of the root.
private struct RootReader {
    private(set) var isEverything = false
    /// Never empty.
    private(set) var paths: [(path: [String], range: Range<Int>)] = []

    static func reads(of node: Node) -> RootReader {
        var reader = RootReader()
        reader.visit(node, onRoot: true)
        return reader
    }

    /// - Parameter onRoot: whether the current value is the root.
    private mutating func visit(_ node: Node, onRoot: Bool) {
        switch node {
        case .current, .root: if isRoot(node, onRoot) { isEverything = true }
        case .slot, .variable, .literal: break
        case .path(let base, let path, let range):
            guard isRoot(base, onRoot) else { return visit(base, onRoot: onRoot) }
            let names = path.steps.prefix { $0.member != nil }.compactMap { $0.member?.string }
            if names.isEmpty { isEverything = true } else { paths.append((names, range)) }
        case .subexpression(let left, let right), .pipe(let left, let right):
            let staysOnRoot = isRoot(left, onRoot)
            if !staysOnRoot { visit(left, onRoot: onRoot) }
            visit(right, onRoot: staysOnRoot)
        case .listProjection(let left, let right), .objectProjection(let left, let right),
            .flattenProjection(let left, let right), .sliceProjection(let left, _, let right):
            visit(left, onRoot: onRoot)
            visit(right, onRoot: false)
        case .filterProjection(let left, let condition, let right):
            visit(left, onRoot: onRoot)
            visit(condition, onRoot: false)
            visit(right, onRoot: false)
        case .selectList(let nodes), .or(let nodes), .and(let nodes): visit(nodes, onRoot: onRoot)
        case .selectObject(let selection): visit(selection.members.map(\.value), onRoot: onRoot)
        case .not(let operand), .negation(let operand, _), .affirmation(let operand, _):
            visit(operand, onRoot: onRoot)
        case .conditional(let condition, let then, let otherwise):
            visit([condition, then, otherwise], onRoot: onRoot)
        case .comparison(let comparison): visit([comparison.left, comparison.right], onRoot: onRoot)
        case .arithmetic(let arithmetic): visit([arithmetic.left, arithmetic.right], onRoot: onRoot)
        case .bind(let values, let body): visit(values + [body], onRoot: onRoot)
        case .call(let call):
            for argument in call.arguments { visit(argument.node, onRoot: onRoot && !argument.isReference) }
        }
    }

    private mutating func visit(_ nodes: [Node], onRoot: Bool) {
        for node in nodes { visit(node, onRoot: onRoot) }
    }

    private func isRoot(_ node: Node, _ onRoot: Bool) -> Bool {
        switch node {
        case .root: true
        case .current: onRoot
        default: false
        }
    }
}

extension JSONPath.Step {
    fileprivate var member: JSONKey? {
        if case .member(let key) = self { key } else { nil }
    }
}
