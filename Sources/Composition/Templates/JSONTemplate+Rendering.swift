import JSONSlices

extension JSONTemplate {
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
        case .merged(let object):
            try object.write(to: &writer, in: scope)
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
        case .array, .object, .merged:
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
    func rendered(in scope: borrowing RenderScope) throws(RenderFailure) -> JSONValue {
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
            writer.key(prepared: name)
            writer.write(rendered)
        case .constant, .array, .object, .merged:
            writer.key(prepared: name)
            try value.write(to: &writer, in: scope)
        }
    }
}
