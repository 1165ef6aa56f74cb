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
}
