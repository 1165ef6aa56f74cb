import JSONSlices

extension Evaluator {
    mutating func perform(_ call: Call, _ current: JSONValue) throws(ExpressionError) -> JSONValue {
        let invocation = Invocation(call: call, values: try values(of: call, current))
        switch call.function {
        case .abs, .avg, .ceil, .floor, .sum: return try performOnNumbers(invocation)
        case .endsWith, .findFirst, .findLast, .join, .lower, .replace, .split, .startsWith, .upper:
            return try performOnStrings(invocation)
        case .padLeft, .padRight, .trim, .trimLeft, .trimRight: return try performOnEnds(invocation)
        case .contains, .length, .map, .reverse, .zip: return try performOnLists(invocation)
        case .max, .maxBy, .min, .minBy, .sort, .sortBy: return try performOrdering(invocation)
        case .fromItems, .groupBy, .items, .keys, .merge, .values: return try performOnObjects(invocation)
        case .notNull, .toArray, .toNumber, .toString, .type: return try performOnTypes(invocation)
        case .lookup, .indexBy, .slice, .range, .bucket: return try performOnPlaces(invocation)
        case .mergeDeep, .camelKeys, .snakeKeys: return try performOnTrees(invocation)
        case .toEpoch, .fromEpoch: return try performOnTimes(invocation)
        }
    }

    /// Evaluates the arguments, and then checks their types.
    private mutating func values(of call: Call, _ current: JSONValue) throws(ExpressionError) -> [JSONValue] {
        var values: [JSONValue] = []
        values.reserveCapacity(call.arguments.count)
        for argument in call.arguments {
            values.append(argument.isReference ? .null : try evaluate(argument.node, current))
        }
        for (place, argument) in call.arguments.enumerated() where !argument.isReference {
            let value = values[place]
            let parameter = call.signature.parameter(at: place)
            if parameter.kinds != parameter { try budget.spend(steps: value.count, at: argument.range) }
            guard parameter.accepts(value) else { throw mismatch(value, parameter, call, place) }
        }
        return values
    }

    private func mismatch(_ value: JSONValue, _ expected: ValueTypes, _ call: Call, _ place: Int) -> ExpressionError {
        let type = ValueTypes(kind: value.kind)
        var found = type.description
        if type == .array, let elements = value.arrayElements {
            let kinds = elements.reduce(into: ValueTypes()) { $0.formUnion(ValueTypes(kind: $1.kind)) }
            found = "an array with \(kinds.description) in it"
        }
        return ExpressionError(
            kind: .invalidType,
            message: "\(call.function.rawValue)() takes \(expected.description) as argument \(place + 1), "
                + "found \(found)",
            range: call.arguments[place].range
        )
    }
}
