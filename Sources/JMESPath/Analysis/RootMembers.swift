import JSONSlices

extension Expression {
    /// The members of the root document that the expression can read, sorted; nil when it can read anything of it: where
    /// `@` or `$` is a value by itself, an index, a projection or a function's argument.
    ///
    /// Empty when it reads nothing of it, as where identifiers are names of the scope.
    public var rootMembers: [String]? {
        var reader = RootReader()
        reader.visit(node, onRoot: true)
        return reader.members.map { $0.sorted() }
    }
}

/// Walks through an expression and notes what it reads of the root.
private struct RootReader {
    /// nil: anything.
    var members: Set<String>? = []

    /// - Parameter onRoot: whether the current value is the root.
    mutating func visit(_ node: Node, onRoot: Bool) {
        switch node {
        case .current, .root: if isRoot(node, onRoot) { members = nil }
        case .slot, .variable, .literal: break
        case .path(let base, let path, _):
            guard isRoot(base, onRoot) else { return visit(base, onRoot: onRoot) }
            guard case .member(let key)? = path.steps.first else { return members = nil }
            members?.insert(key.string)
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
