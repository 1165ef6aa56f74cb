import JMESPath
import JSONSlices

/// What can be said of the values that expressions read before there is a request: their types, and when they are null.
struct SlotTypes {
    let plan: Plan
    /// By call: the type of its value by its name.
    private(set) var values: [StaticType]
    /// By call: the same, where neither it nor one of its items is skipped.
    private(set) var unskippedValues: [StaticType]
    /// By call: the type of the elements of the list that it goes through.
    private(set) var items: [StaticType]
    /// By call: the type of the elements that a batch's answer has.
    private(set) var found: [StaticType]
    /// By call: the type of the bodies that it gets; unknown where no recorded answers are there to learn from.
    private var bodies: [StaticType]
    /// By call: whether it comes to null, or one of its items does, for want of a value of a call that was skipped. Empty
    /// where nothing is learnt from recorded answers, since findings leave it out of account.
    private var followsSkipped: [Bool] = []

    init(of plan: Plan) {
        self.plan = plan
        values = [StaticType](repeating: .unknown, count: plan.calls.count)
        (unskippedValues, items, found, bodies) = (values, values, values, values)
        for index in plan.order { follow(index) }
    }

    /// The types as recorded answers and the backends' documents show them: what every one of them has is taken to be
    /// always there.
    init(of plan: Plan, from answers: RecordedAnswers, _ descriptions: BackendDescriptions) {
        self.plan = plan
        values = [StaticType](repeating: .unknown, count: plan.calls.count)
        (unskippedValues, items, found) = (values, values, values)
        bodies = plan.calls.map { call in
            let documents = answers.bodies(for: call).compactMap { try? JSONDocument(parsing: $0) }
            var type = descriptions.type(of: call) ?? .unknown
            if !documents.isEmpty {
                let shown = StaticType(ofExamples: documents.map { .slice($0.root) })
                type = descriptions.type(of: call) == nil ? shown : type.or(shown)
            }
            let isNull = answers.hasAnswerWithoutValue(for: call)
            return isNull ? type.orNull(when: "a recorded answer has no body") : type
        }
        followsSkipped = [Bool](repeating: false, count: plan.calls.count)
        for index in plan.order { follow(index) }
    }

    /// Whether recorded answers were looked at.
    private var isLearnt: Bool { !followsSkipped.isEmpty }

    /// The call's types, once those that it mentions are known.
    private mutating func follow(_ index: Int) {
        let call = plan.calls[index]
        if let forEach = call.forEach { items[index] = type(of: forEach.list, .forEach, in: index).anyElement }
        var value = call.select.map { type(of: $0, .select, in: index) } ?? bodies[index]
        if call.select != nil, isLearnt { value = value.orNull(whereNull: bodies[index]) }
        if let batch = call.forEach?.batch {
            found[index] = value.anyElement
            value = batch.join.map { type(of: $0, .join, in: index) } ?? found[index]
        }
        if let omit = call.omit { value = isLearnt ? value.omitting(omit) : value.withoutContent }
        if call.method == "HEAD" { value = StaticType(.null) }
        if let status = call.success.statusWithoutValue {
            value = value.orNull(when: "'\(call.name)' is answered with \(status)")
        }
        if let fallback = fallbackType(of: index) {
            value = fallback.types == .null ? value.orNull(when: "'\(call.name)' has failed") : value.or(fallback)
        }
        unskippedValues[index] = call.forEach == nil ? value : .list(of: value)
        if call.when != nil {
            let other = call.otherwise.map { type(of: $0, .otherwise, in: index) }
            let isNull = other.map { $0.types == .null } ?? true
            value =
                isNull
                ? value.orNull(when: call.forEach == nil ? "'\(call.name)' is skipped" : "its item is skipped")
                : value.or(other ?? .unknown)
        }
        if isLearnt, isSkippedWithOthers(index) {
            followsSkipped[index] = true
            value = call.otherwise.map { value.or(type(of: $0, .otherwise, in: index)) } ?? value.orPerhapsNull
        }
        values[index] = call.forEach == nil ? value : .list(of: value)
        if isLearnt, call.forEach != nil, !call.fallbackReadsItem, let fallback = fallbackType(of: index) {
            // A list that is none, or too long, fails as a whole.
            if hasCertainLength(index) == false { values[index] = values[index].or(fallback) }
        }
    }

    /// Whether the list of a call with `forEach` is one for sure, and not too long.
    private func hasCertainLength(_ index: Int) -> Bool {
        guard let forEach = plan.calls[index].forEach else { return false }
        let list = type(of: forEach.list, .forEach, in: index)
        return list.types == .array && list.elementCount.map { $0 <= forEach.maxItems } ?? false
    }

    /// Whether the call, or one of its items, is skipped because a call that it needs for its path was.
    private func isSkippedWithOthers(_ index: Int) -> Bool {
        let call = plan.calls[index]
        var needed = call.path.segments.flatMap(\.template.slots)
        if case .fields(let fields) = call.query { needed += fields.filter(\.isRequired).flatMap(\.value.slots) }
        needed += call.forEach?.batch?.id?.expression.slots ?? []
        return needed.contains { slot in
            switch plan.slotSources[slot] {
            case .item:
                guard let list = call.forEach?.list.expression.slots, list.count == 1 else { return false }
                return plan.slotSources[list[0]].call.map(isSkippable) ?? false
            case let source: return source.call.map(isSkippable) ?? false
            }
        }
    }

