import JMESPath
import JSONSlices
import Testing

/// A small generator of random numbers whose sequence is the same for the same seed.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Makes texts that are expressions, or nearly.
private struct ExpressionGenerator {
    var random: SplitMix

    private static let leaves = [
        "a", "b", "c", "\"d e\"", "@", "$", "*", "[0]", "[-1]", "[*]", "[]", "`1`", "`-2.5`", "`null`", "`[1, \"x\"]`",
        "`{\"a\": {\"b\": 1}}`", "'x'", "''", "'é'", "`1e400`", "`99999999999999999999`", "[1:]", "[::-2]",
    ]

    private static let functions = [
        "abs", "avg", "ceil", "contains", "ends_with", "find_first", "find_last", "floor", "from_items", "group_by",
        "items", "join", "keys", "length", "lower", "map", "max", "max_by", "merge", "min", "min_by", "not_null",
        "pad_left", "pad_right", "replace", "reverse", "sort", "sort_by", "split", "starts_with", "sum", "to_array",
        "to_number", "to_string", "trim", "trim_left", "trim_right", "type", "upper", "values", "zip", "lookup",
        "index_by", "slice", "range", "merge_deep", "camel_keys", "snake_keys", "bucket", "to_epoch", "from_epoch",
    ]

    mutating func expression(_ depth: Int) -> String {
        guard depth > 0 else { return Self.leaves.randomElement(using: &random) ?? "@" }
        switch random.next() % 14 {
        case 0, 1: return "\(expression(depth - 1)).\(expression(depth - 1))"
        case 2: return "\(expression(depth - 1))[?\(expression(depth - 1))]"
        case 3: return "\(expression(depth - 1))[*].\(expression(depth - 1))"
        case 4: return "\(expression(depth - 1))[]"
        case 5: return "[\(expression(depth - 1)), \(expression(depth - 1))]"
        case 6: return "{k: \(expression(depth - 1)), a: \(expression(depth - 1))}"
        case 7: return "(\(expression(depth - 1)))"
        case 8: return "let $v = \(expression(depth - 1)) in [$v, \(expression(depth - 1))]"
        case 9: return "\(expression(depth - 1)) ? \(expression(depth - 1)) : \(expression(depth - 1))"
        case 10, 11:
            let operators = ["+", "-", "*", "/", "//", "%", "==", "!=", "<", ">=", "&&", "||", "|"]
            let sign = operators.randomElement(using: &random) ?? "|"
            return "\(expression(depth - 1)) \(sign) \(expression(depth - 1))"
        default: return call(depth)
        }
    }

    private mutating func call(_ depth: Int) -> String {
        let name = Self.functions.randomElement(using: &random) ?? "type"
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

@Suite("Random expressions")
struct FuzzTests {
    private static let documents = [
        "null", #"{"a":[1,{"b":[2.5,"x"]},null],"b":{"c":"é","a":-1e3},"c":[],"d e":"x"}"#,
        #"[[1,2,[3]],{"a":{"a":{"a":1}}},"text",true,12345678901234567890]"#,
    ]

    /// What an expression gives: JSON, or an error that points into its text.
    private func check(_ text: String, on document: JSONSlice) -> Bool {
        do throws(ExpressionError) {
            let expression = try Expression.parse(text)
            var budget = EvaluationBudget(steps: 20_000, bytes: 1 << 20)
            let value = try expression.evaluate(root: .slice(document), budget: &budget)
            #expect(throws: Never.self, "\(text)") { try JSONDocument(parsing: json(value)) }
            return true
        } catch {
            let size = text.utf8.count
            #expect(error.range.lowerBound >= 0 && error.range.upperBound <= size, "\(text): \(error)")
            return false
        }
    }

    @Test("random expressions give a value or an error, and never trap", arguments: [1, 2, 3] as [UInt64])
    func generated(seed: UInt64) throws {
        var generator = ExpressionGenerator(random: SplitMix(seed: seed))
        let documents = try Self.documents.map { try JSONDocument(parsing: $0).root }
        var values = 0
        for round in 0..<1_500 {
            let text = generator.expression(1 + round % 4)
            for document in documents where check(text, on: document) { values += 1 }
        }
        #expect(values > 500)
    }

    @Test("damaged expressions are refused or work, and never trap", arguments: [4, 5] as [UInt64])
    func damaged(seed: UInt64) throws {
        var generator = ExpressionGenerator(random: SplitMix(seed: seed))
        let document = try JSONDocument(parsing: Self.documents[1]).root
        for round in 0..<3_000 {
            let text = generator.expression(1 + round % 3)
            _ = check(generator.damaged(text), on: document)
        }
    }
}
