import JSONSlices

/// Calls: whether the arguments fit, and what comes of it.
extension Analyzer {
    mutating func result(of call: Call, _ current: StaticType) -> StaticType {
        var types = call.arguments.map { _ in StaticType.never }
        for (place, argument) in call.arguments.enumerated() where !argument.isReference {
            types[place] = type(of: argument.node, current)
            check(types[place], call, place)
        }
        for (place, argument) in call.arguments.enumerated() { checkInteger(argument.node, call, place) }
        var reference = StaticType.never
        if let place = call.arguments.firstIndex(where: \.isReference) {
            let list = call.arguments.firstIndex { !$0.isReference }
            reference = onto(list.map { types[$0].anyElement } ?? .never, call.arguments[place].node)
            checkKey(reference, call, place)
        }
        return call.result(types, reference)
    }

    private mutating func check(_ type: StaticType, _ call: Call, _ place: Int) {
        let parameter = call.signature.parameter(at: place)
        let argument = call.arguments[place]
        let name = call.function.rawValue
        guard !type.types.isEmpty else { return }
        if type.isRefused(by: parameter) {
            let message =
                "\(name)() takes \(parameter.description) as argument \(place + 1), "
                + "found \(type.refusedDescription(by: parameter))"
            return report(.failure(.invalidType), message, at: argument.range)
        }
        if type.types == .array, !parameter.accepts(elements: type.anyElement) {
            let message =
                "\(name)() takes \(parameter.description), and each element here is "
                + type.anyElement.types.description
            return report(.pointless, message, at: argument.range)
        }
        if let cause = type.nullCause, !parameter.contains(.null) {
            let value = type.types.intersection(parameter.kinds).emptyValue
            let fix = text(at: argument.range).map { "write \(argument.node.isLoose ? "(\($0))" : $0) || \(value)" }
            return report(
                .possibleNull,
                "\(name)() does not take null, which this is when \(cause)",
                at: argument.range,
                fix: fix
            )
        }
        if parameter.kinds != parameter, let cause = type.anyElement.nullCause {
            let fix = text(at: argument.range).map { "(\($0))[*] leaves nulls out" }
            let message = "\(name)() takes \(parameter.description); an element is null when \(cause)"
            report(.possibleNull, message, at: argument.range, fix: fix)
        }
    }

    /// A literal where an integer is needed.
    private mutating func checkInteger(_ node: Node, _ call: Call, _ place: Int) {
        guard let least = call.function.leastInteger(at: place), case .literal(let value) = node,
            let number = value.numberText.flatMap(Decimal.init(text:))
        else { return }
        let isTooSmall = least.map { Decimal.order(number, Decimal($0)) < 0 } ?? false
        guard !number.isInteger || isTooSmall else { return }
        let expected =
            switch least {
            case nil: "an integer"
            case 0: "an integer that is not negative"
            default: "a positive integer"
            }
        let message =
            "\(call.function.rawValue)() takes \(expected) as argument \(place + 1), "
            + "found \(value.numberText.map { String($0.prefix(40)) } ?? "")"
        report(.failure(.invalidValue), message, at: call.arguments[place].range)
    }

    /// What a list is ordered or grouped by.
    private mutating func checkKey(_ key: StaticType, _ call: Call, _ place: Int) {
        let accepted: ValueTypes
        switch call.function {
        case .groupBy: accepted = [.string, .null]
        case .maxBy, .minBy, .sortBy: accepted = [.string, .number]
        case .indexBy: accepted = [.string, .number, .boolean, .null]
        default: return
        }
        guard !key.types.isEmpty, key.types.isDisjoint(with: accepted) else { return }
        report(
            .pointless,
            "\(call.function.rawValue)() needs \(accepted.description) for every element, and this is "
                + key.types.description,
            at: call.arguments[place].range
        )
    }
}

extension StaticType {
    /// Whether no value of this type fits the parameter.
    fileprivate func isRefused(by parameter: ValueTypes) -> Bool {
        guard types.isDisjoint(with: parameter.kinds) else {
            // Of what fits only arrays are left, and this array has an element that does not.
            guard types.intersection(parameter.kinds) == .array, !parameter.contains(.array) else { return false }
            guard case .tuple(let elements) = array else { return false }
            func refuses(_ list: ValueTypes, _ element: ValueTypes) -> Bool {
                !parameter.contains(list)
                    || elements.contains { !$0.types.isEmpty && !$0.types.contains(element) }
            }
            return refuses(.numbers, .number) && refuses(.strings, .string)
        }
        return true
    }

    fileprivate func refusedDescription(by parameter: ValueTypes) -> String {
        guard types.contains(.array), parameter.kinds.contains(.array) else { return types.description }
        return "an array with \(anyElement.types.description) in it"
    }
}

extension ValueTypes {
    /// Whether an array with such elements, and not empty, can fit.
    fileprivate func accepts(elements: StaticType) -> Bool {
        guard kinds != self, !contains(.array), !elements.types.isEmpty else { return true }
        return contains(.numbers) && elements.types.contains(.number)
            || contains(.strings) && elements.types.contains(.string)
    }

    /// What to put in place of null.
    fileprivate var emptyValue: String {
        if contains(.array) { return "`[]`" }
        if contains(.object) { return "`{}`" }
        if contains(.string) { return "''" }
        return contains(.number) ? "`0`" : "`false`"
    }
}

extension Node {
    /// Whether `||` behind it would bind more than it does.
    fileprivate var isLoose: Bool {
        switch self {
        case .pipe, .conditional, .bind: true
        default: false
        }
    }
}

extension Function {
    /// Not nil where the argument is an integer: the least one, or nil where any will do.
    fileprivate func leastInteger(at place: Int) -> Int?? {
        switch (self, place) {
        case (.padLeft, 1), (.padRight, 1), (.replace, 3), (.split, 2): .some(0)
        case (.bucket, 1): .some(1)
        case (.findFirst, 2), (.findFirst, 3), (.findLast, 2), (.findLast, 3), (.slice, 1), (.slice, 2),
            (.range, 0), (.range, 1):
            .some(nil)
        default: nil
        }
    }
}
