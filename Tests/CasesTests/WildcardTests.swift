import Testing

@testable import Cases

@Suite("Wildcards")
struct WildcardTests {
    @Test(
        "… stands for any text",
        arguments: [
            ("a", "a", true), ("a", "b", false), ("abc", "a…", true), ("abc", "…c", true), ("abc", "a…c", true),
            ("abc", "…b…", true), ("abc", "…", true), ("", "…", true), ("ab", "ab…b", false), ("aXbXc", "a…b…c", true),
            ("aXcXb", "a…b…c", false), ("\u{E9}", "e\u{301}", false), ("\u{E9}!", "e\u{301}…", false),
            ("!\u{E9}", "…e\u{301}", false), ("!\u{E9}!", "…e\u{301}…", false), ("\u{E9}!", "\u{E9}…", true),
            ("aa", "a…a…a", false),
        ]
    )
    func matches(text: String, pattern: String, isMatch: Bool) {
        #expect(Wildcard.matches(text, pattern) == isMatch)
    }
}
