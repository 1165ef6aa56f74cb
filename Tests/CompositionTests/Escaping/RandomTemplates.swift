import JSONSlices
import TestSupport

/// Random templates over the values of two calls, `v` and `w`, and random values for these.
struct RandomTemplates {
    private static let names = ["a", "b", "c", "id", "é", "x y", "\"", "\\", "\n", "\u{2028}", ""]
    private static let expressions = [
        "{v}", "{w}", "{v.a}", "{v.b}", "{v.a.b}", "{v.c.id}", "{w.a}", "{w.b.c}", "{v.none}", "{v.\"x y\"}", "{'{'}",
        "{ w.id }",
    ]
    private static let numbers = ["0", "-0", "1.10", "12345678901234567890", "1E400", "-2.50e-7"]

    var texts: HostileTexts

    init(seed: UInt64) {
        texts = HostileTexts(seed: seed)
    }

    /// JSON of a template.
    mutating func template(depth: Int) -> String {
        switch Int.random(in: 0..<(depth > 0 ? 10 : 4), using: &texts.random) {
        case 0: return scalar()
        case 1, 2: return string(texts.random.pick(Self.expressions))
        case 3: return string(mixed())
        case 4, 5:
            return "["
                + (0..<Int.random(in: 0...3, using: &texts.random)).map { _ in template(depth: depth - 1) }.joined(
                    separator: ","
                ) + "]"
        default: return object(depth: depth)
        }
    }

    /// JSON of a value, each name of an object once.
    mutating func value(depth: Int) -> String {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 3), using: &texts.random) {
        case 0: return scalar()
        case 1, 2: return string(texts.text(atMost: 40))
        case 3:
            return "["
                + (0..<Int.random(in: 0...3, using: &texts.random)).map { _ in value(depth: depth - 1) }.joined(
                    separator: " ,\n"
                ) + "]"
        default:
            let names = someNames()
            return "{" + names.map { string($0) + ": " + value(depth: depth - 1) }.joined(separator: ", ") + "}"
        }
    }

    private mutating func object(depth: Int) -> String {
        var members = someNames().map { name -> String in
            let mark = texts.random.chance(1, in: 3) ? "?" : ""
            return string(name + mark) + " : " + template(depth: depth - 1)
        }
        for label in 0..<Int.random(in: 0...2, using: &texts.random) {
            let source =
                texts.random.chance(1, in: 3) ? object(depth: depth - 1) : string(texts.random.pick(Self.expressions))
            members.append(string("...\(label)") + ":" + (texts.random.chance(1, in: 12) ? "null" : source))
        }
        members.shuffle(using: &texts.random)
        return "{" + members.joined(separator: ", ") + "}"
    }

    private mutating func someNames() -> [String] {
        Array(Self.names.shuffled(using: &texts.random).prefix(Int.random(in: 0...4, using: &texts.random)))
    }

    private mutating func scalar() -> String {
        texts.random.pick(["null", "true", "false", string(plain()), texts.random.pick(Self.numbers)])
    }

    private mutating func mixed() -> String {
        (0...Int.random(in: 1...3, using: &texts.random)).map { _ in
            texts.random.chance(1, in: 2) ? plain() : texts.random.pick(Self.expressions)
        }.joined()
    }

    /// A text that a template takes as it is: without braces.
    private mutating func plain() -> String {
        texts.text(atMost: 40).filter { $0 != "{" && $0 != "}" }
    }

    private mutating func string(_ text: String) -> String { texts.json(text) }
}
