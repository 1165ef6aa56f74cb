import JSONSlices

/// The value written again from what the index says, member by member: no whitespace, strings decoded and escaped anew.
/// Recursive: for documents that a test made.
func canonical(_ slice: JSONSlice) -> [UInt8] {
    var writer = JSONWriter()
    writeCanonical(slice, to: &writer)
    return writer.finish()
}

private func writeCanonical(_ slice: JSONSlice, to writer: inout JSONWriter) {
    switch slice.kind {
    case .null: writer.write(.null)
    case .true, .false: writer.write(.bool(slice.bool ?? false))
    case .number: writer.writeRaw(utf8: Array((slice.numberText ?? "").utf8))
    case .string: writer.write(string: slice.string ?? "")
    case .array:
        writer.beginArray()
        for element in slice.elements { writeCanonical(element, to: &writer) }
        writer.endArray()
    case .object:
        writer.beginObject()
        for (key, value) in slice.members {
            writer.key(key.string ?? "")
            writeCanonical(value, to: &writer)
        }
        writer.endObject()
    }
}

/// The error of a text that is no JSON; nil when it is.
func syntaxError(_ bytes: [UInt8], limits: JSONLimits = JSONLimits()) -> JSONSyntaxError? {
    do throws(JSONSyntaxError) {
        _ = try JSONDocument(parsing: bytes, limits: limits)
        return nil
    } catch {
        return error
    }
}

func syntaxError(_ text: String, limits: JSONLimits = JSONLimits()) -> JSONSyntaxError? {
    syntaxError(Array(text.utf8), limits: limits)
}

func text(_ bytes: [UInt8]) -> String {
    String(decoding: bytes, as: UTF8.self)
}
