/// A value that was computed, or one that stands in a document: what expressions and templates pass around.
///
/// The properties below read both kinds alike, so that only who cares for copying needs to look at the cases.
///
/// Swift frees arrays inside arrays recursively: who nests computed values as deep as some input asks has to limit it.
public enum JSONValue: Sendable {
    case slice(JSONSlice)
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    /// An array whose elements are the table's rows.
    case table(JSONTable)
    case object(JSONObject)

    public var kind: JSONKind {
        switch self {
        case .slice(let slice): slice.kind
        case .null: .null
        case .bool(let value): value ? .true : .false
        case .number: .number
        case .string: .string
        case .array, .table: .array
        case .object: .object
        }
    }

    public var isNull: Bool {
        kind == .null
    }

    /// The text, escapes resolved; nil when this is no string.
    public var string: String? {
        switch self {
        case .slice(let slice): slice.string
        case .string(let text): text
        default: nil
        }
    }

    public var bool: Bool? {
        switch self {
        case .slice(let slice): slice.bool
        case .bool(let value): value
        default: nil
        }
    }

    /// The number with every digit; nil when this is no number.
    public var numberText: String? {
        switch self {
        case .slice(let slice): slice.numberText
        case .number(let number): number.text
        default: nil
        }
    }

    /// The elements of an array or the members of an object; 0 for any other value.
    public var count: Int {
        switch self {
        case .slice(let slice): slice.count
        case .array(let elements): elements.count
        case .table(let table): table.count
        case .object(let object): object.count
        default: 0
        }
    }

    /// Whether this is a string with exactly the code points of `key`.
    public func isString(_ key: JSONKey) -> Bool {
        switch self {
        case .slice(let slice): slice.isString(key)
        case .string(let text): text.utf8.elementsEqual(key.utf8)
        default: false
        }
    }

    /// The member of that name; nil when there is none or this is no object.
    public func member(_ key: JSONKey) -> JSONValue? {
        switch self {
        case .slice(let slice): slice.member(key).map(JSONValue.slice)
        case .object(let object): object[key.string]
        default: nil
        }
    }

    /// As ``member(_:)-(JSONKey)``, for a name that is not known beforehand.
    public func member(_ key: String) -> JSONValue? {
        switch self {
        case .slice(let slice): slice.member(key).map(JSONValue.slice)
        case .object(let object): object[key]
        default: nil
        }
    }

    /// nil when the index is out of range or this is no array.
    public func element(at index: Int) -> JSONValue? {
        switch self {
        case .slice(let slice): slice.element(at: index).map(JSONValue.slice)
        case .array(let elements): elements.indices.contains(index) ? elements[index] : nil
        case .table(let table): table.object(at: index).map(JSONValue.object)
        default: nil
        }
    }

    /// nil when this is no array.
    public var arrayElements: [JSONValue]? {
        switch self {
        case .slice(let slice) where slice.kind == .array: slice.elements.map(JSONValue.slice)
        case .array(let elements): elements
        case .table(let table): (0..<table.count).compactMap { table.object(at: $0).map(JSONValue.object) }
        default: nil
        }
    }

    /// nil when this is no object. Each name once: the last value, at the place of the first.
    public var objectMembers: [(key: String, value: JSONValue)]? {
        switch self {
        case .slice(let slice) where slice.kind == .object:
            JSONObject(members: slice.members.map { ($0.key.string ?? "", .slice($0.value)) }).members
        case .object(let object): object.members
        default: nil
        }
    }
}
