/// What functions make of the shapes of their arguments.
extension ExampleReader {
    mutating func shape(of call: Call, on current: ExampleShape) -> ExampleShape {
        if call.function == .notNull { return alternatives(call.arguments.map(\.node), on: current) }
        let values = call.arguments.filter { !$0.isReference }.map { shape(of: $0.node, on: current) }
        let first = values.first ?? ExampleShape()
        // A reference is evaluated on the elements of the array beside it.
        let references = call.arguments.filter(\.isReference).map { shape(of: $0.node, on: first.element) }
        switch call.function {
        case .map:
            return .list(of: references.first ?? .open)
        case .sort, .sortBy, .reverse, .slice:
            return first
        case .max, .maxBy, .min, .minBy:
            return first.element
        case .merge, .mergeDeep:
            return values.reduce(ExampleShape()) { $0.union($1) }
        case .values:
            return .list(of: first.anyMember)
        case .toArray:
            return .list(of: first.flattened)
        case .zip:
            return .list(of: .list(of: values.reduce(ExampleShape()) { $0.union($1.element) }))
        case .keys, .split, .range:
            return .list(of: .scalar)
        case .groupBy, .indexBy, .fromItems, .items, .lookup, .camelKeys, .snakeKeys:
            // Their results have names that the examples' values give.
            return .open
        case .abs, .avg, .ceil, .floor, .sum, .endsWith, .findFirst, .findLast, .join, .lower, .padLeft, .padRight,
            .replace, .startsWith, .trim, .trimLeft, .trimRight, .upper, .contains, .length, .toNumber, .toString,
            .type,
            .bucket, .toEpoch, .fromEpoch, .notNull:
            return .scalar
        }
    }
}
