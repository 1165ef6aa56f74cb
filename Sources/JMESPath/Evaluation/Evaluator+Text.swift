import JSONSlices

/// The JSON text of values: how long it is, and the text itself without whitespace.
extension Evaluator {
    /// Pays for the JSON text of a result.
    ///
    /// Arrays and objects share what is in them, so that a few kilobytes of them can stand for gigabytes of text. Values
    /// of a document are as long as they are there and cost nothing by themselves.
    mutating func spend(textOf value: JSONValue, at range: Range<Int>) throws(ExpressionError) {
        switch value {
        case .array(let elements):
            for element in elements { try spend(elementOf: element, at: range) }
        case .table(let table):
            try budget.spend(steps: table.count * (1 + table.shape.names.count), at: range)
            try budget.spend(bytes: table.count * table.shape.namesLength + table.textLength, at: range)
        case .object(let object):
            if let length = object.copiedLength, length <= budget.bytes, object.count <= budget.steps {
                budget.bytes -= length
                budget.steps -= object.count
                return
            }
            for member in object.members {
                try budget.spend(bytes: member.key.utf8.count, at: range)
                try spend(elementOf: member.value, at: range)
            }
        default: break
        }
    }

    private mutating func spend(elementOf value: JSONValue, at range: Range<Int>) throws(ExpressionError) {
        try budget.spend(steps: 1, at: range)
        switch value {
        case .slice(let slice): try budget.spend(bytes: slice.byteRange.count, at: range)
        case .string(let text): try budget.spend(bytes: text.utf8.count, at: range)
        case .null, .bool, .number: break
        case .array, .table, .object: try spend(textOf: value, at: range)
        }
    }

    /// The value as JSON without whitespace between its parts; strings and numbers of a document as they stand there.
    mutating func jsonText(of value: JSONValue, at range: Range<Int>) throws(ExpressionError) -> String {
        var writer = JSONWriter()
        try write(value, to: &writer, at: range)
        return String(decoding: writer.finish(), as: UTF8.self)
    }

    private mutating func write(
        _ value: JSONValue,
        to writer: inout JSONWriter,
        at range: Range<Int>
    ) throws(ExpressionError) {
        try budget.spend(steps: 1, at: range)
        let kind = value.kind
        if kind == .array {
            guard let elements = value.arrayElements else { return }
            try budget.spend(bytes: elements.count + 2, at: range)
            writer.beginArray()
            for element in elements { try write(element, to: &writer, at: range) }
            writer.endArray()
        } else if kind == .object {
            guard let members = value.objectMembers else { return }
            writer.beginObject()
            for member in members {
                try budget.spend(bytes: member.key.utf8.count + 4, at: range)
                writer.key(member.key)
                try write(member.value, to: &writer, at: range)
            }
            writer.endObject()
        } else {
            try budget.spend(bytes: value.textLength, at: range)
            writer.write(value)
        }
    }
}

extension JSONValue {
    /// About how long the JSON text of a scalar is.
    fileprivate var textLength: Int {
        switch self {
        case .slice(let slice): slice.byteRange.count
        case .string(let text): text.utf8.count + 2
        case .number(let number): number.text.utf8.count
        default: 5
        }
    }
}
