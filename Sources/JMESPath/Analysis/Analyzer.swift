import JSONSlices

/// Infers types, node by node, as the evaluator would compute values: once, without data.
struct Analyzer {
    private let source: [UInt8]
    private let slots: [Int: StaticType]
    private let root: StaticType

    /// The types of the variables in force, outermost first.
    private var variables: [StaticType] = []
    /// What is not null here, because of the conditions around.
    var notNull = NotNullPaths()
    private(set) var findings: [ExpressionFinding] = []

    static func analysis(
        of node: Node,
        source: String,
        slots: [Int: StaticType],
        root: StaticType
    ) -> ExpressionAnalysis {
        var analyzer = Analyzer(source: Array(source.utf8), slots: slots, root: root)
        let type = analyzer.type(of: node, root)
        return ExpressionAnalysis(type: type, findings: analyzer.findings)
    }

    /// What the expression alone tells, as warnings.
    ///
    /// - Throws: the first failure that no data can prevent.
    static func warnings(of node: Node, source: String) throws(ExpressionError) -> [ExpressionWarning] {
        let findings = analysis(of: node, source: source, slots: [:], root: .unknown).findings
        for finding in findings {
            guard case .failure(let kind) = finding.kind else { continue }
            throw ExpressionError(kind: kind, message: finding.message, range: finding.range, fix: finding.fix)
        }
        return findings.map { ExpressionWarning(message: $0.message, range: $0.range, fix: $0.fix) }
    }

    private init(source: [UInt8], slots: [Int: StaticType], root: StaticType) {
        self.source = source
        self.slots = slots
        self.root = root
    }

    mutating func type(of node: Node, _ current: StaticType) -> StaticType {
        let type = typeWithoutConditions(of: node, current)
        return notNull.contains(node.valuePath) ? type.withoutNull : type
    }

    private mutating func typeWithoutConditions(of node: Node, _ current: StaticType) -> StaticType {
        switch node {
        case .current: return current
        case .root: return root
        case .slot(let slot): return slots[slot] ?? .unknown
        case .variable(let place): return variables.indices.contains(place) ? variables[place] : .unknown
        case .literal(let value): return StaticType(of: value)
        case .path(let base, let path, let range): return follow(path, from: type(of: base, current), base, at: range)
        case .subexpression(let left, let right): return subexpression(type(of: left, current), right)
        case .pipe(let left, let right): return onto(type(of: left, current), right)
        case .listProjection(let left, let right): return listProjection(type(of: left, current), right)
        case .objectProjection(let left, let right): return objectProjection(type(of: left, current), right)
        case .filterProjection(let left, let condition, let right):
            return filterProjection(type(of: left, current), condition, right)
        case .flattenProjection(let left, let right): return flattenProjection(type(of: left, current), right)
        case .sliceProjection(let left, _, let right): return sliceProjection(type(of: left, current), right)
        case .selectList(let nodes): return .tuple(nodes.map { type(of: $0, current) })
        case .selectObject(let selection): return object(selection, current)
        case .or(let operands): return or(operands, current)
        case .and(let operands): return and(operands, current)
        case .not(let operand):
            _ = type(of: operand, current)
            return StaticType(.boolean)
        case .conditional(let condition, let then, let otherwise):
            return conditional(condition, then, otherwise, current)
        case .comparison(let comparison): return compare(comparison, current)
        case .arithmetic(let arithmetic): return compute(arithmetic, current)
        case .negation(let operand, let range), .affirmation(let operand, let range):
            let type = type(of: operand, current)
            checkNumber(type, at: range, "a sign needs a number behind it")
            return type.isInteger ? .integer : StaticType(.number)
        case .bind(let values, let body): return bind(values, body, current)
        case .call(let call): return result(of: call, current)
        }
    }

    // MARK: Where the current value changes

    /// The type of a node whose current value is another one than around it.
    ///
    /// - Parameter condition: what is true of that value.
    mutating func onto(_ current: StaticType, _ node: Node, where condition: Node? = nil) -> StaticType {
        let outer = notNull
        defer { notNull = outer }
        notNull = outer.withoutCurrent
        if let condition { notNull.assume(condition, is: true) }
        return type(of: node, current)
    }

    /// `left.right`, where `right` is a call or a multi-select.
    private mutating func subexpression(_ left: StaticType, _ right: Node) -> StaticType {
        onto(left.withoutNull, right).orNull(whereNull: left)
    }

    private mutating func bind(_ values: [Node], _ body: Node, _ current: StaticType) -> StaticType {
        variables += values.map { type(of: $0, current) }
        defer { variables.removeLast(values.count) }
        return type(of: body, current)
    }

    private mutating func object(_ selection: ObjectSelection, _ current: StaticType) -> StaticType {
        var members: [StaticType.Member] = []
        for member in selection.members {
            members.append(.init(name: member.key, type: type(of: member.value, current)))
        }
        return .object(members)
    }

    /// Members and elements one after the other.
    private mutating func follow(
        _ path: JSONPath,
        from base: StaticType,
        _ node: Node,
        at range: Range<Int>
    ) -> StaticType {
        var type = base
        var reached = node.valuePath
        for step in path.steps {
            checkStep(step, into: type, at: range)
            switch step {
            case .member(let key): type = type.member(key)
            case .index(let index): type = type.element(at: index)
            }
            reached?.steps.append(step)
            if notNull.contains(reached) { type = type.withoutNull }
        }
        return type
    }

    // MARK: Findings

    mutating func report(
        _ kind: ExpressionFinding.Kind,
        _ message: String,
        at range: Range<Int>,
        fix: String? = nil
    ) {
        findings.append(ExpressionFinding(kind: kind, message: message, range: range, fix: fix))
    }

    /// A part of the expression as it is written, where it is short enough for a message.
    func text(at range: Range<Int>) -> String? {
        guard range.upperBound <= source.count, range.count <= 60 else { return nil }
        return String(decoding: source[range], as: UTF8.self)
    }
}
