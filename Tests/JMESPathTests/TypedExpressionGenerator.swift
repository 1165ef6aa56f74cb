import TestSupport

/// Makes expressions that mostly fit the documents of ``documents``: functions get what they take, so that their results
/// are compared and not only their errors.
struct TypedExpressionGenerator {
    var random: SeededGenerator

    /// The variables in force that are numbers.
    private var variables: [String] = []

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    /// What an identifier is looked up in.
    enum Context {
        case document, item, number, string
    }

    static let documents = [
        """
        {"n":7,"m":-2.5,"s":"Straße, 5","u":"a,b,,c","b":true,"z":null,"l":[3,1.5,-2,8],"w":["pear","apple","fig"],\
        "o":{"n":4,"s":"x","l":[1]},"items":[{"id":3,"name":"b","tags":["t","u"],"price":2.5,"sub":{"k":1}},\
        {"id":1,"name":"a","tags":[],"price":0.5,"sub":{"k":-4}},{"id":2,"name":"b","tags":["u"],"price":8,\
        "sub":{"k":0}}],"nest":[[1,2],[],[3,[4]]],"mix":[1,"1",null,true,[],{},0.0,""]}
        """,
        """
        {"n":0,"m":16,"s":"","u":"日本語","b":false,"z":null,"l":[],"w":[],"o":{},"items":[{"id":9,"name":"z"},\
        {"id":9,"tags":["é"],"price":null},null],"nest":[],"mix":[[1],[1.0],[true],{"a":1},{"a":true},-0.0]}
        """,
        "null",
    ]

    private mutating func pick(_ texts: [String]) -> String {
        texts.randomElement(using: &random) ?? "@"
    }

    private mutating func oneIn(_ count: UInt64) -> Bool {
        random.next() % count == 0
    }

    mutating func any(_ context: Context, _ depth: Int) -> String {
        switch random.next() % 12 {
        case 0: return number(context, depth)
        case 1: return string(context, depth)
        case 2: return boolean(context, depth)
        case 3: return numbers(context, depth)
        case 4: return strings(context, depth)
        case 5: return objects(context, depth)
        default: break
        }
        guard depth > 0 else { return pick(["@", "`null`", "z", "mix", "o", "`[1, null]`", "nest", "$"]) }
        let inner = any(context, depth - 1)
        switch random.next() % 14 {
        case 0: return "{a: \(inner), b: \(any(context, depth - 1))}"
        case 1: return "[\(inner), \(any(context, depth - 1))]"
        case 2: return "group_by(\(objects(context, depth - 1)), &\(string(.item, 0)))"
        case 3: return "merge(o, {n: \(inner)})"
        case 4: return "\(pick(["items", "values", "keys"]))(o)"
        case 5: return "zip(\(numbers(context, depth - 1)), \(strings(context, depth - 1)))"
        case 6: return "from_items(zip(\(strings(context, depth - 1)), \(numbers(context, depth - 1))))"
        case 7: return "\(pick(["min_by", "max_by"]))(\(objects(context, depth - 1)), &\(number(.item, 0)))"
        case 8: return "not_null(\(inner), \(any(context, depth - 1)))"
        case 9: return "to_array(\(inner))"
        case 10: return "\(inner) \(pick(["||", "&&", "|"])) \(any(context, depth - 1))"
        case 11: return "(\(inner))\(pick(["[0]", "[]", "[*]", ".*", "[-1]", ".a", "[1:]", "[?@]", " | [0]", "[][]"]))"
        case 12: return "let $v = \(inner) in [$v, \(any(context, depth - 1))]"
        default:
            return "\(objects(context, depth - 1))[*].\(pick(["[id, name]", "{k: sub.k}", "tags[]", "sub.*", "name"]))"
        }
    }

