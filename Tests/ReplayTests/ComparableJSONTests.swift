import Testing

@testable import Replay

@Suite("JSON as people compare it")
struct ComparableJSONTests {
    private func value(_ text: String) throws -> ComparableJSON {
        try #require(ComparableJSON(parsing: Array(text.utf8)))
    }

    @Test(
        "values are equal whatever the spelling",
        arguments: [
            (#"{"a":1,"b":[true,null]}"#, #"{ "b": [true, null], "a": 1 }"#),
            (#""A""#, #""\u0041""#),
            (#"{"a":1,"a":2}"#, #"{"a":2}"#),
            ("1", "1.0"), ("1", "10e-1"), ("100", "1E2"), ("0", "-0.00e7"), ("-1.50", "-15e-1"), ("0.001", "1e-3"),
            ("1e99999999999999999999", "1e99999999999999999999"),
        ]
    )
    func equal(left: String, right: String) throws {
        #expect(try value(left) == value(right))
        #expect(try value(left).firstDifference(from: value(right)) == nil)
    }

    @Test(
        "the first difference is named by its pointer",
        arguments: [
            ("1", "2", ""), ("1", "-1", ""), ("1", "10", ""), ("12345678901234567890", "12345678901234567891", ""),
            (#"{"items":[{"id":1},{"id":2}]}"#, #"{"items":[{"id":1},{"id":3}]}"#, "/items/1/id"),
            (#"{"a":1}"#, #"{"a":1,"b":2}"#, "/b"),
            ("[1,2]", "[1]", "/1"),
            (#"{"a/b~":1}"#, #"{"a/b~":2}"#, "/a~1b~0"),
            ("\"\u{E9}\"", "\"e\u{301}\"", ""),
            ("1e99999999999999999999", "10e99999999999999999998", ""),
        ]
    )
    func different(left: String, right: String, pointer: String) throws {
        #expect(try value(left).firstDifference(from: value(right)) == pointer)
    }

    @Test("what is no JSON, or nested beyond reason, is nothing", arguments: ["", "{", "nul", "[1] x"])
    func noJSON(text: String) {
        #expect(ComparableJSON(parsing: Array(text.utf8)) == nil)
        #expect(ComparableJSON(parsing: Array(repeating: UInt8(ascii: "["), count: 100_000)) == nil)
    }
}
