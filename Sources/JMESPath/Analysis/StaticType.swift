public import JSONSlices

/// What is known of a value before it is there: every JSON type that it can have, and what can be in it.
///
/// It never says less than what is possible: a value that nothing is known of is ``unknown``. Types with more than
/// ``sizeLimit`` parts forget what is in them.
public struct StaticType: Hashable, Sendable {
    /// Every type that the value can have. Empty for a value that there can never be, as for the elements of `[]`.
    public let types: ValueTypes

    /// When the value is null, as in "the call 'offers' is skipped": not nil where something says that it can be null.
    /// It is nil where null cannot be ruled out only because nothing is known.
    public let nullCause: String?

    /// Whether the numbers that the value can be are integers, written in digits alone.
    public let isInteger: Bool

    let array: ArrayContent
    let object: ObjectContent

    /// How many types this one consists of, itself included.
    private let size: Int

    private static let sizeLimit = 1024

    /// What an array has in it, when the value is one.
    indirect enum ArrayContent: Hashable, Sendable {
        case unknown
        /// Any number of elements of one type.
        case list(StaticType)
        /// Exactly these.
        case tuple([StaticType])
    }

    init(
        _ types: ValueTypes,
        nullCause: String?,
        isInteger: Bool = false,
        array: ArrayContent = .unknown,
        object: ObjectContent = .unknown
    ) {
        self.types = types.kinds.subtracting(.reference)
        self.nullCause = types.contains(.null) ? nullCause : nil
        self.isInteger = isInteger && types.contains(.number)
        let array = types.kinds.contains(.array) ? array : .unknown
        let object = types.contains(.object) ? object : .unknown
        let size = 1 + array.size + object.members.values.reduce(0) { $0 + $1.size }
        let isSmall = size <= Self.sizeLimit
        self.array = isSmall ? array : .unknown
        self.object = isSmall ? object : .unknown
        self.size = isSmall ? size : 1
    }

    // MARK: Making types

    /// Anything, and nothing says that it can be null.
    public static let unknown = StaticType(.any, nullCause: nil)

    /// Null and nothing else.
    static let null = StaticType(.null, nullCause: nil)

    /// A value that there can never be.
    static let never = StaticType([], nullCause: nil)

    /// A value of one of these types, about whose content nothing is known. Null is only possible, not declared: that is
    /// what ``orNull(when:)`` is for.
    public init(_ types: ValueTypes) {
        self.init(types, nullCause: nil)
    }

    /// A number that is written in digits alone.
    public static let integer = StaticType(.number, nullCause: nil, isInteger: true)

    /// An array of any length with elements of that type.
    public static func list(of element: StaticType) -> StaticType {
        StaticType(.array, nullCause: nil, array: .list(element))
    }

    /// An array with exactly these elements.
    public static func tuple(_ elements: [StaticType]) -> StaticType {
        StaticType(.array, nullCause: nil, array: .tuple(elements))
    }

    /// An object.
    ///
    /// - Parameters:
    ///   - members: the types of the members that are known. One that can be null can be missing.
    ///   - isClosed: whether it has no other members.
    public static func object(_ members: [String: StaticType], isClosed: Bool) -> StaticType {
        let members = members.sorted { $0.key < $1.key }.map { name, type in
            Member(name: name, type: type, isOptional: type.types.contains(.null))
        }
        return StaticType(.object, nullCause: nil, object: ObjectContent(members, rest: isClosed ? .none : .unknown))
    }

    /// An object with these members and no others. Of those with one name the last counts.
    public static func object(_ members: [Member]) -> StaticType {
        StaticType(.object, nullCause: nil, object: ObjectContent(members, rest: .none))
    }

    /// An object of which examples, or somebody who knows it, have shown these members.
    ///
    /// - Parameter isComplete: whether it is taken to have no others; nothing is said of one that is asked for all the same.
    public static func example(_ members: [Member], isComplete: Bool) -> StaticType {
        let content = ObjectContent(members, rest: isComplete ? .unseen : .unknown)
        return StaticType(.object, nullCause: nil, object: content)
    }

    /// The type of a value that is known, null in it included.
    public init(of value: JSONValue) {
        self.init(of: value, depth: 0)
    }

    private init(of value: JSONValue, depth: Int) {
        let types = ValueTypes(kind: value.kind)
        guard depth < 8, value.count <= 64 else {
            self.init(types)
            return
        }
        if let elements = value.arrayElements {
            self = .tuple(elements.map { StaticType(of: $0, depth: depth + 1) })
        } else if let members = value.objectMembers {
            let members = members.map { Member(name: $0.key, type: StaticType(of: $0.value, depth: depth + 1)) }
            self = .object(members)
        } else {
            self.init(
                types,
                nullCause: value.isNull ? "`null` is chosen" : nil,
                isInteger: value.numberText.map(Self.isInteger) ?? false
            )
        }
    }

    /// This, or null: and that is no accident.
    ///
    /// - Parameter cause: when it is null, as in "the parameter 'limit' is not given".
    public func orNull(when cause: String) -> StaticType {
        with(types.union(.null), nullCause: cause)
    }

    /// The same types without what is known of elements and members.
    public var withoutContent: StaticType {
        StaticType(types, nullCause: nullCause, isInteger: isInteger)
    }

    /// Other types, with what is known of numbers, elements and members.
    func with(_ types: ValueTypes, nullCause: String?) -> StaticType {
        StaticType(types, nullCause: nullCause, isInteger: isInteger, array: array, object: object)
    }

    /// Whether a number is written as an optional minus and digits.
    static func isInteger(_ text: String) -> Bool {
        text.utf8.allSatisfy { Lexer.isDigit($0) || $0 == UInt8(ascii: "-") }
    }
}

extension StaticType.ArrayContent {
    fileprivate var size: Int {
        switch self {
        case .unknown: 0
        case .list(let element): element.partCount
        case .tuple(let elements): elements.reduce(0) { $0 + $1.partCount }
        }
    }
}

extension StaticType {
    fileprivate var partCount: Int {
        size
    }
}