    mutating func number(_ context: Context, _ depth: Int) -> String {
        if oneIn(40) { return "z" }
        if let variable = variables.last, oneIn(3) { return variable }
        guard depth > 0 else {
            let paths: [String] =
                switch context {
                case .document: ["n", "m", "o.n", "l[0]", "items[0].id", "l[-1]", "mix[0]"]
                case .item: ["id", "price", "sub.k", "id", "$.n"]
                case .number: ["@"]
                case .string: ["length(@)"]
                }
            return pick(paths + ["`1`", "`2.5`", "`-3`", "`0`"])
        }
        let inner = number(context, depth - 1)
        switch random.next() % 13 {
        case 0, 1, 2: return "\(inner) \(pick(["+", "-", "*", "//", "%"])) \(number(context, depth - 1))"
        case 3: return "(\(inner)) / \(pick(["`2`", "`-4`", "`0.5`", "`0`"]))"
        case 4: return "\(pick(["abs", "ceil", "floor"]))(\(inner))"
        case 5: return "\(pick(["sum", "max", "min", "length"]))(\(numbers(context, depth - 1)))"
        case 6: return "length(\(string(context, depth - 1)))"
        case 7: return "to_number(\(pick(["'12'", "'-0.5'", "'100'", "'x'", "'01'", "' 1'", "s", "n", "'1_0'"])))"
        case 8:
            let bounds = pick(["", ", `1`", ", `-2`", ", `0`, `2`", ", `-3`, `-1`", ", `9`"])
            return "find_\(pick(["first", "last"]))(\(string(context, 0)), \(string(context, 0))\(bounds))"
        case 9: return "-(\(inner))"
        case 10: return "(\(boolean(context, depth - 1)) && \(inner) || \(number(context, depth - 1)))"
        case 11:
            let name = "$v\(variables.count)"
            variables.append(name)
            defer { variables.removeLast() }
            return "(let \(name) = \(inner) in \(number(context, depth - 1)))"
        default: return "avg(\(numbers(context, depth - 1)))"
        }
    }

    mutating func string(_ context: Context, _ depth: Int) -> String {
        if oneIn(40) { return "z" }
        guard depth > 0 else {
            let paths: [String] =
                switch context {
                case .document: ["s", "u", "o.s", "w[0]", "items[0].name"]
                case .item: ["name", "tags[0]", "$.s", "name"]
                case .number: ["to_string(@)"]
                case .string: ["@"]
                }
            return pick(paths + ["'x'", "','", "''", "'日本'", "'b'"])
        }
        let inner = string(context, depth - 1)
        switch random.next() % 11 {
        case 0: return "\(pick(["upper", "lower", "trim", "trim_left", "trim_right", "reverse"]))(\(inner))"
        case 1: return "join(\(string(context, 0)), \(strings(context, depth - 1)))"
        case 2:
            let count = pick(["", ", `1`", ", `0`", ", `2`", ", `-1`", ", `0.5`"])
            return "replace(\(inner), \(string(context, 0)), \(string(context, 0))\(count))"
        case 3:
            return
                "pad_\(pick(["left", "right"]))(\(inner), \(pick(["`5`", "`0`", "`-1`"]))\(pick(["", ", '*'", ", ''"])))"
        case 4: return "(\(inner))\(pick(["[1:]", "[::-1]", "[-2:]", "[:-1:2]", "[9:0:-2]"]))"
        case 5: return "to_string(\(pick(["n", "b", "z", "l", "o", "items", "mix[3]", "w", "s"])))"
        case 6: return "type(\(any(context, depth - 1)))"
        case 7: return "trim(\(inner), \(string(context, 0)))"
        case 8: return "not_null(\(inner), \(string(context, 0)))"
        case 9: return "(\(inner) || \(string(context, 0)))"
        default: return "\(pick(["max", "min"]))(\(strings(context, depth - 1)))"
        }
    }

