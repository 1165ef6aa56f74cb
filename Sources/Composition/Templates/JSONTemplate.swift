import JSONSlices

/// A JSON value of a composition file in which strings may hold expressions: a response's body, a call's body, a
/// fallback. Compiled once; a part without expressions is one run of bytes.
indirect enum JSONTemplate: Sendable {
    /// A value without expressions, as it stands in the file.
    case constant(JSONSlice)
    /// A string with expressions, and where it stands, for a client's problem: `response.body.orders[0]`.
    case text(TextTemplate, path: String)
    case array([JSONTemplate])
    case object([Member])

    struct Member: Sendable {
        let key: String
        /// The key ended in `?`: the member is left out when its value is null.
        let isOptional: Bool
        let value: JSONTemplate
    }

    var slots: [Int] {
        switch self {
        case .constant: []
        case .text(let text, _): text.slots
        case .array(let elements): elements.flatMap(\.slots)
        case .object(let members): members.flatMap(\.value.slots)
        }
    }

    /// Writes the value to `writer`.
    func write(to writer: inout JSONWriter, in scope: borrowing RenderScope) throws(RenderFailure) {
        switch self {
        case .constant(let slice):
            writer.write(slice)
        case .text:
            writer.write(try rendered(in: scope))
        case .array(let elements):
            writer.beginArray()
            for element in elements {
                try element.write(to: &writer, in: scope)
            }
            writer.endArray()
        case .object(let members):
            writer.beginObject()
            for member in members {
                try member.write(to: &writer, in: scope)
            }
            writer.endObject()
        }
    }

    /// The value as one that expressions can read. Templates that mix text and expressions are written and read back:
    /// this is for fallbacks, which are rare.
    func value(in scope: borrowing RenderScope) throws(RenderFailure) -> JSONValue {
        switch self {
        case .constant(let slice):
            return .slice(slice)
        case .text:
            return try rendered(in: scope)
        case .array, .object:
            var writer = JSONWriter()
            try write(to: &writer, in: scope)
            do throws(JSONSyntaxError) {
                return .slice(try JSONDocument(parsing: writer.finish()).root)
            } catch {
                throw RenderFailure(reason: .limitExceeded, detail: "a template's value: \(error)")
            }
        }
    }

    /// The value of a string; null for anything else.
    fileprivate func rendered(in scope: borrowing RenderScope) throws(RenderFailure) -> JSONValue {
        guard case .text(let text, let path) = self else { return .null }
        do throws(RenderFailure) {
            return try text.value(in: scope)
        } catch {
            throw error.within(path)
        }
    }
}

extension JSONTemplate.Member {
    fileprivate func write(to writer: inout JSONWriter, in scope: borrowing RenderScope) throws(RenderFailure) {
        switch value {
        case .text:
            let rendered = try value.rendered(in: scope)
            if isOptional, rendered.isNull { return }
            writer.key(key)
            writer.write(rendered)
        case .constant(let slice) where isOptional && slice.kind == .null:
            return
        case .constant, .array, .object:
            writer.key(key)
            try value.write(to: &writer, in: scope)
        }
    }
}
