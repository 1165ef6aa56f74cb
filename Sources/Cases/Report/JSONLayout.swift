import JSONSlices

/// JSON as a person would write it: on one line where that is short, else a line for each member. Numbers and strings
/// stay as they were written.
enum JSONLayout {
    /// - Parameters:
    ///   - indentation: of the line on which the value begins, in blanks.
    ///   - width: characters that a value on one line may have, its indentation included.
    ///   - newline: what ends a line.
    static func text(_ value: JSONSlice, indentation: Int, width: Int, newline: String = "\n") -> String {
        let line = oneLine(.slice(value), limit: width)
        if line.utf8.count + indentation <= width || value.count == 0 { return line }
        let margin = String(repeating: " ", count: indentation + 2)
        let end = newline + String(repeating: " ", count: indentation)
        func nested(_ value: JSONSlice) -> String {
            text(value, indentation: indentation + 2, width: width, newline: newline)
        }
        switch value.kind {
        case .array:
            let elements = value.elements.map { margin + nested($0) }
            return "[" + newline + elements.joined(separator: "," + newline) + end + "]"
        case .object:
            let members = value.members.map { key, value in "\(margin)\(leaf(key)): \(nested(value))" }
            return "{" + newline + members.joined(separator: "," + newline) + end + "}"
        default:
            return line
        }
    }

    /// On one line; what is beyond some `limit` bytes may be missing.
    static func oneLine(_ value: JSONValue, limit: Int = .max) -> String {
        guard case .slice(let slice) = value else {
            var writer = JSONWriter()
            writer.write(value)
            let written = writer.finish()
            return (try? JSONDocument(parsing: written)).map { oneLine(.slice($0.root), limit: limit) } ?? ""
        }
        var text = ""
        append(slice, to: &text, limit: limit)
        return text
    }

    private static func append(_ value: JSONSlice, to text: inout String, limit: Int) {
        guard text.utf8.count <= limit else { return }
        var isFirst = true
        switch value.kind {
        case .array:
            text += "["
            for element in value.elements {
                if !isFirst { text += ", " }
                isFirst = false
                append(element, to: &text, limit: limit)
                if text.utf8.count > limit { return }
            }
            text += "]"
        case .object where value.count == 0:
            text += "{}"
        case .object:
            text += "{ "
            for (key, member) in value.members {
                if !isFirst { text += ", " }
                isFirst = false
                text += leaf(key) + ": "
                append(member, to: &text, limit: limit)
                if text.utf8.count > limit { return }
            }
            text += " }"
        default:
            text += leaf(value)
        }
    }

    private static func leaf(_ value: JSONSlice) -> String {
        value.withUTF8 { String(decoding: $0, as: UTF8.self) }
    }
}
