/// How far the writer has come in one computed array or object.
enum JSONWriterFrame {
    case array([JSONValue], next: Int)
    case object([(key: String, value: JSONValue)], next: Int)

    /// nil when the value is no computed container.
    init?(_ value: JSONValue) {
        switch value {
        case .array(let elements): self = .array(elements, next: 0)
        case .object(let object): self = .object(object.members, next: 0)
        default: return nil
        }
    }

    var openingByte: UInt8 {
        switch self {
        case .array: ASCII.openBracket
        case .object: ASCII.openBrace
        }
    }

    var closingByte: UInt8 {
        switch self {
        case .array: ASCII.closeBracket
        case .object: ASCII.closeBrace
        }
    }

    /// The next element, or member with its name; nil behind the last one.
    mutating func next() -> (key: String?, value: JSONValue)? {
        switch self {
        case .array(let elements, let next):
            guard next < elements.count else { return nil }
            self = .array(elements, next: next + 1)
            return (nil, elements[next])
        case .object(let members, let next):
            guard next < members.count else { return nil }
            self = .object(members, next: next + 1)
            return members[next]
        }
    }
}
