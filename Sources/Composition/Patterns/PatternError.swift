/// What is wrong with a pattern, found at load.
struct PatternError: Error, Hashable, Sendable {
    var message: String
    /// UTF-8 offsets in the pattern's source; empty only where the source ends.
    var range: Range<Int>
    /// What to write instead.
    var help: String?
}
