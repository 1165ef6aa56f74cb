import JMESPath
import JSONSlices
import Testing

@Suite("Medley's own functions")
struct OwnFunctionTests {
    @Test(
        "all are null for null",
        arguments: [
            "lookup(a, 'x')", "lookup(@, a)", "index_by(a, &id)", "slice(a, `0`, `1`)", "range(a, `1`)",
            "range(`1`, a)",
            "merge_deep(a, a)", "camel_keys(a)", "snake_keys(a)", "bucket(a, `2`)", "bucket('x', a)", "to_epoch(a)",
            "from_epoch(a)",
        ]
    )
    func nullSafety(_ expression: String) throws {
        #expect(try evaluate(expression, on: "{}") == "null")
    }

    @Test(
        "lookup and index_by compare keys as text",
        arguments: [
            Case("lookup(@, `7`)", on: #"{"7":"seven"}"#, gives: #""seven""#),
            Case("lookup(@, 'none')", on: #"{"7":1}"#, gives: "null"),
            Case("lookup(@, `-1`)", on: "[1,2]", gives: "2"),
            Case("lookup(@, `5`)", on: "[1,2]", gives: "null"),
            Case("lookup(@, '0')", on: "[1,2]", gives: "null"),
            Case("lookup(@, `1.0`)", on: "[1,2]", gives: "2"),
            Case("lookup(@, `true`)", on: #"{"true":1}"#, gives: "1"),
            Case("lookup(@, `7.0`)", on: #"{"7":1}"#, gives: "null"),
            Case("lookup(@, 'a')", on: #"{"a":1,"a":2}"#, gives: "2"),
            Case("lookup(@, 'e\u{301}')", on: #"{"é":1}"#, gives: "null"),
            Case("lookup({a: @}, 'a')", on: "12345678901234567890", gives: "12345678901234567890"),
            Case("index_by(@, &id)", on: "[]", gives: "{}"),
            Case("index_by(@, &b)", on: #"[{"b":true},{"b":null},7]"#, gives: #"{"true":{"b":true}}"#),
            Case(
                "index_by(@, &id)",
                on: #"[{"id":1,"n":"a"},{"n":"none"},{"id":"2","n":"b"},{"id":1,"n":"c"}]"#,
                gives: #"{"1":{"id":1,"n":"c"},"2":{"id":"2","n":"b"}}"#
            ),
            Case(
                "let $p = index_by(products, &id) in orders[*].lookup($p, product).name",
                on: #"{"products":[{"id":1,"name":"Pen"}],"orders":[{"product":"1"},{"product":2}]}"#,
                gives: #"["Pen"]"#
            ),
        ]
    )
    func keys(_ example: Case) throws {
        try example.check()
    }

    @Test(
        "slice and range exclude their end",
        arguments: [
            Case("slice(@, `1`, `3`)", on: "[0,1,2,3]", gives: "[1,2]"),
            Case("slice(@, `-2`)", on: "[0,1,2,3]", gives: "[2,3]"),
            Case("slice(@, a, `2`)", on: "[0,1,2,3]", gives: "[0,1]"),
            Case("slice('日本語', `1`, `2`)", gives: #""本""#),
            Case("slice(@, `99999999999999999999`, `-99999999999999999999`)", on: "[1]", gives: "[]"),
            Case("slice('👩🏽x', `1`)", gives: "\"\u{1F3FD}x\""),
            Case("slice(@, `1`)", on: "[1.0,1.50,{ \"a\" : 1e3 }]", gives: "[1.50,{ \"a\" : 1e3 }]"),
            Case("range(`-2`, `1`)", gives: "[-2,-1,0]"),
            Case("range(`1.0`, `3.00`)", gives: "[1,2]"),
            Case("range(`3`, `3`)", gives: "[]"),
            Case("range(`2`, `5`)", gives: "[2,3,4]"),
            Case("range(`5`, `2`)", gives: "[]"),
        ]
    )
    func places(_ example: Case) throws {
        try example.check()
    }

    @Test(
        "merge_deep lets the later value win, and merges objects",
        arguments: [
            Case(
                "merge_deep(a, b)",
                on: #"{"a":{"x":{"p":1,"q":2},"y":[1]},"b":{"x":{"q":3},"y":[2],"z":null}}"#,
                gives: #"{"x":{"p":1,"q":3},"y":[2],"z":null}"#
            ),
            Case("merge_deep(none, a)", on: #"{"a":{"x":1}}"#, gives: #"{"x":1}"#),
            Case("merge_deep(a)", on: #"{"a":{ "x" : 1 }}"#, gives: #"{ "x" : 1 }"#),
            Case("merge_deep(a, a, a)", on: #"{"a":{"x":{"y":1.50}}}"#, gives: #"{"x":{"y":1.50}}"#),
            Case(
                "merge_deep(a, b)",
                on: #"{"a":{"x":{"y":1},"z":{"y":1}},"b":{"x":null,"z":7}}"#,
                gives: #"{"x":null,"z":7}"#
            ),
            Case("merge_deep({a: {b: `1`}}, {a: {c: `2`}})", gives: #"{"a":{"b":1,"c":2}}"#),
        ]
    )
    func merging(_ example: Case) throws {
        try example.check()
    }

    @Test(
        "camel_keys and snake_keys rename the keys at every depth",
        arguments: [
            Case(
                "camel_keys(@)",
                on: #"{"product_id":[{"unit-price":1}],"_id":2}"#,
                gives: #"{"productId":[{"unitPrice":1}],"_id":2}"#
            ),
            Case(
                "snake_keys(@)",
                on: #"{"productId":{"userURLPath":1},"ID":2}"#,
                gives: #"{"product_id":{"user_url_path":1},"id":2}"#
            ),
            Case("camel_keys(@)", on: "[1.0]", gives: "[1.0]"),
            Case("camel_keys(@)", on: #"{"__a_b":1,"a_":2,"a__b":3,"_":4}"#, gives: #"{"__aB":1,"a_":2,"aB":3,"_":4}"#),
            Case("camel_keys(@)", on: #"{"a_b":1,"aB":2}"#, gives: #"{"aB":2}"#),
            Case("camel_keys(@)", on: #"{"größe_é":"a_b"}"#, gives: #"{"größeé":"a_b"}"#),
            Case(
                "snake_keys(@)",
                on: #"{"a1B":1,"HTTPServer2Go":2,"x-Y":3}"#,
                gives: #"{"a1_b":1,"http_server2_go":2,"x_y":3}"#
            ),
            Case("snake_keys(camel_keys(@)) == @", on: #"{"user_id":{"first_name":[{"a_b":1}]}}"#, gives: "true"),
        ]
    )
    func styles(_ example: Case) throws {
        try example.check()
    }

    @Test(
        "bucket is FNV-1a of the key's text",
        arguments: [
            // 0xcbf29ce484222325 and 0xaf63dc4c8601ec8c: the published values for the empty text and "a".
            Case("bucket('', `1000000`)", gives: "656037"),
            Case("bucket('a', `1000000`)", gives: "641996"),
            Case("bucket('42', `10`) == bucket(`42`, `10`)", gives: "true"),
            Case("bucket('anything', `1`)", gives: "0"),
            Case("bucket('é', `10`) == bucket(@, `10`)", on: #""\u00e9""#, gives: "true"),
            Case("length(map(&bucket(@, `4`), range(`0`, `400`))[?@ == `2`]) > `70`", gives: "true"),
        ]
    )
    func buckets(_ example: Case) throws {
        try example.check()
    }

    @Test(
        "to_epoch and from_epoch translate RFC 3339",
        arguments: [
            Case("to_epoch('1970-01-01T00:00:00Z')", gives: "0"),
            Case("to_epoch('2026-11-24T08:30:00.250+01:00')", gives: "1795505400.25"),
            Case("to_epoch('1969-12-31T23:59:59.5Z')", gives: "-0.5"),
            Case("to_epoch('2024-02-29t12:00:00z')", gives: "1709208000"),
            Case("to_epoch('2023-02-29T12:00:00Z')", gives: "null"),
            Case("to_epoch('2016-12-31T23:59:60Z')", gives: "1483228800"),
            Case("to_epoch('2026-11-24 08:30:00-00:30')", gives: "1795510800"),
            Case("to_epoch('2026-13-01T00:00:00Z')", gives: "null"),
            Case("to_epoch('2026-11-24T24:00:00Z')", gives: "null"),
            Case("to_epoch(' 2026-11-24T08:30:00Z')", gives: "null"),
            Case("to_epoch('')", gives: "null"),
            Case("to_epoch('1900-02-28T00:00:00Z') - to_epoch('1900-03-01T00:00:00Z')", gives: "-86400"),
            Case("to_epoch('2026-11-24')", gives: "null"),
            Case("to_epoch('2026-11-24T08:30:00')", gives: "null"),
            Case("from_epoch(`1795505400.25`)", gives: #""2026-11-24T07:30:00.25Z""#),
            Case("from_epoch(`-0.5`)", gives: #""1969-12-31T23:59:59.5Z""#),
            Case("from_epoch(`0.001`)", gives: #""1970-01-01T00:00:00.001Z""#),
            Case("from_epoch(to_epoch('0001-01-01T00:00:00Z'))", gives: #""0001-01-01T00:00:00Z""#),
            Case("from_epoch(to_epoch('9999-12-31T23:59:59Z'))", gives: #""9999-12-31T23:59:59Z""#),
        ]
    )
    func times(_ example: Case) throws {
        try example.check()
    }

    @Test(
        "what they cannot take is an error that points at it",
        arguments: [
            Refusal("lookup('text', 'a')", .invalidType, at: "'text'"),
            Refusal("lookup(@, `0.5`)", .invalidValue, at: "`0.5`"),
            Refusal("index_by(@, &[@])", .invalidType, at: "&[@]"),
            Refusal("slice(@, `0.5`)", .invalidValue, at: "`0.5`"),
            Refusal("slice(@, '1')", .invalidType, at: "'1'"),
            Refusal("range(`0`, `1.5`)", .invalidValue, at: "`1.5`"),
            Refusal("merge_deep(@, `[]`)", .invalidType, at: "`[]`"),
            Refusal("bucket('a', `-1`)", .invalidValue, at: "`-1`"),
            Refusal("bucket([a], `2`)", .invalidType, at: "[a]"),
            Refusal("to_epoch(`5`)", .invalidType, at: "`5`"),
            Refusal("from_epoch('x')", .invalidType, at: "'x'"),
            Refusal("from_epoch(`253402300800`)", .invalidValue, at: "`253402300800`"),
            Refusal("from_epoch(`1e-13`)", .invalidValue, at: "`1e-13`"),
        ]
    )
    func refusals(_ refusal: Refusal) throws {
        let error = try #require(failure(of: refusal.expression, on: "[1]"))
        #expect(error.kind == refusal.kind)
        #expect(part(of: refusal.expression, at: error.range) == refusal.part)
    }

    @Test(
        "they stay within the budget of the evaluation",
        arguments: [
            "lookup(@[0], 'x')", "index_by(@, &a)", "slice(@, `0`)", "range(`0`, `1000`)", "merge_deep(@[0], @[1])",
            "camel_keys(@)", "snake_keys(@)", "map(&bucket(a, `7`), @)", "map(&to_epoch(a), @)",
        ]
    )
    func budgets(_ text: String) throws {
        let object = "{" + (0..<100).map { "\"k\($0)\":0" }.joined(separator: ",") + ",\"a\":\"b\"}"
        let document = "[" + [String](repeating: object, count: 50).joined(separator: ",") + "]"
        _ = try evaluate(text, on: document)
        #expect(failure(of: text, on: document, budget: EvaluationBudget(steps: 10))?.kind == .limit)
    }

    @Test(
        "what would be larger than the budget is not made",
        arguments: [
            "index_by(@, &@)", "slice(@, `1`)", "range(`0`, `1000`)", "camel_keys(@)", "merge_deep({a: @}, {b: @})",
        ]
    )
    func sizes(_ text: String) throws {
        let document = "[" + (0..<1_000).map { "\($0)" }.joined(separator: ",") + "]"
        _ = try evaluate(text, on: document)
        #expect(failure(of: text, on: document, budget: EvaluationBudget(bytes: 1_000))?.kind == .limit)
    }
}
