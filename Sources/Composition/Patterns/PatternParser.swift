/// Reads a pattern by the grammar of ECMA-262, section 22.2.1, as far as it is supported.
///
/// Recursive, but only as deep as `maximumDepth` lets groups nest.
struct PatternParser {
    /// Groups within groups.
    static let maximumDepth = 64

    private let scalars: [Unicode.Scalar]
    /// The UTF-8 offset of each scalar and, last, of the end.
    private let offsets: [Int]
    /// Index of the next scalar.
    private(set) var position = 0
    private var depth = 0

    init(_ source: String) {
        scalars = Array(source.unicodeScalars)
        offsets = scalars.reduce(into: [0]) { offsets, scalar in
            offsets.append((offsets.last ?? 0) + UTF8.width(scalar))
        }
    }

    /// The whole pattern. To be called once.
    mutating func parse() throws(PatternError) -> PatternNode {
        let node = try disjunction()
        if next == ")" {
            throw error("')' closes no group", from: position, length: 1, help: Self.literalHelp(")"))
        }
        return node
    }

    // MARK: Grammar

    /// Disjunction: alternatives, until a `)` or the end.
    private mutating func disjunction() throws(PatternError) -> PatternNode {
        var alternatives = [try alternative()]
        while take("|") {
            alternatives.append(try alternative())
        }
        return alternatives.count == 1 ? alternatives[0] : .alternatives(alternatives)
    }

    private mutating func alternative() throws(PatternError) -> PatternNode {
        var terms: [PatternNode] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            terms.append(try term(scalar))
        }
        return .sequence(terms)
    }

    /// Term: an assertion, or an atom and how often it stands.
    private mutating func term(_ first: Unicode.Scalar) throws(PatternError) -> PatternNode {
        let start = position
        let atom: PatternNode
        switch first {
        case "^", "$":
            advance()
            return first == "^" ? .start : .end
        case "(":
            atom = try group()
        case ".":
            advance()
            atom = .set(.withinLine)
        case "[":
            atom = .set(try characterClass())
        case "\\":
            switch try escape(inClass: false) {
            case .scalar(let scalar): atom = .scalar(scalar)
            case .set(let set): atom = .set(set)
            }
        case "*", "+", "?", "{":
            throw error(
                "'\(first)' has nothing to repeat",
                from: start,
                length: 1,
                help: Self.literalHelp(first)
            )
        case "]", "}":
            throw error("'\(first)' without its opening", from: start, length: 1, help: Self.literalHelp(first))
        default:
            advance()
            atom = .scalar(first)
        }
        guard let quantifier = try quantifier() else { return atom }
        return .repetition(atom, quantifier)
    }

    private mutating func group() throws(PatternError) -> PatternNode {
        let open = position
        advance()
        guard depth < Self.maximumDepth else {
            throw error("groups nest more than \(Self.maximumDepth) deep", from: open, length: 1)
        }
        if next == "?" { try groupKind(from: open) }
        depth += 1
        let node = try disjunction()
        depth -= 1
        guard take(")") else {
            throw error("the group is never closed", from: open, length: 1, help: "add a ')', or write \\( for a '('")
        }
        return node
    }

    /// What stands behind `(?`: only `:` is supported.
    private mutating func groupKind(from open: Int) throws(PatternError) {
        advance()
        if take(":") { return }
        let others: [(opening: String, name: String, help: String)] = [
            ("(?=", "lookahead", "what is asked for must be said by the pattern as a whole"),
            ("(?!", "lookahead", "name what is allowed instead of what is not, with a class [^…] or an \"enum\""),
            ("(?<=", "lookbehind", "what stands before can be matched as well: only yes or no is asked for"),
            ("(?<!", "lookbehind", "name what is allowed instead of what is not, with a class [^…]"),
            ("(?<", "a named group", "nothing is captured: write ( )"),
            ("(?P<", "a named group", "nothing is captured: write ( )"),
            ("(?P=", "a backreference", Self.backreferenceHelp),
            ("(?>", "an atomic group", "write ( ): nothing backtracks here"),
            ("(?#", "a comment", "write it beside the pattern, in \"description\""),
        ]
        for other in others where starts(with: other.opening, at: open) {
            let length = other.opening.unicodeScalars.count
            throw error("\(other.name) is not supported", from: open, length: length, help: other.help)
        }
        throw error(
            "only (?: ) is supported of the groups that begin with (?",
            from: open,
            length: 3,
            help: "instead of a flag, write what it stands for: [Aa] for an a in either case"
        )
    }

    // MARK: Cursor

    var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    /// The scalar `distance` behind the next one.
    func peek(_ distance: Int) -> Unicode.Scalar? {
        scalars.indices.contains(position + distance) ? scalars[position + distance] : nil
    }

    mutating func advance() {
        position = min(position + 1, scalars.count)
    }

    @discardableResult
    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        advance()
        return true
    }

    private func starts(with text: String, at index: Int) -> Bool {
        scalars[index...].starts(with: text.unicodeScalars)
    }

    // MARK: Errors

    /// UTF-8 offsets of scalars that were passed.
    func range(from start: Int, to end: Int) -> Range<Int> {
        let start = min(start, scalars.count)
        return offsets[start]..<offsets[min(max(start, end), scalars.count)]
    }

    func error(_ message: String, from start: Int, length: Int, help: String? = nil) -> PatternError {
        PatternError(message: message, range: range(from: start, to: start + length), help: help)
    }

    static let backreferenceHelp = "a finite automaton remembers no text: write out the alternatives"

    static func literalHelp(_ scalar: Unicode.Scalar) -> String {
        "for the character itself write \\\(scalar), in JSON \"\\\\\(scalar)\""
    }

    static func hexadecimal(_ scalar: Unicode.Scalar) -> UInt32? {
        switch scalar {
        case "0"..."9": scalar.value - 0x30
        case "a"..."f": scalar.value - 0x57
        case "A"..."F": scalar.value - 0x37
        default: nil
        }
    }
}
