import JSONSlices

/// A JSON value of a composition file in which strings may hold expressions: a response's body, a call's body, a
/// fallback. Compiled once; a part without expressions is one run of bytes.
indirect enum JSONTemplate: Sendable {
    /// A value without expressions, compact.
    case constant(JSONSlice)
    /// A string with expressions, and where it stands, for a client's problem: `response.body.orders[0]`.
    case text(TextTemplate, path: String)
    case array([JSONTemplate])
    /// An object whose members are all written in the file, each name once.
    case object([Member])
    /// An object with members that are known only when its values are.
    case merged(MergedObject)

    struct Member: Sendable {
        /// Escaped once, for every reply.
        let name: JSONKey
        /// The key ended in `?`: the member is left out when its value is null.
        let isOptional: Bool
        let value: JSONTemplate

        init(key: String, isOptional: Bool, value: JSONTemplate) {
            self.name = JSONKey(key)
            self.isOptional = isOptional
            self.value = value
        }

        var key: String { name.string }
    }

    var slots: [Int] {
        switch self {
        case .constant: []
        case .text(let text, _): text.slots
        case .array(let elements): elements.flatMap(\.slots)
        case .object(let members): members.flatMap(\.value.slots)
        case .merged(let object): object.slots
        }
    }

    var isConstant: Bool { if case .constant = self { true } else { false } }

    /// What an object is made of, in the order of the file; nil for any other value.
    var objectParts: [MergedObject.Part]? {
        switch self {
        case .object(let members): members.map { .member($0) }
        case .merged(let object): object.parts
        case .constant(let slice) where slice.kind == .object:
            slice.members.map {
                .member(Member(key: $0.key.string ?? "", isOptional: false, value: .constant($0.value)))
            }
        case .constant, .text, .array: nil
        }
    }
}
