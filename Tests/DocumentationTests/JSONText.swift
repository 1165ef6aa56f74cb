import JSONSlices

/// JSON texts without the white space between their tokens, each token as it was written.
enum JSONText {
    static func compact(_ value: JSONSlice) -> String {
        switch value.kind {
        case .array:
            return "[" + value.elements.map { compact($0) }.joined(separator: ",") + "]"
        case .object:
            let members = value.members.map { "\(compact($0.key)):\(compact($0.value))" }
            return "{" + members.joined(separator: ",") + "}"
        default:
            return value.withUTF8 { String(decoding: $0, as: UTF8.self) }
        }
    }

    static func compact(_ value: JSONValue) throws -> String {
        var writer = JSONWriter()
        writer.write(value)
        return compact(try JSONDocument(parsing: writer.finish()).root)
    }

    static func compact(_ text: String) throws -> String {
        compact(try JSONDocument(parsing: Array(text.utf8)).root)
    }
}
