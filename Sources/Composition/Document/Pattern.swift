/// A regular expression that an operator wrote for a parameter (`pattern`), compiled at load.
///
/// As in JSON Schema it may match anywhere in the text; `^` and `$` anchor it. Texts longer than
/// `maximumTextLength` are refused before they are matched, so that a pattern that backtracks stays bounded.
struct Pattern: @unchecked Sendable {
    /// Characters (Unicode scalars).
    static let maximumTextLength = 1024

    let source: String
    /// Immutable after `init` and only ever read: `Regex` lacks the conformance because a regex literal may hold
    /// closures, which one compiled from text cannot.
    private let regex: Regex<AnyRegexOutput>

    init(_ source: String) throws {
        self.source = source
        self.regex = try Regex(source).matchingSemantics(.unicodeScalar)
    }

    func matches(_ text: String) -> Bool {
        // An error thrown while matching can only come from a closure in the regex: there is none.
        (try? regex.firstMatch(in: text)) != nil
    }
}
