import JMESPath
import JSONSlices

/// What the calls of a plan yield on recorded answers, as far as that can be told without a request.
struct ExampleValues {
    /// By call: the recorded answers that a request of it could get.
    let bodies: [[JSONValue]]
    /// By call: what `select` makes of the answer to one request.
    private(set) var selected: [ExampleShape]
    /// By call: the value for one item, before `omit`.
    private(set) var unguarded: [ExampleShape]
    /// By call: what others see of it, by its name.
    private(set) var values: [ExampleShape]
    /// By call: the elements of the list that it goes through.
    private(set) var items: [ExampleShape]

    /// By call: what the backend's document says of the bodies; nil where it says nothing.
    private let described: [ExampleShape?]

    init(of plan: Plan, from answers: RecordedAnswers, _ descriptions: BackendDescriptions) {
        described = plan.calls.map(descriptions.shape)
        bodies = plan.calls.map { call in
            answers.bodies(for: call).compactMap { bytes in
                (try? JSONDocument(parsing: bytes)).map { .slice($0.root) }
            }
        }
        let anything = [ExampleShape](repeating: .open, count: plan.calls.count)
        (selected, unguarded, values, items) = (anything, anything, anything, anything)
        let graph = DependencyGraph(needs: plan.calls.map(\.needs), fallbackNeeds: plan.calls.map(\.fallbackNeeds))
        for index in graph.order() { follow(index, in: plan) }
    }

    /// The call's shapes, once those that it mentions are known.
    private mutating func follow(_ index: Int, in plan: Plan) {
        let call = plan.calls[index]
        func result(_ expression: PlacedExpression, _ part: ExpressionUse.Part) -> ExampleShape {
            reading(ExpressionUse(expression: expression, part: part, call: index), in: plan).result
        }
        if let forEach = call.forEach { items[index] = result(forEach.list, .forEach).element }
        selected[index] = call.select.map { result($0, .select) } ?? body(of: index)
        var value = selected[index]
        if let batch = call.forEach?.batch { value = batch.join.map { result($0, .join) } ?? value.element }
        unguarded[index] = value
        for path in call.omit?.paths ?? [] { value = value.omitting(path[...]) }
        if let fallback = call.fallback {
            value = value.union(fallback.shape { result($0, .fallback) })
        }
        if let otherwise = call.otherwise {
            value = value.union(otherwise.shape { result($0, .otherwise) })
        }
        values[index] = call.forEach == nil ? value : .list(of: value)
    }

    /// What an expression of the plan does on the examples.
    func reading(_ use: ExpressionUse, in plan: Plan) -> ExampleReading {
        use.expression.expression.reading(root: root(of: use)) { slot in
            switch plan.slotSources[slot] {
            case .call(let other): return values[other]
            case .item:
                guard let call = use.call else { return .open }
                let isForMany = plan.calls[call].forEach?.batch != nil && use.part.isOfRequest
                return isForMany ? .list(of: .scalar) : items[call]
            default: return .open
            }
        }
    }

    /// What an expression is evaluated on.
    private func root(of use: ExpressionUse) -> ExampleShape {
        guard let call = use.call else { return .open }
        return switch use.part {
        case .select: body(of: call)
        case .batchID: items[call]
        case .batchKey, .join: selected[call].element
        // `success` judges failures, too, and of those there need not be a recorded one.
        case .path, .query, .header, .body, .forEach, .when, .otherwise, .success, .fallback, .response: .open
        }
    }

    private func body(of call: Int) -> ExampleShape {
        guard let described = described[call] else {
            return bodies[call].isEmpty ? .open : ExampleShape(of: bodies[call])
        }
        return described.union(ExampleShape(of: bodies[call]))
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
