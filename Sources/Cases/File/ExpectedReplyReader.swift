import Diagnostics
import JMESPath
import JSONSlices

/// Reads the `response` of a case.
struct ExpectedReplyReader {
    static let keys = ["status", "headers", "body", "bodyContains", "expect"]

    let reader: ObjectReader

    /// Nil when there is no status.
    func read() -> ExpectedReply? {
        if reader["status"] == nil { reader.missing("status") }
        let status = reader.integer("status", in: 200...599)
        let headers = reader.fieldExpectations("headers")
        let body = reader.bodyExpectation()
        let conditions = conditions()
        guard let status, let place = reader["status"] else { return nil }
        return ExpectedReply(
            status: status,
            headers: headers,
            body: body,
            conditions: conditions,
            file: reader.file,
            statusRange: place.byteRange,
            headersRange: reader["headers"]?.byteRange
        )
    }

    private func conditions() -> [ExpectedReply.Condition] {
        guard let list = reader["expect"] else { return [] }
        guard list.kind == .array, list.count > 0 else {
            reader.diagnostics.error(
                "'expect' must be a list of expressions, not \(list.kind == .array ? "an empty one" : list.kind.article)",
                in: reader.file,
                at: list,
                help: "for instance [\"length(orders) == `3`\"]"
            )
            return []
        }
        return list.elements.compactMap { slice in
            guard let text = slice.string else {
                reader.diagnostics.error(
                    "'expect' must be a list of strings; this is \(slice.kind.article)",
                    in: reader.file,
                    at: slice
                )
                return nil
            }
            return expression(text, at: slice).map { .init(expression: $0, range: slice.byteRange) }
        }
    }

    private func expression(_ text: String, at slice: JSONSlice) -> Expression? {
        func place(_ range: Range<Int>) -> Range<Int> {
            let start = reader.file.offset(ofDecoded: range.lowerBound, in: slice)
            return start..<max(start + 1, reader.file.offset(ofDecoded: range.upperBound, in: slice))
        }
        do throws(ExpressionError) {
            let expression = try Expression.parse(text)
            for warning in expression.warnings {
                let place = Diagnostic.Place(file: reader.file, range: place(warning.range))
                reader.diagnostics.add(Diagnostic(.warning, warning.message, at: place, help: warning.fix))
            }
            return expression
        } catch {
            reader.diagnostics.error(
                "\(error.kind.rawValue): \(error.message)",
                in: reader.file,
                at: place(error.range),
                help: error.fix
            )
            return nil
        }
    }
}

extension ObjectReader {
    /// Fields that are expected: a text, a list for one that stands several times, null for one that must not be there.
    func fieldExpectations(_ key: String) -> [ExpectedField] {
        guard let reader = map(key) else { return [] }
        return reader.members.compactMap { name, place, value in
            if !HeaderText.isName(name) {
                diagnostics.error("'\(name)' is not a header name", in: file, at: place)
            }
            return valueExpectation(name: name, value, in: key)
        }
    }

    /// - Parameter key: the member in which the name stands, for the message.
    func valueExpectation(name: String, _ value: JSONSlice, in key: String) -> ExpectedField? {
        let values = value.kind == .array ? Array(value.elements) : [value]
        let texts = values.compactMap(\.string)
        guard value.kind == .null || !texts.isEmpty && texts.count == values.count else {
            diagnostics.error(
                "'\(name)' in '\(key)' must be a string, a list of strings, or null for none",
                in: file,
                at: value
            )
            return nil
        }
        return ExpectedField(name: name, values: texts, range: value.byteRange)
    }

    /// Of `body` and `bodyContains` the one that is there.
    func bodyExpectation() -> ExpectedBody {
        if let whole = self["body"] {
            if let part = self["bodyContains"] {
                let message = "'body' and 'bodyContains' exclude each other"
                diagnostics.error(message, in: file, at: part, help: "keep one: 'body' compares all of it")
            }
            return .equal(whole)
        }
        return self["bodyContains"].map { .contains($0) } ?? .any
    }
}
