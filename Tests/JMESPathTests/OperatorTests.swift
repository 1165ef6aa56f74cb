import JMESPath
import JSONSlices
import Testing

@Suite("Operators, literals and variables")
struct OperatorTests {
    @Test(
        "arithmetic is exact",
        arguments: [
            Case("`0.1` + `0.2`", gives: "0.3"),
            Case("`9007199254740993` + `1`", gives: "9007199254740994"),
            Case("`9223372036854775807` + `1`", gives: "9223372036854775808"),
            Case("`12345678901234567890` * `98765432109876543210`", gives: "1219326311370217952237463801111263526900"),
            Case("`1` - `1.0000000000000000000000001`", gives: "-1e-25"),
            Case("`1e300` + `1e-10` - `1e300`", gives: "1e-10"),
            Case("`1` / `3`", gives: "0.3333333333333333333333333333333333"),
            Case("`2` / `3`", gives: "0.6666666666666666666666666666666667"),
            Case("`10` / `4`", gives: "2.5"),
            Case("`1` ÷ `8`", gives: "0.125"),
            Case("`7` // `2`", gives: "3"),
            Case("`-7` // `2`", gives: "-4"),
            Case("`-7` % `2`", gives: "1"),
            Case("`7` % `-2`", gives: "-1"),
            Case("`5.5` % `2`", gives: "1.5"),
            Case("`3` × `4` − `2`", gives: "10"),
            Case("-a.b + +`1`", on: #"{"a":{"b":2}}"#, gives: "-1"),
            Case("`2` + `3` * `4`", gives: "14"),
            Case("(`2` + `3`) * `4`", gives: "20"),
            Case("`10` - `2` - `3`", gives: "5"),
            Case("-`0`", gives: "0"),
            Case("`1e22` + `1`", gives: "10000000000000000000001"),
        ]
    )
    func arithmetic(_ example: Case) throws {
        try example.check()
    }

    @Test(
        "comparison knows numbers by value and strings by code points",
        arguments: [
            Case("`1` == `1.0`", gives: "true"),
            Case("`1e2` == `100`", gives: "true"),
            Case("`9007199254740993` == `9007199254740992`", gives: "false"),
            Case("`0.1` < `0.10000000000000000000001`", gives: "true"),
            Case("`-1` < `1`", gives: "true"),
            Case("`-2` < `-1`", gives: "true"),
            Case("`-0` == `0`", gives: "true"),
            Case("'\u{E9}' == 'e\u{301}'", gives: "false"),
            Case("'\u{FB00}' < '\u{1D306}'", gives: "true"),
            Case("a == 'x'", on: #"{"a":"\u0078"}"#, gives: "true"),
            Case("a != 'x'", on: #"{"a":1}"#, gives: "true"),
            Case("'a' < `1`", gives: "null"),
            Case("`[1, {\"a\": 1, \"b\": 2}]` == `[1.0, {\"b\": 2, \"a\": 1}]`", gives: "true"),
            Case("`[1]` == `[1, 2]`", gives: "false"),
            Case("`true` == `1`", gives: "false"),
            Case("a == `null`", on: "{}", gives: "true"),
        ]
    )
    func comparison(_ example: Case) throws {
        try example.check()
    }

    @Test(
        "logical operators give the operand that decides",
        arguments: [
            Case("a || b || c", on: #"{"b":"","c":0}"#, gives: "0"),
            Case("a && b", on: #"{"a":[],"b":1}"#, gives: "[]"),
            Case("!a", on: #"{"a":0}"#, gives: "false"),
            Case("!a", on: #"{"a":{}}"#, gives: "true"),
            Case("a ? 'yes' : 'no'", on: #"{"a":0}"#, gives: #""yes""#),
            Case("a ? b : c ? d : e", on: #"{"e":5}"#, gives: "5"),
            Case("a || b ? 'x' : 'y' | [@]", on: "{}", gives: #"["y"]"#),
            Case("a == `1` && b != `2`", on: #"{"a":1,"b":3}"#, gives: "true"),
        ]
    )
    func logic(_ example: Case) throws {
        try example.check()
    }

    @Test(
        "literals are JSON in backticks or raw strings",
        arguments: [
            Case("`{\"a\": [1, true, null]}`", gives: #"{"a": [1, true, null]}"#),
            Case(#"`"a\`b"`"#, gives: #""a`b""#),
            Case(#"'it\'s'"#, gives: #""it's""#),
            Case(#"'C:\\dir\n'"#, gives: #""C:\\dir\\n""#),
            Case("'{}'", gives: #""{}""#),
        ]
    )
    func literals(_ example: Case) throws {
        try example.check()
    }

    @Test(
        "let binds variables for its body alone",
        arguments: [
            Case("let $x = a in b[*].[@, $x]", on: #"{"a":1,"b":[2,3]}"#, gives: "[[2,1],[3,1]]"),
            Case("let $x = a, $y = b in {x: $x, y: $y}", on: #"{"a":1,"b":2}"#, gives: #"{"x":1,"y":2}"#),
            Case("let $x = 'outer' in let $x = 'inner', $y = $x in [$x, $y]", gives: #"["inner","outer"]"#),
            Case("let $x = a in map(&sum([@, $x]), b)", on: #"{"a":1,"b":[2,3]}"#, gives: "[3,4]"),
            Case("let $x = a in (let $x = b in $x) || $x", on: #"{"a":1}"#, gives: "1"),
            Case("let", on: #"{"let":1}"#, gives: "1"),
            Case("[let, in]", on: #"{"let":1,"in":2}"#, gives: "[1,2]"),
        ]
    )
    func variables(_ example: Case) throws {
        try example.check()
    }

    @Test(
        "the root is the whole document everywhere",
        arguments: [
            Case("b[?@ == $.a]", on: #"{"a":1,"b":[1,2]}"#, gives: "[1]"),
            Case("b | $", on: "[1]", gives: "[1]"),
        ]
    )
    func root(_ example: Case) throws {
        try example.check()
    }
}
