import TestSupport

/// Makes texts that are expressions, or nearly, without regard to types.
struct ExpressionGenerator {
    var random: SeededGenerator

    /// Whether only that is used which every implementation of the Community Edition has and reads alike.
    var isPortable = false

    private static let leaves = [
        "a", "b", "c", "\"d e\"", "@", "$", "*", "[0]", "[-1]", "[*]", "[]", "`1`", "`-2.5`", "`null`", "`[1, \"x\"]`",
        "`{\"a\": {\"b\": 1}}`", "'x'", "''", "'é'", "[1:]", "[::-2]",
    ]

    /// Numbers that are none, or not the same one, where numbers are floating-point.
    private static let ownLeaves = ["`1e400`", "`99999999999999999999`"]

    private static let functions = [
        "abs", "avg", "ceil", "contains", "ends_with", "find_first", "find_last", "floor", "from_items", "group_by",
        "items", "join", "keys", "length", "lower", "map", "max", "max_by", "merge", "min", "min_by", "not_null",
        "pad_left", "pad_right", "replace", "reverse", "sort", "sort_by", "split", "starts_with", "sum", "to_array",
        "to_number", "to_string", "trim", "trim_left", "trim_right", "type", "upper", "values", "zip",
    ]

    private static let ownFunctions = [
        "lookup", "index_by", "slice", "range", "merge_deep", "camel_keys", "snake_keys", "bucket", "to_epoch",
        "from_epoch",
    ]

    mutating func expression(_ depth: Int) -> String {
        guard depth > 0 else {
            return (isPortable ? Self.leaves : Self.leaves + Self.ownLeaves).randomElement(using: &random) ?? "@"
        }
        switch random.next() % (isPortable ? 13 : 14) {
        case 0, 1: return "\(expression(depth - 1)).\(expression(depth - 1))"
        case 2: return "\(expression(depth - 1))[?\(expression(depth - 1))]"
        case 3: return "\(expression(depth - 1))[*].\(expression(depth - 1))"
        case 4: return "\(expression(depth - 1))[]"
        case 5: return "[\(expression(depth - 1)), \(expression(depth - 1))]"
        case 6: return "{k: \(expression(depth - 1)), a: \(expression(depth - 1))}"
        case 7: return "(\(expression(depth - 1)))"
        case 8:
            let binding = "let $v = \(expression(depth - 1)) in [$v, \(expression(depth - 1))]"
            return isPortable ? "(\(binding))" : binding
        case 9, 10:
            let operators = ["+", "-", "*", "/", "//", "%", "==", "!=", "<", ">=", "&&", "||", "|"]
            let sign = operators.randomElement(using: &random) ?? "|"
            return "\(expression(depth - 1)) \(sign) \(expression(depth - 1))"
        case 11, 12: return call(depth)
        default: return "\(expression(depth - 1)) ? \(expression(depth - 1)) : \(expression(depth - 1))"
        }
    }

    private mutating func call(_ depth: Int) -> String {
        let names = isPortable ? Self.functions : Self.functions + Self.ownFunctions
        let name = names.randomElement(using: &random) ?? "type"
        var arguments = (0...random.next() % 3).map { _ in expression(depth - 1) }
        if name.hasSuffix("_by") { arguments = [arguments[0], "&" + expression(depth - 1)] }
        if name == "map" { arguments = ["&" + expression(depth - 1), arguments[0]] }
        return "\(name)(\(arguments.joined(separator: ", ")))"
    }

    /// The text with some of its bytes replaced, removed or repeated.
    mutating func damaged(_ text: String) -> String {
        var bytes = Array(text.utf8)
        for _ in 0...random.next() % 3 where !bytes.isEmpty {
            let index = Int(random.next() % UInt64(bytes.count))
            switch random.next() % 3 {
            case 0: bytes.remove(at: index)
            case 1: bytes[index] = Array("[]{}()`'\"\\.*&|!?:,@$-0a \u{7F}".utf8).randomElement(using: &random) ?? 0
            default: bytes.insert(bytes[index], at: index)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
