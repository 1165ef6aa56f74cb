public import JSONSlices

extension StaticType {
    /// The type of values of which these are examples: what each of them has is there, what only some have is optional,
    /// and where only null was seen, or an empty list, nothing is known.
    public init(ofExamples values: some Sequence<JSONValue>) {
        var tally = ExampleTally()
        for value in values { tally.add(value, depth: 0) }
        self = tally.type
    }
}

/// Counts what examples of one place are.
private struct ExampleTally {
    private var types: ValueTypes = []
    private var hasFractions = false
    private var objectCount = 0
    /// In the order in which they were first met.
    private var members: [(name: String, tally: ExampleTally, count: Int)] = []
    private var places: [ExactString: Int] = [:]
    /// None or one.
    private var elements: [ExampleTally] = []

    /// Objects and arrays nested deeper than this are taken to hold anything.
    private static let maximumDepth = 32

    mutating func add(_ value: JSONValue, depth: Int) {
        types.insert(ValueTypes(kind: value.kind))
        guard depth < Self.maximumDepth else {
            types = .any
            return
        }
        if let number = value.numberText {
            hasFractions = hasFractions || !StaticType.isInteger(number)
        } else if let found = value.arrayElements {
            if elements.isEmpty { elements = [ExampleTally()] }
            for element in found { elements[0].add(element, depth: depth + 1) }
        } else if let found = value.objectMembers {
            objectCount += 1
            for member in found { add(member.value, of: member.key, depth: depth + 1) }
        }
    }

    private mutating func add(_ value: JSONValue, of name: String, depth: Int) {
        let place = places[ExactString(name)] ?? members.count
        if place == members.count {
            places[ExactString(name)] = place
            members.append((name, ExampleTally(), 0))
        }
        members[place].tally.add(value, depth: depth)
        members[place].count += 1
    }

    var type: StaticType {
        let cause = "it is null in a recorded answer"
        guard !types.subtracting(.null).isEmpty else {
            return types.isEmpty ? .unknown : StaticType.unknown.orNull(when: cause)
        }
        let content = StaticType.ObjectContent(
            members.map { .init(name: $0.name, type: $0.tally.type, isOptional: $0.count < objectCount) },
            rest: .unseen,
            missingWhen: "a recorded answer has no"
        )
        return StaticType(
            types,
            nullCause: types.contains(.null) ? cause : nil,
            isInteger: !hasFractions,
            array: elements.first.map { .list($0.type) } ?? .unknown,
            object: objectCount > 0 ? content : .unknown
        )
    }
}
