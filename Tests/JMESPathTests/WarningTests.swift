import JMESPath
import Testing

/// An expression that is accepted, the part of it that is warned about, and the fix.
private struct Suspicion: Sendable, CustomTestStringConvertible {
    let expression: String
    let part: String
    let fix: String

    init(_ expression: String, at part: String, fix: String) {
        self.expression = expression
        self.part = part
        self.fix = fix
    }

    var testDescription: String {
        expression
    }
}

/// What the expressions of a composition may name: a call, a parameter, the request and an item.
private struct CompositionNames: ExpressionScope {
    mutating func resolve(_ path: [String]) -> NameResolution {
        switch path {
        case ["user"]: .slot(0)
        case ["limit"]: .slot(1)
        case ["item"]: .slot(2)
        case ["request"], ["request", "headers"]: .namespace("name a part of it")
        case ["request", "path"]: .slot(3)
        case ["request", "headers", "x"]: .slot(4)
        default: .unknown(message: "no '\(path.last ?? "")'")
        }
    }
}

@Suite("Warnings")
struct WarningTests {
    private func warnings(_ text: String, root: ExpressionRoot = .document) throws -> [ExpressionWarning] {
        var names = CompositionNames()
        return try Expression.parse(text, root: root, scope: &names).warnings
    }

    private static let pipe = "write a pipe before it: … | […]"
    private static let beta =
        "a name with a hyphen is quoted: \"x-beta\"; a subtraction has spaces around its sign"

    @Test(
        "what is accepted and hardly meant is warned about, with the fix",
        arguments: [
            Suspicion("plan == \"gold\"", at: "\"gold\"", fix: "a string is written in single quotes: 'gold'"),
            Suspicion("\"gold\" == 'x'", at: "\"gold\"", fix: "a string is written in single quotes: 'gold'"),
            Suspicion("join(\", \", tags)", at: "\", \"", fix: "a string is written in single quotes: ', '"),
            Suspicion("starts_with(a, \"b\")", at: "\"b\"", fix: "a string is written in single quotes: 'b'"),
            Suspicion("a == null", at: "null", fix: "write `null`"),
            Suspicion("[?a == true]", at: "true", fix: "write `true`"),
            Suspicion("!user.premium", at: "!user.", fix: "write !(…) around the whole path"),
            Suspicion("!items[?a]", at: "!items[?", fix: "write !(…) around the whole path"),
            Suspicion("!items[]", at: "!items[]", fix: "write !(…) around the whole path"),
            Suspicion("[a, b][][?x]", at: "[?", fix: "write a pipe before it: … | [?…]"),
            Suspicion("a[?b][?c]", at: "[?", fix: "write both conditions in one: [?… && …]"),
            Suspicion("a[*][?c]", at: "[?", fix: "write [?…] without [*]"),
            Suspicion("a[1:][?c]", at: "[?", fix: "write a pipe before it: … | [?…]"),
            Suspicion("a[?b][0]", at: "[0]", fix: pipe),
            Suspicion("a[?b][:3]", at: "[:3]", fix: pipe),
            Suspicion("a[][0].b", at: "[0]", fix: pipe),
            Suspicion("a[1:][0]", at: "[0]", fix: pipe),
            Suspicion(
                "a[?b].c[0]",
                at: ".c[0]",
                fix: "for the one result, write a pipe before the index: … | [0]"
            ),
            Suspicion("headers.x-beta", at: "x-beta", fix: beta),
            Suspicion(
                "headers.x-rate-limit",
                at: "x-rate",
                fix: "a name with a hyphen is quoted: \"x-rate-limit\"; a subtraction has spaces around its sign"
            ),
            Suspicion(
                "zip(items[].id, items[].name)",
                at: "items[].id",
                fix: "write list[*].[id, name], or map(&id, list)"
            ),
            Suspicion(
                "zip(ids, items[?a].b.c)",
                at: "items[?a].b.c",
                fix: "select the pairs in one step, list[*].[a, b], or keep nulls with map(&a, list)"
            ),
            Suspicion(
                "a[*].b | [2]",
                at: "[2]",
                fix: "for what the element at that place has, write list[2].b"
            ),
            Suspicion("a == 'x' || 'y'", at: "'y'", fix: "write contains([…], value) to compare with several"),
            Suspicion("{a: b, a: c}", at: "a", fix: ""),
            Suspicion("merge(item, {product: @})", at: "item", fix: "the name of the composition is written $item"),
            Suspicion("{h: request.headers.x}", at: "request", fix: "the name of the composition is written $request"),
            Suspicion("a[*].b == 'x'", at: "a[*].b == 'x'", fix: ""),
            Suspicion("!a == 'x'", at: "!a == 'x'", fix: ""),
            Suspicion("{a: b}.c", at: "{a: b}.c", fix: "it has: a"),
            Suspicion(
                "length(a ? b : `null`)",
                at: "a ? b : `null`",
                fix: "write (a ? b : `null`) || `[]`"
            ),
        ]
    )
    fileprivate func suspicions(_ suspicion: Suspicion) throws {
        let found = try warnings(suspicion.expression)
        #expect(found.map { part(of: suspicion.expression, at: $0.range) } == [suspicion.part])
        #expect(found.first?.fix ?? "" == suspicion.fix)
    }

    @Test(
        "what is meant is not warned about",
        arguments: [
            "!(user.premium) && a.\"b\" == c", "a.null == `null`", "{null: a, true: b}", "!items[0]", "!a && b.c",
            "join(', ', tags)", "length(\"content-type\")", "lower(\"content-type\")", "keys(\"a\")", "a - b",
            "a.x - beta", "a-length(b)", "a - `1`", "items[].images[0].url", "items[].lines[?a]", "a[*][0]",
            "a[?b] | [0]", "a[?b].c | [0]", "addresses[?default].city | [0]", "a[?b].c[0].d", "a[][] | [?x]",
            "zip(a, b)", "zip(a[*].{x: x}, b)", "zip(map(&id, a), map(&name, a))", "zip(a[], b)", "zip(a[].b)",
            "a[*].b | [0]", "a[*] | [3]", "a || 'x'", "a == b || c == 'd'", "a == 'x' && 'yes'", "a == 'x' || ''",
            "$item.id", "order.item", "lines[].{item: item.sku}", "{request: request_id}", "request.uuid", "calls.a",
            "user.id", "{id: id, user: user.id}", "let $request = a in $request", "sort_by(a, &b)[0]", "*[0]",
            "length(a || `[]`)", "[a, b][?c]", "a[?b == 'c' || b == 'd'].e", "a ? 'x' : `null`",
        ]
    )
    func accepted(_ text: String) throws {
        #expect(try warnings(text) == [])
    }

    @Test("between names of the scope a glued minus is a subtraction")
    func scopeNames() throws {
        #expect(try warnings("limit-limit", root: .scope) == [])
        #expect(try warnings("request.headers.x-limit", root: .scope).count == 1)
        #expect(try warnings("item", root: .scope) == [])
        #expect(try warnings("user[?a].{b: request.headers}", root: .scope) == [])
    }

    @Test("an analysis does not find again what a warning says")
    func findings() throws {
        let expression = try Expression.parse("[a == 'x' > `1`, length(b ? c : `null`)]")
        #expect(expression.warnings.count == 2)
        #expect(expression.analysis(slots: { _ in .unknown }).findings == [])
    }
}
