import Testing

/// A place where jmespath-community as it is differs, and why.
struct KnownDifference: Sendable, CustomTestStringConvertible {
    let expression: String
    let document: String
    /// JSON, or the class of the error.
    let python: String
    let own: String
    let reason: String

    var testDescription: String {
        expression
    }

    /// Each of them is put right in `jmespath_oracle.py`, so that the random expressions can meet it.
    static let all = [
        KnownDifference(
            expression: "`7` % `4` * `2`",
            document: "null",
            python: "7",
            own: "6",
            reason: "JEP-16: multiplication and division bind alike, from left to right"
        ),
        KnownDifference(
            expression: "'a' + 'b'",
            document: "null",
            python: "\"ab\"",
            own: "invalid-type",
            reason: "JEP-16: arithmetic is for numbers"
        ),
        KnownDifference(
            expression: "a * `2`",
            document: #"{"a":[1]}"#,
            python: "[1,1]",
            own: "invalid-type",
            reason: "JEP-16: arithmetic is for numbers"
        ),
        KnownDifference(
            expression: "a + `1`",
            document: #"{"a":true}"#,
            python: "2",
            own: "invalid-type",
            reason: "JEP-16: arithmetic is for numbers, and true is none"
        ),
        KnownDifference(
            expression: "a == b",
            document: #"{"a":[1],"b":[true]}"#,
            python: "true",
            own: "false",
            reason: "a number and a boolean are never equal, inside of arrays neither"
        ),
        KnownDifference(
            expression: "contains(a, `1`)",
            document: #"{"a":[true]}"#,
            python: "true",
            own: "false",
            reason: "a number and a boolean are never equal"
        ),
        KnownDifference(
            expression: "contains(a, `1`)",
            document: #"{"a":"1"}"#,
            python: "invalid-type",
            own: "false",
            reason: "contains() takes any value to search for; a string does not contain a number"
        ),
        KnownDifference(
            expression: "a < b",
            document: #"{"a":1,"b":"1"}"#,
            python: "invalid-type",
            own: "null",
            reason: "ordering operators give null for what has no order"
        ),
        KnownDifference(
            expression: "group_by(a, &b)",
            document: #"{"a":[]}"#,
            python: "null",
            own: "{}",
            reason: "JEP-18: group_by() gives an object"
        ),
        KnownDifference(
            expression: "from_items(a)",
            document: #"{"a":["xy"]}"#,
            python: #"{"x":"y"}"#,
            own: "invalid-type",
            reason: "JEP-19: items are arrays of a string and a value"
        ),
        KnownDifference(
            expression: "merge(a, b)",
            document: #"{"a":{},"b":[["x",1]]}"#,
            python: #"{"x":1}"#,
            own: "invalid-type",
            reason: "merge() takes objects"
        ),
        KnownDifference(
            expression: "zip(a, b)",
            document: #"{"a":[1],"b":"x"}"#,
            python: #"[[1,"x"]]"#,
            own: "invalid-type",
            reason: "JEP-17: zip() takes arrays"
        ),
        KnownDifference(
            expression: "to_number(a)",
            document: #"{"a":"1_000"}"#,
            python: "1000",
            own: "null",
            reason: "the text is no number of JSON"
        ),
        KnownDifference(
            expression: "to_string(a)",
            document: #"{"a":["é"]}"#,
            python: #""[\"\\u00e9\"]""#,
            own: #""[\"é\"]""#,
            reason: "both are JSON; a value keeps its letters here"
        ),
        KnownDifference(
            expression: "to_string(a)",
            document: #"{"a":1e2}"#,
            python: "\"100.0\"",
            own: "\"1e2\"",
            reason: "a number that nothing computes with keeps its text"
        ),
        KnownDifference(
            expression: "a == `0.3`",
            document: #"{"a":0.30000000000000001}"#,
            python: "true",
            own: "false",
            reason: "numbers are exact decimals here"
        ),
        KnownDifference(
            expression: "`0.1` + `0.2` == `0.3`",
            document: "null",
            python: "false",
            own: "true",
            reason: "numbers are exact decimals here"
        ),
        KnownDifference(
            expression: "a ? b : c",
            document: #"{"b":1,"c":2}"#,
            python: "syntax",
            own: "2",
            reason: "JEP-21: the package does not have the ternary operator yet"
        ),
        KnownDifference(
            expression: "a.let $b = c in $b",
            document: #"{"a":{"c":1}}"#,
            python: "1",
            own: "syntax",
            reason: "JEP-11a: what stands behind a dot is no let-expression"
        ),
        KnownDifference(
            expression: "length(a b)",
            document: "null",
            python: "invalid-arity",
            own: "syntax",
            reason: "arguments are separated by commas"
        ),
        KnownDifference(
            expression: "{a: b,}",
            document: #"{"b":1}"#,
            python: "syntax",
            own: "syntax",
            reason: "a comma stands between two members"
        ),
        KnownDifference(
            expression: "`false` && foo(@)",
            document: "null",
            python: "false",
            own: "unknown-function",
            reason: "what must fail wherever it is evaluated is refused when the expression is parsed"
        ),
        KnownDifference(
            expression: "a[*].abs('x')",
            document: "{}",
            python: "null",
            own: "invalid-type",
            reason: "what must fail wherever it is evaluated is refused when the expression is parsed"
        ),
    ]
}
