import JMESPath
import JSONSlices

/// What the calls of a plan yield on recorded answers, as far as that can be told without a request.
struct ExampleValues {
    /// By call: the recorded answers that a request of it could get.
    let bodies: [[JSONValue]]
    /// By call: what `select` makes of the answer to one request.
    private(set) var selected: [ExampleShape]
    /// By call: what others see of it, by its name.
    private(set) var values: [ExampleShape]
    /// By call: what `item` stands for in its request.
    private(set) var items: [ExampleShape]

    init(of plan: Plan, from answers: RecordedAnswers) {
        bodies = plan.calls.map { call in
            answers.bodies(for: call).compactMap { bytes in
                (try? JSONDocument(parsing: bytes)).map { .slice($0.root) }
            }
        }
        let anything = [ExampleShape](repeating: .open, count: plan.calls.count)
        (selected, values, items) = (anything, anything, anything)
        let graph = DependencyGraph(needs: plan.calls.map(\.needs), fallbackNeeds: plan.calls.map(\.fallbackNeeds))
        for index in graph.order() { follow(index, in: plan) }
    }

    /// The call's shapes, once those that it mentions are known.
    private mutating func follow(_ index: Int, in plan: Plan) {
        let call = plan.calls[index]
        func reading(_ expression: PlacedExpression, root: ExampleShape) -> ExampleShape {
            self.reading(expression, root: root, call: index, in: plan).result
        }
        if let forEach = call.forEach {
            let element = reading(forEach.list, root: .open).element
            items[index] = forEach.batch == nil ? element : .list(of: element)
        }
        var body = ExampleShape.open
        if !bodies[index].isEmpty { body = ExampleShape(of: bodies[index]) }
        selected[index] = call.select.map { reading($0, root: body) } ?? body
        var value = call.forEach?.batch == nil ? selected[index] : selected[index].element
        for path in call.omit?.paths ?? [] { value = value.omitting(path[...]) }
        if let fallback = call.fallback {
            value = value.union(fallback.shape { reading($0, root: .open) })
        }
        values[index] = call.forEach == nil ? value : .list(of: value)
    }

    /// What an expression of the plan does on the examples.
    ///
    /// - Parameter call: whose expression it is; nil for the response's.
    func reading(_ expression: PlacedExpression, root: ExampleShape, call: Int?, in plan: Plan) -> ExampleReading {
        expression.expression.reading(root: root) { slot in
            switch plan.slotSources[slot] {
            case .call(let other): values[other]
            case .item: call.map { items[$0] } ?? .open
            default: .open
            }
        }
    }
}

extension JSONTemplate {
    /// The shape of the template's values, given those of its expressions.
    fileprivate func shape(of expression: (PlacedExpression) -> ExampleShape) -> ExampleShape {
        switch self {
        case .constant(let slice):
            return ExampleShape(of: [.slice(slice)])
        case .text(let text, _):
            return text.single.map(expression) ?? .scalar
        case .array(let elements):
            return .list(of: elements.reduce(ExampleShape()) { $0.union($1.shape(of: expression)) })
        case .object, .merged:
            var shape = ExampleShape.object([:])
            for part in objectParts ?? [] {
                switch part {
                case .member(let member): shape = shape.union(.object([member.key: member.value.shape(of: expression)]))
                case .spread(let spread, _): shape = shape.union(expression(spread))
                }
            }
            return shape
        }
    }
}

extension ExampleShape {
    /// The shape without what an `omit` path leaves out.
    fileprivate func omitting(_ path: ArraySlice<OmitPaths.Step>) -> ExampleShape {
        guard let step = path.first else { return self }
        let rest = path.dropFirst()
        func below(_ name: String, _ member: ExampleShape) -> ExampleShape? {
            switch step {
            case .anyDepth:
                let deeper = member.omitting(path)
                guard let next = rest.first, next == .anyMember || next == .member(name) else { return deeper }
                return rest.count == 1 ? nil : deeper.omitting(rest.dropFirst())
            case .member(name), .anyMember:
                return rest.isEmpty ? nil : member.omitting(rest)
            case .member, .anyElement:
                return member
            }
        }
        return mapped(member: below) { element in
            switch step {
            case .anyElement: element.omitting(rest)
            case .anyDepth:
                rest.first == .anyElement ? element.omitting(path).omitting(rest.dropFirst()) : element.omitting(path)
            case .member, .anyMember: element
            }
        }
    }
}
