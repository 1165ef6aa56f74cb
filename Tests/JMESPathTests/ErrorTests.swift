import JMESPath
import JSONSlices
import Testing

/// A text that is refused, the class of the error, and the part of the text it points at.
typealias Refusal = Flaw<ExpressionError.Kind>

@Suite("Errors")
struct ErrorTests {
    @Test(
        "an error points at what is wrong and names its class",
        arguments: [
            Refusal("", .syntax, at: ""),
            Refusal("foo.", .syntax, at: ""),
            Refusal("foo bar", .syntax, at: "bar"),
            Refusal("foo[", .syntax, at: ""),
            Refusal("é", .syntax, at: "é", fix: "quote a name with letters beyond A to Z: \"é…\""),
            Refusal("a #", .syntax, at: "#"),
            Refusal("'abc", .syntax, at: "'abc"),
            Refusal("[1:2:0]", .invalidValue, at: "0"),
            Refusal("[1 2]", .syntax, at: "2", fix: "numbers are written in backticks: `2`"),
            Refusal("foo(a)", .unknownFunction, at: "foo"),
            Refusal("lenght(a)", .unknownFunction, at: "lenght", fix: "did you mean 'length'?"),
            Refusal("starts_width(a, b)", .unknownFunction, at: "starts_width", fix: "did you mean 'starts_with'?"),
            Refusal("length()", .invalidArity, at: "length()"),
            Refusal("a.length(a, b).c", .invalidArity, at: "length(a, b)"),
            Refusal("$none", .undefinedVariable, at: "$none"),
            Refusal("let $a = b in $c", .undefinedVariable, at: "$c"),
            Refusal("starts_with(@, `1`)", .invalidType, at: "`1`"),
            Refusal("sort_by(a, b)", .invalidType, at: "b", fix: "write & before the expression"),
            Refusal("abs(&a)", .invalidType, at: "&a"),
            Refusal("abs(a || !b)", .invalidType, at: "a || !b"),
            Refusal(
                "a + 'b'",
                .invalidType,
                at: "'b'",
                fix: "texts are put together by join('', [a, b])"
            ),
            Refusal("a + `1`", .invalidType, at: "a"),
            Refusal("`1` / `0`", .notANumber, at: "`0`"),
            Refusal("`1` + `1e999999999`", .invalidValue, at: "`1e999999999`"),
            Refusal("pad_left('a', `-1`)", .invalidValue, at: "`-1`"),
            Refusal("bucket('a', `0`)", .invalidValue, at: "`0`"),
            Refusal("from_epoch(`1e15`)", .invalidValue, at: "`1e15`"),
            Refusal("from_items(`[1]`)", .invalidType, at: "`[1]`"),
        ]
    )
    func ranges(_ refusal: Refusal) throws {
        let error = try #require(failure(of: refusal.expression))
        #expect(error.kind == refusal.kind)
        #expect(part(of: refusal.expression, at: error.range) == refusal.part)
        if let fix = refusal.fix { #expect(error.fix == fix) }
    }

    @Test(
        "common mistakes come with their fix",
        arguments: [
            Refusal("x > 0", .syntax, at: "0", fix: "numbers are written in backticks: `0`"),
            Refusal("headers.x-1", .syntax, at: "-1", fix: "a name with a hyphen is quoted: \"x-1\""),
            Refusal("a.0", .syntax, at: "0", fix: "a name that is a number is quoted: \"0\""),
            Refusal("a = 'b'", .syntax, at: "=", fix: "to compare, write =="),
            Refusal("a and b", .syntax, at: "and", fix: "write &&"),
            Refusal("a or b", .syntax, at: "or", fix: "write ||"),
            Refusal("`gold`", .syntax, at: "g", fix: "a string is written 'gold'"),
            Refusal("a[name]", .syntax, at: "name", fix: "a member is written .name, a condition [?name …]"),
            Refusal("{a: b,}", .syntax, at: "}", fix: "take the last comma away"),
            Refusal("\"length\"(a)", .syntax, at: "\"length\"", fix: "write length(…)"),
            Refusal("“a”", .syntax, at: "“", fix: "strings are written in straight single quotes: 'text'"),
            Refusal("a -1", .syntax, at: "-1", fix: "write - `1`"),
            Refusal("a && not b", .syntax, at: "b", fix: "not is written !"),
            Refusal("a is b", .syntax, at: "is", fix: "to compare, write =="),
            Refusal("a in b", .syntax, at: "in", fix: "write contains(list, value)"),
            Refusal("a.$b", .syntax, at: "$b", fix: "write lookup(object, $key)"),
        ]
    )
    func fixes(_ refusal: Refusal) throws {
        let error = try #require(failure(of: refusal.expression))
        #expect(error.kind == refusal.kind)
        #expect(part(of: refusal.expression, at: error.range) == refusal.part)
        #expect(error.fix == refusal.fix)
    }

    @Test("messages say what was found and what was expected")
    func messages() {
        #expect(failure(of: "foo[a")?.message == "found 'a' where an index, a slice or '*' was expected")
        #expect(failure(of: "(a")?.message == "the expression ends where ')' was expected")
        #expect(failure(of: "length()")?.message == "length() takes 1 argument, found 0")
        #expect(failure(of: "find_first(a)")?.message == "find_first() takes 2 to 4 arguments, found 1")
        #expect(failure(of: "not_null()")?.message == "not_null() takes 1 or more arguments, found 0")
        #expect(
            failure(of: "sum(@)", on: "[1,\"a\"]")?.message
                == "sum() takes an array of numbers as argument 1, found an array with a string or a number in it"
        )
        #expect(
            failure(of: "length(@)")?.message
                == "length() takes a string, an array or an object as argument 1, found null"
        )
    }
}
