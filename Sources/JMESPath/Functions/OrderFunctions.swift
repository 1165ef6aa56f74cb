import JSONSlices

/// `max`, `min`, `sort`, and the same by an expression. Sorting is stable; of equal values `max_by` and `min_by` take the
/// first.
extension Evaluator {
    mutating func performOrdering(_ invocation: Invocation) throws(ExpressionError) -> JSONValue {
        let elements = invocation.elements(0)
        let count = elements.count
        let rounds = Int.bitWidth - count.leadingZeroBitCount
        try budget.spend(steps: count, at: invocation.range)
        let isByExpression = invocation.call.arguments.count > 1
        let keys = try SortKeys(isByExpression ? self.keys(of: elements, invocation) : elements, invocation, self)
        switch invocation.function {
        case .sort, .sortBy:
            try budget.spend(steps: count * rounds, at: invocation.range)
            return try array(keys.sortedPlaces().map { elements[$0] }, at: invocation.range)
        case .max, .maxBy: return keys.firstPlace { $0 > 0 }.map { elements[$0] } ?? .null
        default: return keys.firstPlace { $0 < 0 }.map { elements[$0] } ?? .null
        }
    }

    /// The expression's value for every element: all numbers, or all strings.
    private mutating func keys(
        of elements: [JSONValue],
        _ invocation: Invocation
    ) throws(ExpressionError) -> [JSONValue] {
        let node = invocation.reference(1)
        var keys: [JSONValue] = []
        keys.reserveCapacity(elements.count)
        for element in elements {
            let key = try evaluate(node, element)
            let type = ValueTypes(kind: key.kind)
            let expected = keys.first.map { ValueTypes(kind: $0.kind) } ?? [.string, .number]
            guard expected.contains(type) else {
                let message = "needs \(expected.description) for every element, found \(type.description)"
                throw invocation.invalidType(message, at: 1)
            }
            keys.append(key)
        }
        return keys
    }
}

/// What a list is ordered by: decoded once, not for every comparison.
private enum SortKeys {
    case numbers([Decimal])
    case strings([ExactString])

    init(_ values: [JSONValue], _ invocation: Invocation, _ evaluator: Evaluator) throws(ExpressionError) {
        guard values.first?.kind == .number else {
            self = .strings(values.map { ExactString($0.string ?? "") })
            return
        }
        var numbers: [Decimal] = []
        numbers.reserveCapacity(values.count)
        for value in values { numbers.append(try evaluator.decimal(value, at: invocation.range)) }
        self = .numbers(numbers)
    }

    private var count: Int {
        switch self {
        case .numbers(let keys): keys.count
        case .strings(let keys): keys.count
        }
    }

    private func order(_ left: Int, _ right: Int) -> Int {
        switch self {
        case .numbers(let keys): Decimal.order(keys[left], keys[right])
        case .strings(let keys): keys[left] < keys[right] ? -1 : keys[right] < keys[left] ? 1 : 0
        }
    }

    func sortedPlaces() -> [Int] {
        (0..<count).sorted { left, right in
            let order = order(left, right)
            return order == 0 ? left < right : order < 0
        }
    }

    /// The place whose key stands to all others before it as asked.
    func firstPlace(where isBetter: (Int) -> Bool) -> Int? {
        guard count > 0 else { return nil }
        return (1..<Swift.max(count, 1)).reduce(0) { best, place in isBetter(order(place, best)) ? place : best }
    }
}
