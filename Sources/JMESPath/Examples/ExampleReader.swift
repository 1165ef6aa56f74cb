import JSONSlices

/// Follows an expression, node by node, through the shapes of examples.
struct ExampleReader {
    let root: ExampleShape
    let slots: [Int: ExampleShape]
    let tokens: [Token]
    /// The shapes of the variables in force, outermost first.
    var variables: [ExampleShape] = []
    /// Whether what is read here may be missing, since the expression provides for it.
    var isGuarded = false
    private(set) var unknown: [UnknownMember] = []

    init(root: ExampleShape, slots: [Int: ExampleShape], tokens: [Token]) {
        self.root = root
        self.slots = slots
        self.tokens = tokens
    }

    mutating func shape(of node: Node, on current: ExampleShape) -> ExampleShape {
        switch node {
        case .current: return current
        case .root: return root
        case .slot(let slot): return slots[slot] ?? .open
        case .variable(let place): return variables.indices.contains(place) ? variables[place] : .open
        case .literal(let value): return ExampleShape(of: [value])
        case .path(let base, let path, let range):
            return follow(path, from: shape(of: base, on: current), range: range)
        case .subexpression(let left, let right), .pipe(let left, let right):
            return shape(of: right, on: shape(of: left, on: current))
        case .listProjection(let left, let right), .sliceProjection(let left, _, let right):
            return .list(of: shape(of: right, on: shape(of: left, on: current).element))
        case .objectProjection(let left, let right):
            return .list(of: shape(of: right, on: shape(of: left, on: current).anyMember))
        case .filterProjection(let left, let condition, let right):
            let element = shape(of: left, on: current).element
            _ = guarded(true) { $0.shape(of: condition, on: element) }
            return .list(of: shape(of: right, on: element))
        case .flattenProjection(let left, let right):
            let element = shape(of: left, on: current).element
            return .list(of: shape(of: right, on: element.flattened))
        case .selectList(let nodes):
            return .list(of: union(of: nodes, on: current))
        case .selectObject(let selection):
            var members: [String: ExampleShape] = [:]
            for member in selection.members { members[member.key] = shape(of: member.value, on: current) }
            return .object(members)
        case .or(let operands), .and(let operands):
            return alternatives(operands, on: current)
        case .not(let operand):
            _ = guarded(true) { $0.shape(of: operand, on: current) }
            return .scalar
        case .conditional(let condition, let then, let otherwise):
            _ = guarded(true) { $0.shape(of: condition, on: current) }
            return union(of: [then, otherwise], on: current)
        case .comparison(let comparison):
            read(comparison, on: current)
            return .scalar
        case .arithmetic(let arithmetic):
            _ = union(of: [arithmetic.left, arithmetic.right], on: current)
            return .scalar
        case .negation(let operand, _), .affirmation(let operand, _):
            _ = shape(of: operand, on: current)
            return .scalar
        case .bind(let values, let body):
            let shapes = values.map { shape(of: $0, on: current) }
            variables += shapes
            defer { variables.removeLast(shapes.count) }
            return shape(of: body, on: current)
        case .call(let call):
            return shape(of: call, on: current)
        }
    }

    mutating func union(of nodes: [Node], on current: ExampleShape) -> ExampleShape {
        var union = ExampleShape()
        for node in nodes { union = union.union(shape(of: node, on: current)) }
        return union
    }

    /// Operands of which each but the last may be missing.
    mutating func alternatives(_ nodes: [Node], on current: ExampleShape) -> ExampleShape {
        var union = ExampleShape()
        for (place, node) in nodes.enumerated() {
            let isLast = place == nodes.count - 1
            union = union.union(guarded(isLast ? isGuarded : true) { $0.shape(of: node, on: current) })
        }
        return union
    }

    mutating func guarded(_ value: Bool, _ read: (inout ExampleReader) -> ExampleShape) -> ExampleShape {
        let outer = isGuarded
        isGuarded = value
        defer { isGuarded = outer }
        return read(&self)
    }

    /// Only a comparison with null provides for a name that is missing.
    private mutating func read(_ comparison: Comparison, on current: ExampleShape) {
        for (side, other) in [(comparison.left, comparison.right), (comparison.right, comparison.left)] {
            _ = guarded(other.isNullLiteral) { $0.shape(of: side, on: current) }
        }
    }

    private mutating func follow(_ path: JSONPath, from base: ExampleShape, range: Range<Int>) -> ExampleShape {
        var shape = base
        for (place, step) in path.steps.enumerated() {
            guard case .member(let key) = step else {
                shape = shape.element
                continue
            }
            guard let member = shape.member(key.string) else {
                unknown.append(
                    UnknownMember(
                        name: key.string,
                        known: shape.memberNames,
                        isGuarded: isGuarded,
                        range: self.range(of: key.string, stepsBehind: path.steps[(place + 1)...], in: range)
                    )
                )
                return .open
            }
            shape = member
        }
        return shape
    }

    /// Where a name of a path stands: found from the end, since what stands before the path may hold the same name.
    private func range(of name: String, stepsBehind: ArraySlice<JSONPath.Step>, in range: Range<Int>) -> Range<Int> {
        let names = stepsBehind.compactMap { if case .member(let key) = $0 { key.string } else { nil } }
        var wanted = Array(([name] + names).reversed())[...]
        for token in tokens.reversed() where range.contains(token.range.lowerBound) {
            guard let text = token.memberName, text == wanted.first else { continue }
            wanted = wanted.dropFirst()
            if wanted.isEmpty { return token.range }
        }
        return range
    }
}

extension ExampleShape {
    /// The element of `x[]` when this is the element of x: arrays give their elements, anything else itself.
    var flattened: ExampleShape {
        guard hasArray else { return self }
        return union(element)
    }
}

extension Token {
    fileprivate var memberName: String? {
        switch kind {
        case .identifier(let name), .quotedIdentifier(let name): name
        default: nil
        }
    }
}

extension Node {
    fileprivate var isNullLiteral: Bool {
        if case .literal(let value) = self { value.isNull } else { false }
    }
}
