import TestSupport
import Testing

@testable import Composition

@Suite("Patterns")
struct PatternTests {
    @Test(
        "a pattern matches what ECMA-262 says it matches",
        arguments: [
            ("", ["", "a"], []),
            ("b", ["b", "abc"], ["", "a"]),
            ("^$", [""], ["a", "\n"]),
            ("^a$", ["a"], ["a\n", "\na", "aa"]),
            ("^a|b$", ["ab", "ax", "xb"], ["xa", "bx"]),
            ("^(?:a|bc|)d$", ["ad", "bcd", "d"], ["abcd", "bd"]),
            ("^a*b+c?$", ["b", "aabbc"], ["a", "bcc"]),
            ("^a*?b+?c??$", ["b", "aabbc"], ["a", "bcc"]),
            ("^a{2}$", ["aa"], ["a", "aaa"]),
            ("^a{2,}$", ["aa", "aaaaa"], ["a"]),
            ("^a{0,2}?$", ["", "a", "aa"], ["aaa"]),
            ("^a{0}$", [""], ["a"]),
            ("^(a{0}){3}b$", ["b"], ["ab"]),
            ("^(a|b*)*c$", ["c", "abbac"], ["abd"]),
            ("^(^a)+$", ["a"], ["aa"]),
            ("(^|,)a($|,)", ["a", "b,a,c", "b,a"], ["ba", "ab"]),
            ("a$b|c^d", [], ["ab", "cd", "a\nb"]),
            ("^.$", ["a", "é", "😀", "\u{85}", "\u{B}"], ["\n", "\r", "\u{2028}", "\u{2029}", "e\u{301}", ""]),
            ("^é$", ["\u{E9}"], ["e\u{301}"]),
            (#"^\d$"#, ["0", "9"], ["a", "٣", ""]),
            (#"^\D$"#, ["a", "٣"], ["5"]),
            (#"^\w$"#, ["a", "Z", "0", "_"], ["-", "é", "\u{17F}", "\u{212A}"]),
            (#"^\W$"#, ["-", "é"], ["_"]),
            (#"^\s$"#, [" ", "\t", "\n", "\r", "\u{B}", "\u{C}", "\u{A0}", "\u{FEFF}", "\u{3000}", "\u{2028}"], []),
            (#"^\S$"#, ["a", "\u{85}", "\u{180E}", "\u{200B}"], [" ", "\u{1680}", "\u{2003}"]),
            (#"^\t\n\r\f\v\0$"#, ["\t\n\r\u{C}\u{B}\0"], []),
            (#"^\x41\u0042\u{43}\u{1F600}\ud83d\ude00$"#, ["ABC😀😀"], ["ABC😀"]),
            (#"^\^\$\\\.\*\+\?\(\)\[\]\{\}\|\/\-\"\@$"#, [#"^$\.*+?()[]{}|/-"@"#], []),
            ("^[a-c_-]+$", ["abc", "_", "-a"], ["d", "`", ""]),
            ("^[^a-c]$", ["d", "\n", "😀"], ["a", "b"]),
            (#"^[\d\-.^\]\\]+$"#, ["1-.^]\\"], ["a", "["]),
            (#"^[^\W_]+$"#, ["aZ9"], ["_", "-"]),
            (#"^[\s\S]$"#, ["\n", "a"], ["", "ab"]),
            (#"^[--/a-]$"#, ["-", ".", "/", "a"], [",", "0"]),
            ("^[[(*+?.|^$]$", ["[", "(", "*", "+", "?", ".", "|", "^", "$"], ["]"]),
            ("^[α-ω😀-😂]$", ["β", "😁"], ["a", "😃"]),
            (#"^\S+@\S+\.\S+$"#, ["a@b.c"], ["a@b", "a b@c.d", "@b.c"]),
            ("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", ["01234567-89ab-cdef-0123-456789abcdef"], ["01234567"]),
            (#"^(\d{4})-(0[1-9]|1[0-2])-([0-2]\d|3[01])$"#, ["2024-02-29"], ["2024-13-01", "x2024-02-29"]),
        ] as [(String, [String], [String])]
    )
    func table(source: String, accepted: [String], refused: [String]) throws {
        let pattern = try Pattern(source)
        #expect(pattern.source == source)
        #expect(accepted.filter { !pattern.matches($0) } == [])
        #expect(refused.filter { pattern.matches($0) } == [])
    }

    @Test(
        "what is malformed or not supported is an error at its place",
        arguments: [
            ("(", 0..<1, "the group is never closed"), ("a(b(c)", 1..<2, "the group is never closed"),
            ("é)", 2..<3, "')' closes no group"), ("a|*", 2..<3, "'*' has nothing to repeat"),
            ("^*", 1..<2, "'*' has nothing to repeat"), ("a{2}{3}", 4..<5, "'{' has nothing to repeat"),
            ("a*??", 3..<4, "'?' has nothing to repeat"), ("a++", 2..<3, "a possessive quantifier is not supported"),
            ("a{", 1..<2, "'{' begins no repetition"), ("a{,3}", 1..<2, "'{' begins no repetition"),
            ("a{1,2", 1..<2, "'{' begins no repetition"), ("a{3,2}", 1..<6, "the repetition ends before it begins"),
            ("a}", 1..<2, "'}' without its opening"), ("a]", 1..<2, "']' without its opening"),
            ("x[a-z", 1..<2, "the class is never closed"), ("[a\\]", 0..<1, "the class is never closed"),
            ("[a-", 0..<1, "the class is never closed"), ("[^]", 0..<3, "an empty class"),
            ("[]a]", 0..<2, "an empty class"),
            ("[z-a]", 1..<4, "the range's end comes before its beginning"),
            (#"[\w-.]"#, 1..<5, "a shorthand cannot be the end of a range"),
            (#"[a-\d]"#, 1..<5, "a shorthand cannot be the end of a range"),
            ("[[:alpha:]]", 1..<3, "'[:' in a class is not supported"),
            ("a\\", 1..<2, "a backslash at the end"), (#"\x4"#, 0..<3, "\\x needs 2 hexadecimal digits"),
            (#"\u12g4"#, 0..<4, "\\u needs 4 hexadecimal digits"),
            (#"\u{}"#, 0..<3, "\\u{ without hexadecimal digits and a '}'"),
            (#"\u{FFFFFFFFFFFFFFFFFF}"#, 0..<22, "there is no character beyond U+10FFFF"),
            (#"\ud83d"#, 0..<6, "half of a surrogate pair is no character"),
            (#"\ud83d\u0041"#, 0..<12, "half of a surrogate pair is no character"),
            (#"\01"#, 0..<3, "an octal escape is not supported"),
            (#"a\b"#, 1..<3, "\\b, a word boundary, is not supported"),
            (#"[\b]"#, 1..<3, "\\b in a class is not supported"),
            (#"(a)\1"#, 3..<5, "\\1, a backreference, is not supported"),
            (#"\k<n>"#, 0..<2, "\\k, a backreference, is not supported"),
            (#"é\p{L}"#, 2..<4, "\\p{…}, a Unicode property, is not supported"),
            (#"\Aa\z"#, 0..<2, "\\A is not supported"), (#"\y"#, 0..<2, "\\y is not supported"),
            ("(?=a)", 0..<3, "lookahead is not supported"), ("(?!a)", 0..<3, "lookahead is not supported"),
            ("(?<=a)", 0..<4, "lookbehind is not supported"), ("(?<!a)", 0..<4, "lookbehind is not supported"),
            ("(?<n>a)", 0..<3, "a named group is not supported"), ("(?P<n>a)", 0..<4, "a named group is not supported"),
            ("(?>a)", 0..<3, "an atomic group is not supported"),
            ("(?i)a", 0..<3, "only (?: ) is supported of the groups that begin with (?"),
            ("(?", 0..<2, "only (?: ) is supported of the groups that begin with (?"),
        ] as [(String, Range<Int>, String)]
    )
    func errors(source: String, range: Range<Int>, message: String) {
        let error = #expect(throws: PatternError.self) { try Pattern(source) }
        #expect(error?.message == message)
        #expect(error?.range == range)
    }

    @Test("a pattern that would be too large is refused, and what makes it so is named")
    func limits() throws {
        #expect(throws: Never.self) { try Pattern("^[a-z]{1,990}$") }
        for (source, range) in [
            ("ab{3000}", 2..<8), ("ab{99999999999999999999,}", 2..<25), ("x(a{50}){50}", 8..<12),
            ("((a{999}){999}){9}", 15..<18),
            ("(((){2000}){2000}){2000}", 18..<24), (String(repeating: "a", count: 2000), 0..<2000),
            (String(repeating: "(", count: 65) + String(repeating: ")", count: 65), 64..<65),
        ] {
            #expect(throws: PatternError.self) { try Pattern(source) }
            let error = #expect(throws: PatternError.self) { try Pattern(source) }
            #expect(error?.range == range, "\(source.prefix(20))")
        }
        let nested = String(repeating: "(", count: 64) + "a" + String(repeating: ")+", count: 64)
        #expect(try Pattern(nested).matches("aa"))
    }

    @Test(
        "hostile texts cost no more than their length times the states",
        arguments: [
            (#"^\S+@\S+\.\S+$"#, "@."), ("(a+)+$", "a"), ("^(a|a)*b$", "a"), ("^(a|aa)+$", "a"), ("(.*)*(.*)*x", "a"),
            ("(x+x+)+y", "x"), ("^(a?){20}a{20}$", "a"), ("((a*)*)*$b", "a"),
        ]
    )
    func hostile(source: String, filling: String) throws {
        let pattern = try Pattern(source)
        let text = String(repeating: filling, count: 100_000 / filling.count) + "!\n "
        let (isFound, steps) = pattern.search(text)
        #expect(!isFound)
        #expect(steps <= (text.unicodeScalars.count + 1) * pattern.stateCount)
    }

    @Test("an anchored pattern stops where it cannot match any more")
    func anchored() throws {
        let text = String(repeating: "-", count: 100_000)
        for source in ["^[a-z]+$", "^a|^b", "(^a)+", "(?:^(a|b))"] {
            let pattern = try Pattern(source)
            let (isFound, steps) = pattern.search(text)
            #expect(!isFound)
            #expect(steps <= pattern.stateCount, "\(source)")
        }
    }

    @Test("any text is a pattern or an error, and never a trap")
    func noise() {
        var generator = SeededGenerator(seed: 7)
        let pieces =
            Array("ab-^$.|()[]{}*+?\\\\\\,:<!=019dwsxuDbpkPé😀 \u{301}\n").map(String.init) + [
                "(?", "[^", "{2,3}", "\\u{", "(?<",
            ]
        var compiled = 0
        for _ in 0..<20_000 {
            let source = (0..<Int.random(in: 0...12, using: &generator))
                .map { _ in generator.pick(pieces) }.joined()
            do throws(PatternError) {
                _ = try Pattern(source).matches("ab 01é😀\n")
                compiled += 1
            } catch {
                #expect(error.range.upperBound <= source.utf8.count && !error.range.isEmpty, "\(source)")
            }
        }
        #expect(compiled > 1000)
    }

    /// The other engine backtracks and shares no code; where the two are asked, they mean the same.
    @Test("random patterns agree with the standard library's Regex")
    func oracle() throws {
        var generator = SeededGenerator(seed: 2026)
        var accepted = 0
        for _ in 0..<4000 {
            let source = generator.pattern(depth: 2)
            let pattern = try Pattern(source)
            let regex = try Regex(source).matchingSemantics(.unicodeScalar).asciiOnlyCharacterClasses()
            for _ in 0..<6 {
                let text = generator.text()
                let isExpected = try regex.firstMatch(in: text) != nil
                #expect(pattern.matches(text) == isExpected, "\(source) on '\(text)'")
                accepted += isExpected ? 1 : 0
            }
        }
        // Neither nearly all nor nearly none, or the comparison would say little.
        #expect((4000...20_000).contains(accepted), "\(accepted)")
    }
}

extension SeededGenerator {
    fileprivate mutating func text() -> String {
        (0..<Int.random(in: 0...7, using: &self)).map { _ in pick(["a", "a", "b", "b", "c", "1", "_", " ", "-"]) }
            .joined()
    }

    mutating func pattern(depth: Int) -> String {
        branch(depth: depth).source
    }

    /// Terms one behind the other, and whether they can match nothing.
    private mutating func branch(depth: Int) -> (source: String, isNullable: Bool) {
        let terms = (0..<Int.random(in: 1...3, using: &self)).map { _ in term(depth: depth) }
        let body = terms.map(\.source).joined()
        let source =
            switch Int.random(in: 0..<8, using: &self) {
            case 0: "^" + body
            case 1: body + "$"
            case 2, 3: "^" + body + "$"
            default: body
            }
        return (source, terms.allSatisfy(\.isNullable))
    }

    /// Nothing that can match nothing is repeated without end: the other engine may not come back from that.
    private mutating func term(depth: Int) -> (source: String, isNullable: Bool) {
        var atom: String
        var isNullable = false
        if depth > 0, Int.random(in: 0..<3, using: &self) == 0 {
            let branches = (0..<Int.random(in: 1...3, using: &self)).map { _ in branch(depth: depth - 1) }
            atom = pick(["(", "(?:"]) + branches.map(\.source).joined(separator: "|") + ")"
            isNullable = branches.contains(where: \.isNullable)
        } else {
            atom = pick([
                "a", "b", "c", "1", ".", #"\d"#, #"\w"#, #"\s"#, #"\W"#, #"\S"#, #"\D"#, "[ab]", "[^a]", "[a-c1]",
                #"[^\d_]"#, #"\-"#,
            ])
        }
        let quantifier = pick(
            ["", "", "", "{2}", "?", "??", "{0,2}"] + (isNullable ? [] : ["*", "+", "*?", "+?", "{1,}"])
        )
        return (atom + quantifier, isNullable || ["?", "??", "*", "*?", "{0,2}"].contains(quantifier))
    }
}
