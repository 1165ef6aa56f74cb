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

    /// The type of what a template stands for.
    func type(of template: JSONTemplate, _ part: ExpressionUse.Part, in call: Int?) -> StaticType {
        switch template {
        case .constant(let slice): StaticType(of: .slice(slice))
        case .text(let text, _): type(of: text, part, in: call)
        case .array(let elements): .tuple(elements.map { type(of: $0, part, in: call) })
        case .object(let members): .object(members.map { member($0, part, in: call) })
        case .merged(let object):
            object.parts.reduce(.object([])) { merged, piece in
                switch piece {
                case .member(let member): merged.merged(with: .object([self.member(member, part, in: call)]))
                case .spread(let expression, _): merged.merged(with: type(of: expression, part, in: call), orNone: true)
                }
            }
        }
    }

    private func member(
        _ member: JSONTemplate.Member,
        _ part: ExpressionUse.Part,
        in call: Int?
    ) -> StaticType.Member {
        let type = type(of: member.value, part, in: call)
        guard member.isOptional else { return StaticType.Member(name: member.key, type: type) }
        let isOptional = type.types.contains(.null)
        return StaticType.Member(name: member.key, type: type.withoutNull, isOptional: isOptional)
    }

    /// One expression is a value of any type; with text around it, it is a text, and null where one of them is.
    private func type(of text: TextTemplate, _ part: ExpressionUse.Part, in call: Int?) -> StaticType {
        if let single = text.single { return type(of: single, part, in: call) }
        let isNull = text.expressions.contains { type(of: $0, part, in: call).types.contains(.null) }
        return StaticType(isNull ? [.string, .null] : .string)
    }

    func type(of expression: PlacedExpression, _ part: ExpressionUse.Part, in call: Int?) -> StaticType {
        let use = ExpressionUse(expression: expression, part: part, call: call)
        return expression.expression.analysis(slots: { type(of: $0, in: use) }, root: rootType(of: use)).type
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
        case .requestMethod, .requestPath, .requestTime, .requestID: StaticType(.string)
        case .requestHeader(let name): StaticType(.string).orNull(when: "the request has no header '\(name)'")
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

extension StaticType {
    /// As ``merged(with:)``, where null stands for an object without members.
    fileprivate func merged(with spread: StaticType, orNone: Bool) -> StaticType {
        let merged = merged(with: spread)
        return spread.types.contains(.null) ? self.or(merged) : merged
    }

    /// The type without the members that `omit` takes away.
    fileprivate func omitting(_ omit: OmitPaths) -> StaticType { omitting(omit.paths.map { $0[...] }) }

    private func omitting(_ paths: [ArraySlice<OmitPaths.Step>]) -> StaticType {
        guard !paths.isEmpty else { return self }
        return mapped { member in
            let (rest, isOmitted) = OmitPaths.advance(paths) { $0 == .member(member.name) || $0 == .anyMember }
            guard !isOmitted else { return nil }
            return Member(name: member.name, type: member.type.omitting(rest), isOptional: member.isOptional)
        } element: { element in
            element.omitting(OmitPaths.advance(paths) { $0 == .anyElement }.rest)
        }
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