    mutating func boolean(_ context: Context, _ depth: Int) -> String {
        guard depth > 0 else { return pick(["b", "`true`", "`false`", "!@", "z", "@ == `null`"]) }
        let inner = boolean(context, depth - 1)
        let sign = pick(["==", "!=", "<", "<=", ">", ">="])
        switch random.next() % 8 {
        case 0, 1: return "\(number(context, depth - 1)) \(sign) \(number(context, depth - 1))"
        case 2: return "\(string(context, depth - 1)) \(sign) \(string(context, depth - 1))"
        case 3: return "\(any(context, depth - 1)) \(pick(["==", "!=", "<"])) \(any(context, depth - 1))"
        case 4:
            return
                "\(pick(["contains", "starts_with", "ends_with"]))(\(string(context, depth - 1)), \(string(context, 0)))"
        case 5: return "contains(\(pick(["l", "w", "mix", "nest", "items[].id"])), \(any(context, depth - 1)))"
        case 6: return "!\(pick(["(\(inner))", "b", "z", "l", "n", "@", "o.s"]))"
        default: return "\(inner) \(pick(["&&", "||"])) \(boolean(context, depth - 1))"
        }
    }

    mutating func numbers(_ context: Context, _ depth: Int) -> String {
        if oneIn(40) { return pick(["z", "mix"]) }
        guard depth > 0 else { return pick(["l", "items[*].id", "items[].price", "nest[0]", "`[4, 2.5]`", "$.l"]) }
        switch random.next() % 9 {
        case 0: return "\(objects(context, depth - 1))[?\(boolean(.item, depth - 1))].\(pick(["id", "price", "sub.k"]))"
        case 1: return "\(pick(["sort", "reverse"]))(\(numbers(context, depth - 1)))"
        case 2: return "[\(number(context, depth - 1)), \(number(context, depth - 1))]"
        case 3: return "map(&\(number(.number, depth - 1)), \(numbers(context, depth - 1)))"
        case 4: return "map(&\(number(.item, depth - 1)), \(objects(context, depth - 1)))"
        case 5: return "nest[]\(pick(["", "[]", "[*]", "[?@ > `1`]"]))"
        case 6:
            return "(\(numbers(context, depth - 1)))\(pick(["[1:]", "[::-1]", "[::2]", "[-1:]", "[?@ > `1`]", "[*]"]))"
        case 7: return "\(objects(context, depth - 1))[].{k: \(number(.item, depth - 1))}.k"
        default: return "o.l"
        }
    }

    mutating func strings(_ context: Context, _ depth: Int) -> String {
        if oneIn(40) { return pick(["z", "mix"]) }
        guard depth > 0 else { return pick(["w", "items[*].name", "items[].tags[]", "keys(o)", "$.w", "`[\"q\"]`"]) }
        switch random.next() % 6 {
        case 0:
            return
                "split(\(string(context, depth - 1)), \(pick(["','", "''", "'b'"]))\(pick(["", ", `1`", ", `0`", ", `-1`"])))"
        case 1: return "\(pick(["sort", "reverse"]))(\(strings(context, depth - 1)))"
        case 2: return "[\(string(context, depth - 1)), \(string(context, depth - 1))]"
        case 3: return "map(&\(string(.string, depth - 1)), \(strings(context, depth - 1)))"
        case 4: return "\(objects(context, depth - 1))[].\(pick(["name", "tags[]", "tags[0]"]))"
        default: return "(\(strings(context, depth - 1)))\(pick(["[1:]", "[::-1]", "[?@ != 'x']", "[]"]))"
        }
    }

    mutating func objects(_ context: Context, _ depth: Int) -> String {
        guard depth > 0 else { return pick(["items", "items", "$.items", "items[*]", "z"]) }
        let inner = objects(context, depth - 1)
        switch random.next() % 5 {
        case 0: return "\(inner)[?\(boolean(.item, depth - 1))]"
        case 1: return "sort_by(\(inner), &\(pick([number(.item, 0), string(.item, 0)])))"
        case 2: return "reverse(\(inner))"
        case 3: return "\(inner)\(pick(["[::2]", "[1:]", "[]", "[*]", "[::-1]"]))"
        default: return "\(inner)[].{id: \(number(.item, depth - 1)), name: \(string(.item, 0))}"
        }
    }
}
