import TestSupport

/// Random schemas in the keywords that requests know, and values that fit them about every other time.
struct RandomSchemas {
    private static let texts = ["", "a", "ab", "abc", "aaaa", "b😀", "é", "e\u{301}", "/", "~", "1"]
    private static let numbers = [
        "0", "1", "2", "3", "-1", "-0", "1.5", "2.0", "1e1", "0.30000000000000001", "0.3", "12345678901234567890",
        "12345678901234567891", "1E-7",
    ]
    private static let names = ["a", "b", "c/d", "~", "", "é"]
    private static let patterns = ["^a+$", "b", "^(a|b)*$", "^.{2,3}$", "^$"]
    private static let kinds = ["string", "integer", "number", "boolean", "array", "object", "null"]

    var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    mutating func schema(depth: Int = 0) -> String {
        let kinds = kinds(depth: depth)
        guard !kinds.isEmpty else { return object(chance(3) ? [("enum", list(scalars(3)))] : []) }
        var members = [("type", kinds.count == 1 ? "\"\(kinds[0])\"" : list(kinds.map { "\"\($0)\"" }))]
        let isNumber = kinds.contains("integer") || kinds.contains("number")
        if isNumber { members += numberKeywords() }
        if kinds.contains("string") { members += textKeywords() }
        if kinds.contains("array") { members += listKeywords(depth: depth) }
        if kinds.contains("object") { members += objectKeywords(depth: depth) }
        if kinds == ["string"], chance(5) { members.append(("enum", list(texts(2)))) }
        if kinds == ["number"], chance(5) { members.append(("enum", list([pick(Self.numbers), "1"]))) }
        return object(members)
    }

    /// A value of any shape that the schemas above talk about.
    mutating func value(depth: Int = 0) -> String {
        switch Int.random(in: 0..<(depth < 4 ? 9 : 5), using: &random) {
        case 0: return pick(["null", "true", "false"])
        case 1, 2: return pick(Self.numbers)
        case 3, 4: return quoted(pick(Self.texts))
        case 5, 6: return list((0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth: depth + 1) })
        default:
            let names = Self.names.shuffled(using: &random).prefix(Int.random(in: 0...4, using: &random))
            return object(names.map { ($0, value(depth: depth + 1)) })
        }
    }

    private mutating func kinds(depth: Int) -> [String] {
        if depth > 0, chance(8) { return [] }
        let choices = depth < 3 ? Self.kinds + ["array", "object", "object"] : Self.kinds.filter { $0 != "object" }
        var kinds = [pick(choices)]
        if chance(4) { kinds.append(pick(choices)) }
        if kinds.count == 2, kinds[0] == kinds[1] { kinds.removeLast() }
        return kinds
    }

    private mutating func numberKeywords() -> [(String, String)] {
        var members: [(String, String)] = []
        if chance(4) { members.append((pick(["minimum", "exclusiveMinimum"]), pick(["-1", "0", "1.0", "0.3"]))) }
        if chance(4) {
            members.append((pick(["maximum", "exclusiveMaximum"]), pick(["2", "3.5", "12345678901234567890"])))
        }
        return members
    }

    private mutating func textKeywords() -> [(String, String)] {
        var members: [(String, String)] = []
        if chance(4) { members.append(("minLength", pick(["0", "1", "2"]))) }
        if chance(4) { members.append(("maxLength", pick(["2", "3"]))) }
        if chance(4) { members.append(("pattern", quoted(pick(Self.patterns)))) }
        return members
    }

    private mutating func listKeywords(depth: Int) -> [(String, String)] {
        var members: [(String, String)] = []
        if chance(4) { members.append(("minItems", pick(["0", "1", "2"]))) }
        if chance(4) { members.append(("maxItems", pick(["2", "3"]))) }
        if !chance(3) { members.append(("items", schema(depth: depth + 1))) }
        return members
    }

    private mutating func objectKeywords(depth: Int) -> [(String, String)] {
        let names = Self.names.shuffled(using: &random)
        let known = names.prefix(3)
        var members = [("properties", object(known.map { ($0, schema(depth: depth + 1)) }))]
        if chance(3) { members.append(("required", list(names.prefix(2).map(quoted)))) }
        if chance(3) {
            members.append(("additionalProperties", chance(3) ? schema(depth: depth + 1) : pick(["false", "true"])))
        }
        return members
    }

    private mutating func scalars(_ count: Int) -> [String] {
        (0..<count).map { _ in chance(2) ? pick(Self.numbers) : pick(["null", "true", "\"a\"", "\"é\""]) }
    }

    private mutating func texts(_ count: Int) -> [String] {
        (0..<count).map { _ in quoted(pick(Self.texts)) }
    }

    private mutating func chance(_ many: Int) -> Bool { Int.random(in: 0..<many, using: &random) == 0 }

    private mutating func pick(_ choices: [String]) -> String { choices.randomElement(using: &random) ?? "" }

    private func quoted(_ text: String) -> String { "\"\(text)\"" }

    private func list(_ elements: [String]) -> String { "[" + elements.joined(separator: ",") + "]" }

    private func object(_ members: [(String, String)]) -> String {
        "{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
    }
}
