import Testing

@testable import Replay

@Suite("Patterns of texts and paths")
struct PatternTests {
    @Test(
        "an asterisk stands for any text, escaped for itself",
        arguments: [
            ("a", "a", true), ("a", "b", false), ("", "", true), ("", "a", false),
            ("*", "", true), ("*", "any", true), ("a*", "a", true), ("a*", "ba", false), ("*a", "ba", true),
            ("a*b", "ab", true), ("a*b", "axxb", true), ("a*b", "axxbc", false), ("aa*aa", "aaa", false),
            ("a*b*c", "a-b-b-c", true), ("a*b*c", "a-c-b", false), ("a**c", "abc", true), ("*b*", "abc", true),
            ("*/*", "application/json", true), (#"\*"#, "*", true), (#"\*"#, "a", false), (#"a\*c*"#, "a*cd", true),
            (#"\\*"#, #"\x"#, true), (#"C:\dir"#, #"C:\dir"#, true), (#"end\"#, #"end\"#, true),
            ("*ü", "ü", true), ("é", "e\u{301}x", false),
        ]
    )
    func texts(pattern: String, text: String, isMatch: Bool) {
        #expect(TextPattern(pattern).matches(text) == isMatch)
        // Made again of its description it is the same.
        #expect(TextPattern(TextPattern(pattern).description) == TextPattern(pattern))
    }

    @Test("each pattern takes a value of its own, whichever way they must be dealt")
    func pairing() {
        func pair(_ patterns: [String], _ values: [String]) -> Bool {
            TextPattern.pair(patterns.map { TextPattern($0) }, with: values)
        }
        #expect(pair(["a*", "*b"], ["ab", "ac"]))
        #expect(pair(["*", "a*", "*b"], ["ab", "ac", "x"]))
        #expect(!pair(["a*", "*b"], ["ac", "ad"]))
        #expect(!pair(["*"], []))
        #expect(!pair(["*"], ["a", "b"]))
        #expect(pair([], []))
    }

    @Test("a placeholder stands for one segment that is not empty, and gives its text decoded")
    func paths() {
        let pattern = PathPattern("/users/{id}/orders/{order_2}")
        #expect(pattern.names == ["id", "order_2"])
        #expect(pattern.matches("/users/42/orders/7"))
        #expect(!pattern.matches("/users//orders/7"))
        #expect(!pattern.matches("/users/42/orders"))
        #expect(!pattern.matches("/users/42/orders/7/"))
        #expect(!pattern.matches("users/42/orders/7"))
        #expect(pattern.values(in: "/users/a%2Fb/orders/caf%C3%A9") == ["a/b", "café"])
        #expect(pattern.example == "/users/1/orders/1")
        #expect(pattern.decodedSegments == ["users", nil, "orders", nil])
        #expect(pattern == PathPattern("/users/{a}/orders/{b}"))
        #expect(pattern != PathPattern("/users/{a}/orders/1"))
    }

    @Test(
        "what is not a name in braces is no placeholder",
        arguments: ["{}", "{1}", "{a", "a}", "{a}b", "x{a}", "{a b}"]
    )
    func noPlaceholder(segment: String) {
        #expect(PathPattern("/\(segment)").names == [])
    }
}
