import JSONSlices

/// A set of JSON types; where functions say what they take, also of arrays by what is in them.
public struct ValueTypes: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16

    public static let null = ValueTypes(rawValue: 1 << 0)
    public static let boolean = ValueTypes(rawValue: 1 << 1)
    public static let number = ValueTypes(rawValue: 1 << 2)
    public static let string = ValueTypes(rawValue: 1 << 3)
    public static let array = ValueTypes(rawValue: 1 << 4)
    public static let object = ValueTypes(rawValue: 1 << 5)
    /// `&expression`.
    static let reference = ValueTypes(rawValue: 1 << 6)
    /// An array with nothing but numbers in it.
    static let numbers = ValueTypes(rawValue: 1 << 7)
    /// An array with nothing but strings in it.
    static let strings = ValueTypes(rawValue: 1 << 8)

    /// Every JSON type.
    public static let any: ValueTypes = [.null, .boolean, .number, .string, .array, .object]

    /// The JSON types without the arrays' contents.
    var kinds: ValueTypes {
        intersection([.numbers, .strings]).isEmpty ? self : union(.array).subtracting([.numbers, .strings])
    }

    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    init(kind: JSONKind) {
        self =
            switch kind {
            case .null: .null
            case .true, .false: .boolean
            case .number: .number
            case .string: .string
            case .array: .array
            case .object: .object
            }
    }

    func accepts(_ value: JSONValue) -> Bool {
        let type = ValueTypes(kind: value.kind)
        if contains(type) { return true }
        guard type == .array, let elements = value.arrayElements else { return false }
        return contains(.numbers) && elements.allSatisfy { $0.kind == .number }
            || contains(.strings) && elements.allSatisfy { $0.kind == .string }
    }

    /// As in "a string or an array of numbers".
    public var description: String {
        if self == .any { return "any value" }
        let names: [(ValueTypes, String)] = [
            (.reference, "an expression (&…)"), (.string, "a string"), (.number, "a number"),
            (.boolean, "a boolean"), (.array, "an array"), (.numbers, "an array of numbers"),
            (.strings, "an array of strings"), (.object, "an object"), (.null, "null"),
        ]
        let mine = names.filter { contains($0.0) }.map(\.1)
        guard let last = mine.last, mine.count > 1 else { return mine.first ?? "nothing" }
        return mine.dropLast().joined(separator: ", ") + " or " + last
    }
}

/// A function's parameters and result.
struct Signature: Sendable {
    var parameters: [ValueTypes]
    /// How many of the last parameters may be left out.
    var optional = 0
    /// Whether the last parameter may be given any number of times, but once at least.
    var isVariadic = false
    var result: ValueTypes

    func accepts(argumentCount count: Int) -> Bool {
        count >= parameters.count - optional && (isVariadic || count <= parameters.count)
    }

    /// The parameter that the argument at that place belongs to.
    func parameter(at index: Int) -> ValueTypes {
        index < parameters.count ? parameters[index] : parameters.last ?? .any
    }

    /// As in "1 or 2 arguments".
    var arityDescription: String {
        let least = parameters.count - optional
        let noun = parameters.count == 1 && !isVariadic ? "argument" : "arguments"
        if isVariadic { return "\(least) or more arguments" }
        if optional == 0 { return "\(least == 0 ? "no" : String(least)) \(noun)" }
        return optional == 1 ? "\(least) or \(least + 1) \(noun)" : "\(least) to \(parameters.count) \(noun)"
    }
}
