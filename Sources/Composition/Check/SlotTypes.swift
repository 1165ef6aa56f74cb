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

    init(of plan: Plan) {
        self.plan = plan
        values = [StaticType](repeating: .unknown, count: plan.calls.count)
        (unskippedValues, items, found) = (values, values, values)
        for index in plan.order { follow(index) }
    }

    /// The call's types, once those that it mentions are known.
    private mutating func follow(_ index: Int) {
        let call = plan.calls[index]
        if let forEach = call.forEach { items[index] = type(of: forEach.list, .forEach, in: index).anyElement }
        var value = call.select.map { type(of: $0, .select, in: index) } ?? .unknown
        if let batch = call.forEach?.batch {
            found[index] = value.anyElement
            value = batch.join.map { type(of: $0, .join, in: index) } ?? found[index]
        }
        if call.omit != nil { value = value.withoutContent }
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
        values[index] = call.forEach == nil ? value : .list(of: value)
    }

    /// The type of what stands in for the call's value, or for that of one item; nil where nothing does.
    func fallbackType(of index: Int) -> StaticType? {
        plan.calls[index].fallback.map { type(of: $0, .fallback, in: index) }
    }

    private func type(of template: JSONTemplate, _ part: ExpressionUse.Part, in index: Int) -> StaticType {
        switch template {
        case .constant(let slice): StaticType(of: .slice(slice))
        case .text(let text, _): text.single.map { type(of: $0, part, in: index) } ?? StaticType([.string, .null])
        case .array: StaticType(.array)
        case .object, .merged: StaticType(.object)
        }
    }

    private func type(of expression: PlacedExpression, _ part: ExpressionUse.Part, in call: Int) -> StaticType {
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
        case .path, .query, .header, .body, .forEach, .when, .otherwise, .select, .fallback, .response: .unknown
        }
    }

    /// What `success` looks at.
    private static let wholeAnswer = StaticType.object(
        ["status": StaticType(.number), "headers": StaticType(.object), "body": .unknown],
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
        case .callStatus(let other): answerType(.number, of: other, "'\(plan.calls[other].name)' got no answer")
        case .callHeader(let other, let name):
            answerType([.string, .array], of: other, "the answer has no header '\(name)'")
        case .callError(let other): StaticType(.string).orNull(when: "'\(plan.calls[other].name)' has not failed")
        case .requestMethod, .requestPath, .requestTime, .requestID: StaticType(.string)
        case .requestHeader(let name): StaticType(.string).orNull(when: "the request has no header '\(name)'")
        case .requestLanguage: StaticType(.string).orNull(when: "the request asks for no language")
        case .requestQuery: StaticType(.object)
        case .requestBody: plan.requestBody?.type(orNullWhen: "the request has no body") ?? .unknown
        case .partial: .unknown
        }
    }

    /// Something of a call's answer: a list for a call that goes through one.
    private func answerType(_ types: ValueTypes, of index: Int, _ cause: String) -> StaticType {
        let call = plan.calls[index]
        guard call.forEach == nil else { return StaticType(.array) }
        let isCertain = types == .number && call.isRequired && call.when == nil
        return isCertain ? StaticType(types) : StaticType(types).orNull(when: cause)
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
        case .integer, .number: return StaticType(.number)
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
