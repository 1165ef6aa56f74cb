/// A regular expression that an operator wrote for a parameter (`pattern`), compiled at load.
///
/// As in JSON Schema (Core 2020-12, section 6.4) it is ECMA-262 with the `u` flag and may match anywhere in the text;
/// `^` and `$` anchor it to the whole text's ends. Understood are literals, `.`, `\d \w \s` and their opposites,
/// character escapes, classes, groups, `|` and quantifiers. What would need backtracking or tables of Unicode is an
/// error at load that says what to write instead: lookaround, backreferences, `\b`, `\p{…}`.
///
/// The text comes from a client, so the time must not depend on its goodwill: all ways through the pattern are followed
/// at once (R. Cox, "Regular Expression Matching Can Be Simple And Fast", 2007). A text of any length takes at most
/// `(length + 1) × states` steps, with at most `PatternCompiler.maximumStates` states; the length is bounded by the
/// limit on a request's target, or sooner by `maxLength`.
struct Pattern: Sendable {
    let source: String
    private let program: PatternProgram

    /// - Throws: what is no regular expression, not supported, or too large.
    init(_ source: String) throws(PatternError) {
        var parser = PatternParser(source)
        self.source = source
        self.program = try PatternCompiler.compile(parser.parse(), source: 0..<source.utf8.count)
    }

    /// The number of the automaton's states, which the time per character is proportional to.
    var stateCount: Int { program.states.count }

    func matches(_ text: String) -> Bool {
        search(text).isFound
    }

    /// Runs the automaton until it matches or cannot any more.
    ///
    /// - Returns: whether it matched, and the states that were visited, each at most once per position in the text.
    func search(_ text: String) -> (isFound: Bool, steps: Int) {
        var current = StateSet(capacity: program.states.count)
        var following = current
        var scalars = text.unicodeScalars.makeIterator()
        var scalar = scalars.next()
        var isAtStart = true
        var steps = 0
        while true {
            if isAtStart || !program.isAnchored { current.insert(program.entry) }
            // States that take no scalar add to the set while it is walked.
            var index = 0
            while index < current.count {
                steps += 1
                switch program.states[current[index]] {
                case .scalar(let wanted, let next):
                    if scalar == wanted { following.insert(next) }
                case .set(let set, let next):
                    if let scalar, program.sets[set].contains(scalar) { following.insert(next) }
                case .split(let one, let other):
                    current.insert(one)
                    current.insert(other)
                case .jump(let next):
                    current.insert(next)
                case .start(let next):
                    if isAtStart { current.insert(next) }
                case .end(let next):
                    if scalar == nil { current.insert(next) }
                case .match:
                    return (true, steps)
                }
                index += 1
            }
            if scalar == nil || program.isAnchored && following.isEmpty { return (false, steps) }
            swap(&current, &following)
            following.removeAll()
            scalar = scalars.next()
            isAtStart = false
        }
    }
}
