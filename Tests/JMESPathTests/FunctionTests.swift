import JMESPath
import JSONSlices
import Testing

@Suite("Functions")
struct FunctionTests {
    @Test(
        "numbers",
        arguments: [
            Case("abs(`-1.5`)", gives: "1.5"),
            Case("avg(`[1, 2, 4]`)", gives: "2.333333333333333333333333333333333"),
            Case("avg(`[]`)", gives: "null"),
            Case("ceil(`1.0000000000000000001`)", gives: "2"),
            Case("ceil(`-1.5`)", gives: "-1"),
            Case("ceil(`-0.5`)", gives: "0"),
            Case("floor(`-1e-5000`)", gives: "-1"),
            Case("floor(`12345678901234567890.9`)", gives: "12345678901234567890"),
            Case("sum(`[0.1, 0.2, 0.3]`)", gives: "0.6"),
            Case("sum(`[]`)", gives: "0"),
        ]
    )
    func numbers(_ example: Case) throws {
        try example.check()
    }

    @Test(
        "strings are counted in code points",
        arguments: [
            Case("length('e\u{301}𝌆')", gives: "3"),
            Case("reverse('a𝌆b')", gives: #""b𝌆a""#),
            Case("upper('straße')", gives: #""STRASSE""#),
            Case("starts_with('e\u{301}', 'e')", gives: "true"),
            Case("ends_with('abc', 'bc')", gives: "true"),
            Case("contains('abc', '')", gives: "true"),
            Case("contains('abc', `1`)", gives: "false"),
            Case("find_first('𝌆b𝌆b', 'b')", gives: "1"),
            Case("find_last('𝌆b𝌆b', 'b')", gives: "3"),
            Case("find_last('aaa', 'aa')", gives: "1"),
            Case("find_first('abab', 'ab', `1`)", gives: "2"),
            Case("find_first('abab', 'ab', `-99999999999999999999`, `99999999999999999999`)", gives: "0"),
            Case("replace('aabaaab', 'aa', '-')", gives: #""-b-ab""#),
            Case("replace('ab', '', '-')", gives: #""-a-b-""#),
            Case("split('a,b,c', ',', `1`)", gives: #"["a","b,c"]"#),
            Case("split('é𝌆', '')", gives: #"["é","𝌆"]"#),
            Case("join('-', `[\"a\", \"b\"]`)", gives: #""a-b""#),
            Case("pad_left('7', `3`, '0')", gives: #""007""#),
            Case("pad_right('é', `3`)", gives: #""é  ""#),
            Case("trim('\u{3000} x\t')", gives: #""x""#),
            Case("trim_left('xxyx', 'x')", gives: #""yx""#),
            Case("trim_right('xxyx', 'x')", gives: #""xxy""#),
        ]
    )
    func strings(_ example: Case) throws {
        try example.check()
    }

    @Test(
        "lists, and their order",
        arguments: [
            Case("sort(`[10, 9, 1e1, 9.5]`)", gives: "[9,9.5,10,1e1]"),
            Case("sort(`[\"é\", \"z\", \"e\"]`)", gives: #"["e","z","é"]"#),
            Case("sort_by(@, &a)[*].b", on: #"[{"a":2,"b":1},{"a":1,"b":2},{"a":2,"b":3}]"#, gives: "[2,1,3]"),
            Case("max_by(@, &a).b", on: #"[{"a":2,"b":1},{"a":2,"b":2}]"#, gives: "1"),
            Case("min(`[\"b\", \"a\"]`)", gives: #""a""#),
            Case("max(`[12345678901234567890, 12345678901234567891]`)", gives: "12345678901234567891"),
            Case("map(&a, @)", on: #"[{"a":1},{}]"#, gives: "[1,null]"),
            Case("zip(`[1, 2, 3]`, `[\"a\", \"b\"]`)", gives: #"[[1,"a"],[2,"b"]]"#),
            Case("reverse(@)", on: "[1,[2]]", gives: "[[2],1]"),
            Case("contains(@, `1.0`)", on: "[1]", gives: "true"),
            Case("length(@)", on: #"{"a":1,"a":2}"#, gives: "1"),
            Case("[*].to_string(@)", on: "[1.0]", gives: #"["1.0"]"#),
            Case("a.length(@)", on: "{}", gives: "null"),
        ]
    )
    func lists(_ example: Case) throws {
        try example.check()
    }

    @Test(
        "objects keep the order of their members",
        arguments: [
            Case("keys(@)", on: #"{"b":1,"a":2}"#, gives: #"["b","a"]"#),
            Case("values(@)", on: #"{"b":1,"a":2}"#, gives: "[1,2]"),
            Case("items(@)", on: #"{"b":1,"a":2}"#, gives: #"[["b",1],["a",2]]"#),
            Case("from_items(@)", on: #"[["b",1],["a",2],["b",3]]"#, gives: #"{"b":3,"a":2}"#),
            Case("merge(@, `{\"a\": 3, \"c\": 4}`)", on: #"{"a":1,"b":2}"#, gives: #"{"a":3,"b":2,"c":4}"#),
            Case(
                "group_by(@, &t)",
                on: #"[{"t":"x","n":1},{"n":2},{"t":"y","n":3},{"t":"x","n":4}]"#,
                gives: #"{"x":[{"t":"x","n":1},{"t":"x","n":4}],"y":[{"t":"y","n":3}]}"#
            ),
            Case("group_by(`[]`, &t)", gives: "{}"),
        ]
    )
    func objects(_ example: Case) throws {
        try example.check()
    }

    @Test(
        "types",
        arguments: [
            Case("to_string(@)", on: #"{ "a" : [ 1.0 , "x" ] }"#, gives: #""{\"a\":[1.0,\"x\"]}""#),
            Case("to_number('1e21')", gives: "1e21"),
            Case("to_number(' 1')", gives: "null"),
            Case("to_number('12345678901234567890.10')", gives: "12345678901234567890.10"),
            Case("to_array('a')", gives: #"["a"]"#),
            Case("type(@)", on: "[]", gives: #""array""#),
            Case("not_null(a, b, 'c')", on: #"{"b":false}"#, gives: "false"),
        ]
    )
    func types(_ example: Case) throws {
        try example.check()
    }
}
