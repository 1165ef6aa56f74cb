/// A pattern compiled to a nondeterministic automaton by Thompson's construction
/// (K. Thompson, "Regular expression search algorithm", CACM 11:6, 1968).
///
/// Plain data: every index in it was made by `PatternCompiler` and is in bounds.
struct PatternProgram: Sendable {
    enum State: Sendable {
        /// Takes this scalar.
        case scalar(Unicode.Scalar, next: Int)
        /// Takes one scalar of `sets[set]`.
        case set(Int, next: Int)
        /// Goes two ways.
        case split(Int, Int)
        /// Goes on.
        case jump(next: Int)
        /// Goes on at the start of the text.
        case start(next: Int)
        /// Goes on at the end of the text.
        case end(next: Int)
        case match
    }

    /// Never empty.
    var states: [State]
    var sets: [ScalarSet]
    var entry: Int
    /// Whether a match can only begin at the start of the text.
    var isAnchored: Bool
}

/// Builds a program from its end to its beginning, so that each state knows its successor when it is made.
struct PatternCompiler {
    /// Bounds the work per character of text; `{n,m}` counts once for each copy.
    static let maximumStates = 2000
    static let repetitionHelp = "{n,m} stands for m copies; \"minLength\" and \"maxLength\" limit a length for nothing"

    private var states: [PatternProgram.State] = [.match]
    private var sets: [ScalarSet] = []
    private var indexOfSet: [ScalarSet: Int] = [:]
    /// The outermost repetition that is being written out: what to blame when there are too many states.
    private var repetition: Range<Int>?
    private let source: Range<Int>

    /// - Parameter source: the UTF-8 offsets of the whole pattern.
    static func compile(_ node: PatternNode, source: Range<Int>) throws(PatternError) -> PatternProgram {
        var compiler = PatternCompiler(source: source)
        let entry = try compiler.compile(node, before: 0)
        return PatternProgram(
            states: compiler.states,
            sets: compiler.sets,
            entry: entry,
            isAnchored: node.isAnchored
        )
    }

    private init(source: Range<Int>) {
        self.source = source
    }

    /// Adds the states of a node that goes on to the state `next`; returns the first of them.
    ///
    /// Every node adds at least one state, so that the limit on states is a limit on the time spent here too.
    private mutating func compile(_ node: PatternNode, before next: Int) throws(PatternError) -> Int {
        switch node {
        case .scalar(let scalar):
            return try add(.scalar(scalar, next: next))
        case .set(let set):
            return try add(.set(index(of: set), next: next))
        case .start:
            return try add(.start(next: next))
        case .end:
            return try add(.end(next: next))
        case .sequence(let nodes):
            if nodes.isEmpty { return try add(.jump(next: next)) }
            var entry = next
            for node in nodes.reversed() {
                entry = try compile(node, before: entry)
            }
            return entry
        case .alternatives(let nodes):
            var entry: Int?
            for node in nodes.reversed() {
                let branch = try compile(node, before: next)
                entry = if let entry { try add(.split(branch, entry)) } else { branch }
            }
            if let entry { return entry }
            return try add(.jump(next: next))
        case .repetition(let node, let quantifier):
            let isOutermost = repetition == nil
            if isOutermost { repetition = quantifier.range }
            let entry = try compile(node, repeated: quantifier, before: next)
            if isOutermost { repetition = nil }
            return entry
        }
    }

    /// `x{2,4}` becomes `xx(x(x)?)?`, `x{2,}` becomes `xxx*` and `x+` a loop around one `x`.
    private mutating func compile(
        _ node: PatternNode,
        repeated quantifier: PatternQuantifier,
        before next: Int
    ) throws(PatternError) -> Int {
        var required = quantifier.minimum
        var entry = next
        if let maximum = quantifier.maximum {
            if maximum == 0 { return try add(.jump(next: next)) }
            for _ in required..<max(required, maximum) {
                entry = try add(.split(compile(node, before: entry), next))
            }
        } else {
            let loop = try add(.jump(next: next))
            let body = try compile(node, before: loop)
            states[loop] = .split(body, next)
            entry = required == 0 ? loop : body
            required = max(0, required - 1)
        }
        for _ in 0..<required {
            entry = try compile(node, before: entry)
        }
        return entry
    }

    private mutating func add(_ state: PatternProgram.State) throws(PatternError) -> Int {
        guard states.count < Self.maximumStates else {
            throw PatternError(
                message: "too large: written out, the pattern has more than \(Self.maximumStates) states",
                range: repetition ?? source,
                help: repetition == nil
                    ? "a list of values is better written as an \"enum\""
                    : Self.repetitionHelp
            )
        }
        states.append(state)
        return states.count - 1
    }

    private mutating func index(of set: ScalarSet) -> Int {
        if let index = indexOfSet[set] { return index }
        sets.append(set)
        indexOfSet[set] = sets.count - 1
        return sets.count - 1
    }
}
