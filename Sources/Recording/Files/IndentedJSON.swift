import JSONSlices

/// A JSON text for a person to read: two spaces for each level, what fits on a line on one line, numbers of a list side by
/// side. Every token stands as it was written, so that numbers keep their digits and strings their escapes.
struct IndentedJSON {
    private var bytes: [UInt8] = []

    /// Columns of a line that holds a whole list or object.
    private static let width = 120

    /// Levels beyond this one stand no further to the right: else a body that is nested deeply could make a file a hundred
    /// times its size.
    private static let maximumIndent = 20

    /// The outermost object or list always has a line per member.
    static func bytes(of root: JSONSlice) -> [UInt8] {
        var text = IndentedJSON()
        text.bytes.reserveCapacity(root.byteRange.count * 5 / 4)
        text.append(root, level: 0, column: 0, isOutermost: true)
        text.bytes.append(UInt8(ascii: "\n"))
        return text.bytes
    }

    /// - Parameter column: where in its line the value begins.
    private mutating func append(_ value: JSONSlice, level: Int, column: Int, isOutermost: Bool = false) {
        let isObject = value.kind == .object
        guard isObject || value.kind == .array, value.count > 0 else {
            appendLeaf(value)
            return
        }
        // A comma may follow.
        let start = bytes.count
        if !isOutermost, appendLine(value, until: start + Self.width - 1 - column) { return }
        bytes.removeSubrange(start...)
        if !isObject, value.elements.allSatisfy({ $0.kind == .number }) { return appendNumbers(value, level: level) }
        bytes.append(isObject ? UInt8(ascii: "{") : UInt8(ascii: "["))
        var isFirst = true
        if isObject {
            for (key, value) in value.members {
                breakLine(level: level + 1, isFirst: &isFirst)
                let column = Self.indent(level + 1) + key.byteRange.count + 2
                appendLeaf(key)
                bytes += [UInt8(ascii: ":"), UInt8(ascii: " ")]
                append(value, level: level + 1, column: column)
            }
        } else {
            for element in value.elements {
                breakLine(level: level + 1, isFirst: &isFirst)
                append(element, level: level + 1, column: Self.indent(level + 1))
            }
        }
        isFirst = true
        breakLine(level: level, isFirst: &isFirst)
        bytes.append(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
    }

    /// Appends a value on one line; false, with some of it appended, when that would go beyond `limit`.
    private mutating func appendLine(_ value: JSONSlice, until limit: Int) -> Bool {
        var isFirst = true
        switch value.kind {
        case .object where value.count > 0:
            bytes += [UInt8(ascii: "{"), UInt8(ascii: " ")]
            for (key, value) in value.members {
                separate(&isFirst)
                guard bytes.count + key.byteRange.count < limit else { return false }
                appendLeaf(key)
                bytes += [UInt8(ascii: ":"), UInt8(ascii: " ")]
                guard appendLine(value, until: limit) else { return false }
            }
            bytes += [UInt8(ascii: " "), UInt8(ascii: "}")]
        case .array where value.count > 0:
            bytes.append(UInt8(ascii: "["))
            for element in value.elements {
                separate(&isFirst)
                guard appendLine(element, until: limit) else { return false }
            }
            bytes.append(UInt8(ascii: "]"))
        default:
            guard bytes.count + value.byteRange.count <= limit else { return false }
            appendLeaf(value)
        }
        return bytes.count <= limit
    }

    private mutating func separate(_ isFirst: inout Bool) {
        if !isFirst { bytes += [UInt8(ascii: ","), UInt8(ascii: " ")] }
        isFirst = false
    }

    private mutating func breakLine(level: Int, isFirst: inout Bool) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        bytes.append(UInt8(ascii: "\n"))
        for _ in 0..<Self.indent(level) { bytes.append(UInt8(ascii: " ")) }
    }

    private static func indent(_ level: Int) -> Int { 2 * min(level, maximumIndent) }

    /// Appends a list of numbers that fills its lines.
    private mutating func appendNumbers(_ list: JSONSlice, level: Int) {
        bytes.append(UInt8(ascii: "["))
        var isFirst = true
        var lineEnd = 0
        for number in list.elements {
            if !isFirst, bytes.count + number.byteRange.count + 3 <= lineEnd {
                separate(&isFirst)
            } else {
                breakLine(level: level + 1, isFirst: &isFirst)
                lineEnd = bytes.count - Self.indent(level + 1) + Self.width
            }
            appendLeaf(number)
        }
        isFirst = true
        breakLine(level: level, isFirst: &isFirst)
        bytes.append(UInt8(ascii: "]"))
    }

    /// A scalar, or a container without anything in it.
    private mutating func appendLeaf(_ value: JSONSlice) {
        switch value.kind {
        case .object: bytes += [UInt8(ascii: "{"), UInt8(ascii: "}")]
        case .array: bytes += [UInt8(ascii: "["), UInt8(ascii: "]")]
        default: value.withUTF8 { bytes.append(contentsOf: $0) }
        }
    }
}
