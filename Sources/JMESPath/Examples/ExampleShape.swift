public import JSONSlices

/// What examples of a value have shown: which members its objects have, what is in its arrays.
///
/// All examples of one place are one shape: its objects have every member that one of them had. So a name that a shape
/// does not have is in none of the examples.
public struct ExampleShape: Sendable {
    /// Whether values that no example shows are possible; then nothing can be said to be missing.
    public private(set) var isOpen = false
    /// Whether an example was an object, an array, or a string, a number or a boolean.
    public private(set) var hasObject = false
    public private(set) var hasArray = false
    public private(set) var hasScalar = false
    private var members: [String: ExampleShape] = [:]
    /// None or one.
    private var elements: [ExampleShape] = []

    /// Objects and arrays nested deeper than this are taken to hold anything.
    private static let maximumDepth = 64

    /// Nothing was seen, and nothing else is possible.
    public init() {}

    /// Anything is possible.
    public static let open: ExampleShape = {
        var shape = ExampleShape()
        shape.isOpen = true
        return shape
    }()

    public init(of values: some Sequence<JSONValue>) {
        for value in values { add(value, depth: 0) }
    }

    public static func object(_ members: [String: ExampleShape]) -> ExampleShape {
        var shape = ExampleShape()
        shape.hasObject = true
        shape.members = members
        return shape
    }

    public static func list(of element: ExampleShape) -> ExampleShape {
        var shape = ExampleShape()
        shape.hasArray = true
        shape.elements = [element]
        return shape
    }

    public static let scalar: ExampleShape = {
        var shape = ExampleShape()
        shape.hasScalar = true
        return shape
    }()

    private mutating func add(_ value: JSONValue, depth: Int) {
        guard depth < Self.maximumDepth else {
            isOpen = true
            return
        }
        if let found = value.objectMembers {
            hasObject = true
            for member in found { members[member.key, default: ExampleShape()].add(member.value, depth: depth + 1) }
        } else if let found = value.arrayElements {
            hasArray = true
            if elements.isEmpty { elements = [ExampleShape()] }
            for element in found { elements[0].add(element, depth: depth + 1) }
        } else if !value.isNull {
            hasScalar = true
        }
    }

    /// The names of all members that an object has had, sorted.
    public var memberNames: [String] { members.keys.sorted() }

    /// Whether nothing but null was seen, or nothing at all.
    public var isNothing: Bool { !isOpen && !hasObject && !hasArray && !hasScalar }

    /// The member of that name; nil where no example has it, although one was an object.
    public func member(_ name: String) -> ExampleShape? {
        if let member = members[name] { return isOpen ? member.opened : member }
        if isOpen { return .open }
        return hasObject ? nil : ExampleShape()
    }

    /// Any member.
    public var anyMember: ExampleShape {
        members.values.reduce(isOpen ? .open : ExampleShape()) { $0.union($1) }
    }

    /// Any element of an array.
    public var element: ExampleShape {
        let element = elements.first ?? ExampleShape()
        return isOpen ? element.opened : element
    }

    public func union(_ other: ExampleShape) -> ExampleShape {
        var union = self
        union.isOpen = isOpen || other.isOpen
        union.hasObject = hasObject || other.hasObject
        union.hasArray = hasArray || other.hasArray
        union.hasScalar = hasScalar || other.hasScalar
        union.members.merge(other.members) { $0.union($1) }
        if let mine = elements.first, let others = other.elements.first {
            union.elements = [mine.union(others)]
        } else {
            union.elements = elements + other.elements
        }
        return union
    }

    private var opened: ExampleShape {
        var shape = self
        shape.isOpen = true
        return shape
    }

    /// The shape with each member, and each element, changed by `change`; a member is left out where that gives nil.
    public func mapped(
        member change: (String, ExampleShape) -> ExampleShape?,
        element changeElement: (ExampleShape) -> ExampleShape
    ) -> ExampleShape {
        var shape = self
        shape.members = [:]
        for (name, member) in members { shape.members[name] = change(name, member) }
        shape.elements = elements.map(changeElement)
        return shape
    }
}