    private func isSkippable(_ call: Int) -> Bool { plan.calls[call].when != nil || followsSkipped[call] }

    /// The type of what stands in for the call's value, or for that of one item; nil where nothing does.
    func fallbackType(of index: Int) -> StaticType? {
        plan.calls[index].fallback.map { type(of: $0, .fallback, in: index) }
    }

    /// The type of what an expression is evaluated on.
    func rootType(of use: ExpressionUse) -> StaticType {
        guard let call = use.call else { return .unknown }
        return switch use.part {
        case .batchID: items[call]
        case .batchKey, .join: found[call]
        case .success: Self.wholeAnswer
        case .select: bodies[call].withoutNull
        case .path, .query, .header, .body, .forEach, .when, .otherwise, .fallback, .response: .unknown
        }
    }

    /// What `success` looks at.
    private static let wholeAnswer = StaticType.object(
        ["status": .integer, "headers": StaticType(.object), "body": .unknown],
        isClosed: true
    )

    /// What `item` stands for: an element of the list, or in the request of a batch the ids of many.
    private func itemType(in use: ExpressionUse) -> StaticType {
        guard let call = use.call else { return .unknown }
        guard let batch = plan.calls[call].forEach?.batch, use.part.isOfRequest else { return items[call] }
        return .list(of: (batch.id.map { type(of: $0, .batchID, in: call) } ?? items[call]).withoutNull)
    }

    /// The type of a slot's value where an expression reads it.
    func type(of slot: Int, in use: ExpressionUse) -> StaticType {
        switch plan.slotSources[slot] {
        case .parameter(let index): plan.parameters[index].type
        case .item: itemType(in: use)
        case .call(let other): values[other]
        case .callStatus(let other): answerType(.integer, of: other, "'\(plan.calls[other].name)' got no answer")
        case .callHeader(let other, let name):
            answerType(StaticType([.string, .array]), of: other, "the answer has no header '\(name)'")
        case .callError(let other): StaticType(.string).orNull(when: "'\(plan.calls[other].name)' has not failed")
        case .requestMethod, .requestPath, .requestTime, .requestID, .requestAddress: StaticType(.string)
        case .requestHeader(let name): StaticType(.string).orNull(when: "the request has no header '\(name)'")
        case .requestClaim: .unknown
        // A policy that finds nobody out refuses the request.
        case .requestConsumer:
            plan.access?.allowsAnonymous == false
                ? StaticType(.string) : StaticType(.string).orNull(when: "the caller is anonymous")
        case .requestLanguage: StaticType(.string).orNull(when: "the request asks for no language")
        case .requestQuery: StaticType(.object)
        case .requestBody: plan.requestBody?.type(orNullWhen: "the request has no body") ?? .unknown
        case .partial: Self.partial
        }
    }

    /// What is missing of a partial reply; null where nothing is.
    private static let partial = StaticType.list(
        of: .object([
            .init(name: "call", type: StaticType(.string)), .init(name: "reason", type: StaticType(.string)),
            .init(name: "items", type: .list(of: .integer), isOptional: true),
        ])
    ).orPerhapsNull

    /// Something of a call's answer: a list for a call that goes through one.
    private func answerType(_ type: StaticType, of index: Int, _ cause: String) -> StaticType {
        let call = plan.calls[index]
        guard call.forEach == nil else { return isLearnt ? .list(of: type.orPerhapsNull) : StaticType(.array) }
        let isCertain = type == .integer && call.isRequired && call.when == nil && !(isLearnt && followsSkipped[index])
        return isCertain ? type : type.orNull(when: cause)
    }
}

extension SuccessRule {
    /// A status that is accepted and gives null.
    fileprivate var statusWithoutValue: Int? {
        guard case .statuses(let statuses) = self else { return nil }
        return statuses.first { !(200..<300).contains($0) || $0 == 204 }
    }
}

extension Parameter {
    fileprivate var type: StaticType {
        let type = schema.type(orNullWhen: "null is sent")
        return isRequired || defaultValue != nil ? type : type.orNull(when: "the parameter '\(name)' is not given")
    }
}

extension ValueSchema {
    /// The types of the values that fit.
    fileprivate func type(orNullWhen cause: String) -> StaticType {
        guard !kinds.isEmpty else { return .unknown }
        let types = kinds.map(type)
        let type = types.dropFirst().reduce(types[0]) { $0.or($1) }
        return kinds.contains(.null) ? type.orNull(when: cause) : type
    }

    private func type(of kind: Kind) -> StaticType {
        switch kind {
        case .string: return StaticType(.string)
        case .integer: return .integer
        case .number: return StaticType(.number)
        case .boolean: return StaticType(.boolean)
        case .null: return StaticType(.null)
        case .array:
            guard case .each(let schema) = items else { return StaticType(.array) }
            return .list(of: schema.type(orNullWhen: "null stands in the list"))
        case .object:
            var members: [String: StaticType] = [:]
            for property in properties {
                let name = property.key.string
                let type = property.schema.type(orNullWhen: "'\(name)' is null")
                let isRequired = required.contains(property.key)
                members[name] = isRequired ? type : type.orNull(when: "the request's body has no '\(name)'")
            }
            if case .nothing = additionalProperties { return .object(members, isClosed: true) }
            return .object(members, isClosed: false)
        }
    }
}
