import JSONSlices

/// Computes the value of nodes. One evaluator serves one evaluation, on one thread.
struct Evaluator {
    let root: JSONValue
    let slots: [JSONValue]
    var budget: EvaluationBudget

    /// The values of the variables in force, outermost first.
    var variables: [JSONValue] = []

    init(root: JSONValue, slots: [JSONValue], budget: EvaluationBudget) {
        self.root = root
        self.slots = slots
        self.budget = budget
    }

    /// What an element of a computed array or a member of a computed object counts, in bytes.
    static var elementCost: Int { 32 }

    /// The place of errors that no single part of the expression is to blame for.
    static var nowhere: Range<Int> { 0..<0 }

    mutating func evaluate(_ node: Node, _ current: JSONValue) throws(ExpressionError) -> JSONValue {
        try budget.spend(steps: 1, at: Self.nowhere)
        switch node {
        case .current: return current
        case .root: return root
        case .slot(let slot): return slots.indices.contains(slot) ? slots[slot] : .null
        case .variable(let place): return variables.indices.contains(place) ? variables[place] : .null
        case .literal(let value): return value
        case .path(let base, let path, _): return try follow(path, from: try evaluate(base, current))
        case .subexpression(let left, let right):
            let value = try evaluate(left, current)
            return value.isNull ? .null : try evaluate(right, value)
        case .pipe(let left, let right): return try evaluate(right, try evaluate(left, current))
        case .listProjection(let left, let right):
            return try project(try evaluate(left, current), through: right)
        case .objectProjection(let left, let right):
            return try projectMembers(of: try evaluate(left, current), through: right)
        case .filterProjection(let left, let condition, let right):
            return try filter(try evaluate(left, current), by: condition, through: right)
        case .flattenProjection(let left, let right):
            return try flatten(try evaluate(left, current), through: right)
        case .sliceProjection(let left, let bounds, let right):
            return try slice(try evaluate(left, current), bounds, through: right)
        case .selectList(let nodes): return try selectList(nodes, from: current)
        case .selectObject(let selection): return try selectObject(selection, from: current)
        case .or(let operands): return try firstOperand(of: operands, being: true, current)
        case .and(let operands): return try firstOperand(of: operands, being: false, current)
        case .not(let operand): return .bool(!(try evaluate(operand, current)).isTrue)
        case .conditional(let condition, let then, let otherwise):
            return try evaluate(try evaluate(condition, current).isTrue ? then : otherwise, current)
        case .comparison(let comparison): return try compare(comparison, current)
        case .arithmetic(let arithmetic): return try compute(arithmetic, current)
        case .negation(let operand, let range): return try negate(operand, current, range)
        case .affirmation(let operand, let range): return try affirm(operand, current, range)
        case .bind(let values, let body): return try bind(values, body, current)
        case .call(let call): return try perform(call, current)
        }
    }

    private mutating func follow(_ path: JSONPath, from base: JSONValue) throws(ExpressionError) -> JSONValue {
        // Slices are followed without making values on the way.
        if case .slice(let slice) = base {
            let end = slice.follow(path, effort: &budget.steps)
            try budget.check(at: Self.nowhere)
            return end.map(JSONValue.slice) ?? .null
        }
        var value = base
        for step in path.steps {
            try budget.spend(steps: 1, at: Self.nowhere)
            let next: JSONValue? =
                switch step {
                case .member(let key): value.member(key)
                case .index(let index): value.element(at: index < 0 ? value.count + index : index)
                }
            guard let next else { return .null }
            value = next
        }
        return value
    }

    private mutating func selectList(_ nodes: [Node], from current: JSONValue) throws(ExpressionError) -> JSONValue {
        var elements: [JSONValue] = []
        elements.reserveCapacity(nodes.count)
        for node in nodes { elements.append(try evaluate(node, current)) }
        return try array(elements, at: Self.nowhere)
    }

    private mutating func selectObject(
        _ selection: ObjectSelection,
        from current: JSONValue
    ) throws(ExpressionError) -> JSONValue {
        if let columns = selection.columns, case .slice(let slice) = current {
            var rows = JSONTableBuilder(slice.document, columns: columns, rows: 1)
            try select(columns, from: slice, into: &rows)
            if let object = rows.finish().object(at: 0) { return .object(object) }
        }
        var values: [JSONValue] = []
        values.reserveCapacity(selection.members.count)
        for member in selection.members { values.append(try evaluate(member.value, current)) }
        if let shape = selection.shape, let object = JSONObject(shape: shape, values: values) {
            try budget.spend(bytes: values.count * 2 * Self.elementCost, at: Self.nowhere)
            return .object(object)
        }
        return try object(zip(selection.members, values).map { ($0.key, $1) }, at: Self.nowhere)
    }

    /// One object of a multi-select whose values are paths. Costs what evaluating its nodes would.
    mutating func select(
        _ columns: JSONColumns,
        from slice: JSONSlice,
        into rows: inout JSONTableBuilder
    ) throws(ExpressionError) {
        // Each path is two nodes: itself and the current value.
        try budget.spend(steps: 2 * columns.count, at: Self.nowhere)
        rows.append(slice, effort: &budget.steps)
        try budget.check(at: Self.nowhere)
        try budget.spend(bytes: columns.count * 2 * Self.elementCost, at: Self.nowhere)
    }

    /// The value of the first operand whose truth is `truth`, or of the last.
    private mutating func firstOperand(
        of operands: [Node],
        being truth: Bool,
        _ current: JSONValue
    ) throws(ExpressionError) -> JSONValue {
        var value = JSONValue.null
        for operand in operands {
            value = try evaluate(operand, current)
            if value.isTrue == truth { break }
        }
        return value
    }

    private mutating func bind(
        _ values: [Node],
        _ body: Node,
        _ current: JSONValue
    ) throws(ExpressionError) -> JSONValue {
        var bound: [JSONValue] = []
        for value in values { bound.append(try evaluate(value, current)) }
        variables += bound
        defer { variables.removeLast(bound.count) }
        return try evaluate(body, current)
    }

    // MARK: Making values

    /// An array that is paid for.
    mutating func array(_ elements: [JSONValue], at range: Range<Int>) throws(ExpressionError) -> JSONValue {
        try budget.spend(bytes: elements.count * Self.elementCost, at: range)
        return .array(elements)
    }

    /// An object that is paid for. The last value of a key wins, at the place of the first.
    mutating func object(
        _ members: [(key: String, value: JSONValue)],
        at range: Range<Int>
    ) throws(ExpressionError) -> JSONValue {
        try budget.spend(bytes: members.count * 2 * Self.elementCost, at: range)
        return .object(JSONObject(members: members))
    }

    /// A string that is paid for.
    mutating func string(_ text: String, at range: Range<Int>) throws(ExpressionError) -> JSONValue {
        try budget.spend(bytes: text.utf8.count, at: range)
        return .string(text)
    }
}

extension JSONValue {
    /// False are null, `false`, and the empty string, array and object. Numbers are true.
    var isTrue: Bool {
        switch kind {
        case .null, .false: false
        case .true, .number: true
        case .string:
            switch self {
            case .slice(let slice): slice.byteRange.count > 2
            default: string?.isEmpty == false
            }
        case .array, .object: count > 0
        }
    }
}
