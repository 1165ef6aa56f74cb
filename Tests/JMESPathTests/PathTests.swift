import JMESPath
import JSONSlices
import Testing

@Suite("Paths and projections")
struct PathTests {
    static let people = #"{"people":[{"name":"Ada","age":36,"tags":["a","b"]},{"name":"Bob","age":7},{"name":null}]}"#

    @Test(
        "fields, indexes and slices lead into a document",
        arguments: [
            Case("people[0].name", on: people, gives: #""Ada""#),
            Case("people[-2].age", on: people, gives: "7"),
            Case("people[9].name.more", on: people, gives: "null"),
            Case("people[:2].age", on: people, gives: "[36,7]"),
            Case("people[::-1].age", on: people, gives: "[7,36]"),
            Case(#""people"[0]."tags"[1]"#, on: people, gives: #""b""#),
            Case(#""caf\u00e9""#, on: #"{"café":1,"cafe\u0301":2}"#, gives: "1"),
            Case("'日本語'[1:]", gives: #""本語""#),
            Case("'abc'[::-1]", gives: #""cba""#),
            Case("@[2]", on: "[1,2,3]", gives: "3"),
            Case("a", on: #"{"a":1,"a":2}"#, gives: "2"),
        ]
    )
    func paths(_ example: Case) throws {
        try example.check()
    }

    @Test(
        "a projection applies what follows to each element and leaves nulls out",
        arguments: [
            Case("people[*].name", on: people, gives: #"["Ada","Bob"]"#),
            Case("people[*].tags[]", on: people, gives: #"["a","b"]"#),
            Case("people[].tags", on: people, gives: #"[["a","b"]]"#),
            Case("people[?age > `10`].name", on: people, gives: #"["Ada"]"#),
            Case(
                "people[?age].{n: name, old: age >= `18`}",
                on: people,
                gives: #"[{"n":"Ada","old":true},{"n":"Bob","old":false}]"#
            ),
            Case("*[0].name", on: people, gives: #"["Ada"]"#),
            Case("a.*.b", on: #"{"a":{"x":{"b":1},"y":{"b":2},"z":3}}"#, gives: "[1,2]"),
            Case("a.*.b.c", on: #"{"a":{"x":{"b":{"c":1}}}}"#, gives: "[1]"),
            Case("[?[0]][0]", on: "[[1],[],[2]]", gives: "[1,2]"),
            Case("[?a][?b]", on: #"[{"a":1,"b":2}]"#, gives: "[]"),
            Case("[?a] | [?b].b", on: #"[{"a":1,"b":2}]"#, gives: "[2]"),
            Case("people[*].name | [0]", on: people, gives: #""Ada""#),
            Case("people.name[*]", on: people, gives: "null"),
            Case("people[*].{n: name}[0]", on: people, gives: #"{"n":"Ada"}"#),
            Case("people[*].[name][0]", on: people, gives: #"["Ada"]"#),
            Case("people[*].tags.[@][0]", on: people, gives: #"[["a","b"]]"#),
        ]
    )
    func projections(_ example: Case) throws {
        try example.check()
    }

    @Test(
        "multi-selects build lists and objects",
        arguments: [
            Case("[a, b.c]", on: #"{"a":1,"b":{"c":2}}"#, gives: "[1,2]"),
            Case("{x: a, \"y z\": b}", on: #"{"a":1}"#, gives: #"{"x":1,"y z":null}"#),
            Case("a.{b: b}", on: "{}", gives: "null"),
            Case("@.{b: @}", gives: "null"),
            Case("@.[@]", gives: "null"),
            Case("(@).length(@)", gives: "null"),
            Case("[*].{b: @}", on: "[null]", gives: #"[{"b":null}]"#),
            Case("`null` | {b: @}", gives: #"{"b":null}"#),
            Case("{a: `1`, a: `2`}", gives: #"{"a":2}"#),
        ]
    )
    func multiSelects(_ example: Case) throws {
        try example.check()
    }

    @Test("a value that no operator touches keeps its bytes")
    func untouched() throws {
        let document = #"{"id":12345678901234567890,"price":1.10,"big":1E400,"text":"\u00e9","inner":{ "a" : 1 }}"#
        #expect(
            try evaluate("[id, price, big, text, inner]", on: document)
                == #"[12345678901234567890,1.10,1E400,"\u00e9",{ "a" : 1 }]"#
        )
    }

    @Test("an expression keeps its text and can be evaluated again")
    func reuse() throws {
        let expression = try Expression.parse("a")
        var budget = EvaluationBudget()
        for value in ["1", "2"] {
            let root = try JSONDocument(parsing: #"{"a":\#(value)}"#).root
            #expect(json(try expression.evaluate(root: .slice(root), budget: &budget)) == value)
        }
        #expect(expression.source == "a")
        #expect(expression.slots == [])
    }
}
