import JMESPath
import JSONSlices
import Testing

/// An expression over the names of ``AnalysisScope``, the part of it that is found fault with, and the fix.
private typealias Finding = Flaw<ExpressionFinding.Kind>

/// Names with types as a composition would declare them.
private struct AnalysisScope: ExpressionScope {
    static let names = ["user", "orders", "limit", "id", "offers", "rows", "person"]

    mutating func resolve(_ path: [String]) -> NameResolution {
        Self.names.firstIndex(of: path[0]).map { .slot($0) } ?? .unknown(message: "no '\(path[0])'")
    }

    static func type(of slot: Int) -> StaticType {
        switch names[slot] {
        case "limit": StaticType(.number).orNull(when: "the parameter 'limit' is not given")
        case "id": StaticType(.string)
        case "offers": StaticType.unknown.orNull(when: "the call 'offers' is skipped")
        case "rows": .list(of: .object(["id": StaticType(.number), "name": .unknown], isClosed: true))
        case "person":
            .object(["tags": .list(of: StaticType(.string)), "age": StaticType(.number)], isClosed: false)
                .or(StaticType(of: .object(JSONObject(members: []))))
        default: .unknown
        }
    }
}

@Suite("Static analysis")
struct AnalysisTests {
    private func analyse(_ text: String, root: ExpressionRoot = .scope) throws -> ExpressionAnalysis {
        var scope = AnalysisScope()
        let expression = try Expression.parse(text, root: root, scope: &scope)
        return expression.analysis(slots: AnalysisScope.type(of:))
    }

    /// What the expression alone tells is a warning, and not found again.
    private func check(_ finding: Finding) throws {
        var scope = AnalysisScope()
        let expression = try Expression.parse(finding.expression, root: .scope, scope: &scope)
        let findings = expression.analysis(slots: AnalysisScope.type(of:)).findings
        let range = findings.first?.range ?? expression.warnings.first?.range
        #expect(range.map { part(of: finding.expression, at: $0) } == finding.part)
        if let found = findings.first { #expect(found.kind == finding.kind) }
        if let fix = finding.fix { #expect(findings.first?.fix ?? expression.warnings.first?.fix == fix) }
    }

    @Test(
        "what fails whatever the data is an error when it is parsed",
        arguments: [
            Refusal("starts_with(@, `1`)", .invalidType, at: "`1`"),
            Refusal("length(a == b)", .invalidType, at: "a == b"),
            Refusal("sum(['a'])", .invalidType, at: "['a']"),
            Refusal("sum([a, 'b', `1`])", .invalidType, at: "[a, 'b', `1`]"),
            Refusal("max([`1`, 'b'])", .invalidType, at: "[`1`, 'b']"),
            Refusal("join(', ', [a, `1`])", .invalidType, at: "[a, `1`]"),
            Refusal("keys([a])", .invalidType, at: "[a]"),
            Refusal("abs({a: 'x'}.a)", .invalidType, at: "{a: 'x'}.a"),
            Refusal("abs({a: 'x'}.b)", .invalidType, at: "{a: 'x'}.b"),
            Refusal("abs(['x', `1`][0])", .invalidType, at: "['x', `1`][0]"),
            Refusal("abs(a ? 'x' : [b])", .invalidType, at: "a ? 'x' : [b]"),
            Refusal("let $x = 'text' in $x + a", .invalidType, at: "$x"),
            Refusal("[a, upper(length(b))]", .invalidType, at: "length(b)"),
            Refusal("items[*].{n: ceil('x')}", .invalidType, at: "'x'"),
            Refusal("map(&abs(@), ['x'])", .invalidType, at: "@"),
            Refusal("{a: b} | sum(a, @)", .invalidArity, at: "sum(a, @)"),
            Refusal("[a, b] | keys(@)", .invalidType, at: "@"),
            Refusal("a[?b] + `1`", .invalidType, at: "a[?b]"),
            Refusal("-'x'", .invalidType, at: "'x'"),
            Refusal("+[a]", .invalidType, at: "[a]"),
            Refusal("lookup(a, [b])", .invalidType, at: "[b]"),
            Refusal("a / `0.0`", .notANumber, at: "`0.0`"),
            Refusal("a // `0`", .notANumber, at: "`0`"),
            Refusal("pad_left(a, `-1`)", .invalidValue, at: "`-1`"),
            Refusal("slice(a, `0.5`)", .invalidValue, at: "`0.5`"),
            Refusal("bucket(a, `0`)", .invalidValue, at: "`0`"),
            Refusal("abs(not_null(`null`, 'x'))", .invalidType, at: "not_null(`null`, 'x')"),
        ]
    )
    func failures(_ refusal: Refusal) throws {
        let error = #expect(throws: ExpressionError.self) { _ = try Expression.parse(refusal.expression) }
        #expect(error?.kind == refusal.kind)
        #expect(error.map { part(of: refusal.expression, at: $0.range) } == refusal.part)
    }

    @Test(
        "what only some data makes fail is no error when it is parsed",
        arguments: [
            "sum([a, b])", "sum(`[]`)", "map(&abs(@), `[]`)", "keys(a || b)", "abs(a || !b)", "abs(a[0])", "sum(a[])",
            "keys({a: a}.a || [b])", "sum(split(a, ','))", "abs(find_first(a, b))", "abs(a && `1`)", "sum(a[*].b)",
            "join(',', a[?b].c)", "length(a[1:])", "abs(not_null(a, `1`))", "abs(merge(a, {b: 'x'}).c)", "a / `1`",
            "abs(lookup({a: 'x'}, 'b'))", "let $x = 'x' in let $x = `1` in abs($x)", "pad_left(a, b)",
        ]
    )
    func possible(_ text: String) throws {
        _ = try Expression.parse(text)
    }

    @Test(
        "null that is said to come is found where it makes something fail",
        arguments: [
            Finding("abs(limit)", .possibleNull, at: "limit", fix: "write limit || `0`"),
            Finding("limit + `1`", .possibleNull, at: "limit", fix: "write (limit || `0`)"),
            Finding("-limit", .possibleNull, at: "limit", fix: "write (limit || `0`)"),
            Finding("length(offers.items)", .possibleNull, at: "offers.items", fix: "write offers.items || `[]`"),
            Finding("keys(offers)", .possibleNull, at: "offers", fix: "write offers || `{}`"),
            Finding("upper(offers.name)", .possibleNull, at: "offers.name", fix: "write offers.name || ''"),
            Finding("join(',', offers[].sku)", .possibleNull, at: "offers[].sku", fix: "write offers[].sku || `[]`"),
            Finding("sum(offers[?a].b)", .possibleNull, at: "offers[?a].b"),
            Finding("length(user && offers)", .possibleNull, at: "user && offers"),
            Finding("length(user ? offers : 'x')", .possibleNull, at: "user ? offers : 'x'"),
            Finding("length(user ? 'a' : `null`)", .possibleNull, at: "user ? 'a' : `null`"),
            Finding(
                "length(user | offers ? 'a' : `null`)",
                .possibleNull,
                at: "user | offers ? 'a' : `null`",
                fix: "write (user | offers ? 'a' : `null`) || ''"
            ),
            Finding("length(not_null(offers, limit))", .possibleNull, at: "not_null(offers, limit)"),
            Finding("length(slice(offers, `0`, `2`))", .possibleNull, at: "slice(offers, `0`, `2`)"),
            Finding("let $o = offers in length($o)", .possibleNull, at: "$o"),
            Finding("sum([limit, `1`])", .possibleNull, at: "[limit, `1`]", fix: "([limit, `1`])[*] leaves nulls out"),
            Finding("sum(person.tags[*].length(@)) + person.age", .possibleNull, at: "person.tags[*].length(@)"),
        ]
    )
    fileprivate func possibleNulls(_ finding: Finding) throws {
        try check(finding)
    }

    @Test("the message says when the value is null")
    func causes() throws {
        let finding = try #require(try analyse("length(offers.items)").findings.first)
        #expect(finding.message == "length() does not take null, which this is when the call 'offers' is skipped")
    }

    @Test(
        "null that a condition or a default rules out is not found",
        arguments: [
            "abs(limit || `1`)", "length(not_null(offers, `[]`))", "limit ? limit + `1` : `0`", "limit && abs(limit)",
            "limit == `null` ? `0` : abs(limit)", "limit != `null` && abs(limit)", "!limit || abs(limit)",
            "!limit ? `0` : abs(limit)", "offers.items && length(offers.items) + length(offers)",
            "limit > `5` ? limit - `5` : `0`", "limit == `7` && limit + `1`", "(user && limit) ? limit + user.a : `0`",
            "user[?$limit].{a: a + $limit}", "let $l = limit in $l ? $l + `1` : `0`", "offers.length(@)",
            "offers.{n: length(items)}", "sum([limit][*])", "sum(offers.prices || `[]`)", "orders[?offers].abs(offers)",
            "length(user.items)", "abs(user.a)", "abs(find_first(id, 'x'))", "lookup(offers, limit)", "type(offers)",
            "to_string(limit)", "limit > `5`", "offers == `null`", "bucket(limit, `2`)", "sort(orders[].id)",
        ]
    )
    func narrowing(_ text: String) throws {
        #expect(try analyse(text).findings == [])
    }

    @Test("a condition on one current value says nothing of another")
    func currentValues() throws {
        let text = "rows[?@].{a: @} && offers && user.[length($offers)]"
        #expect(try analyse(text).findings == [])
        #expect(try analyse("orders[*].{n: a && $offers.[length(@)]} && length(offers)").findings.count == 1)
    }

    @Test(
        "what never gives anything but null or false is found",
        arguments: [
            Finding("limit == '5'", .pointless, at: "limit == '5'"),
            Finding("id > `5`", .pointless, at: "id > `5`"),
            Finding("`1` < limit < `5`", .pointless, at: "`1` < limit < `5`"),
            Finding("id.name", .pointless, at: "id.name"),
            Finding("limit[0]", .pointless, at: "limit[0]"),
            Finding("rows.id", .pointless, at: "rows.id", fix: "for each element, write [].id"),
            Finding("rows[].nmae", .pointless, at: ".nmae", fix: "did you mean 'name'?"),
            Finding("rows[0].price", .pointless, at: "rows[0].price", fix: "it has: id, name"),
            Finding("rows[].id[0]", .pointless, at: ".id[0]"),
            Finding("sort_by(rows, &[id])", .pointless, at: "&[id]"),
            Finding("group_by(rows, &id)", .pointless, at: "&id"),
            Finding("join(',', rows[].id)", .pointless, at: "rows[].id"),
        ]
    )
    fileprivate func pointless(_ finding: Finding) throws {
        try check(finding)
    }

    @Test(
        "the type of a result is as narrow as can be told",
        arguments: [
            ("id", "a string"), ("limit", "a number or null"), ("user", "any value"), ("length(user)", "a number"),
            ("user ? id : limit", "a string, a number or null"), ("limit || id", "a string or a number"),
            ("user == id", "a boolean"), ("rows[0].id", "a number or null"), ("rows[].id", "an array"),
            ("{a: id}.a", "a string"), ("[id, limit][1]", "a number or null"), ("id[1:]", "a string"),
            ("user[]", "an array or null"), ("rows[].id | [0]", "a number or null"),
            ("merge({a: id}, {a: limit}).a", "a number or null"),
            ("map(&id, rows)[0]", "a number or null"), ("max(rows[].id)", "a number or null"),
            ("items({a: id})[0][1]", "a string or null"), ("to_array(limit)[0]", "a number or null"),
            ("values({a: id, b: id})[0]", "a string or null"), ("`{\"a\":[1,null]}`.a[1]", "null"),
        ]
    )
    func types(_ text: String, _ description: String) throws {
        #expect(try analyse(text).type.types.description == description)
    }

    @Test("types that would grow without end forget what is in them")
    func growth() throws {
        let doubling = (1...60).reduce("id") { value, _ in "let $a = \(value) in {x: $a, y: $a}" }
        #expect(try analyse(doubling).type.types == .object)
    }

    @Test(
        "an expression tells which members of its document it can read",
        arguments: [
            ("status == `200` && !body.errors", ["body", "status"]), ("body.data.items[?status].x", ["body"]),
            ("$.headers.etag || `1`", ["headers"]),
            ("let $s = status in body.{a: $s, b: $.headers}", ["body", "headers", "status"]),
            ("@ | status", ["status"]), ("@.{a: status}", ["status"]), ("`true`", []), ("length(body)", ["body"]),
            ("map(&status, body)", ["body"]), ("[status, {h: headers}]", ["headers", "status"]),
            ("@", nil), ("length(@)", nil), ("*.a", nil), ("[?a]", nil), ("body[?$]", nil), ("keys($)", nil),
            ("[0]", nil),
        ] as [(String, [String]?)]
    )
    func rootMembers(_ text: String, _ members: [String]?) throws {
        #expect(try Expression.parse(text).rootMembers == members)
    }

    @Test("an expression over names reads nothing of a document")
    func rootMembersOfScope() throws {
        var scope = AnalysisScope()
        #expect(try Expression.parse("user.status | [id]", root: .scope, scope: &scope).rootMembers == [])
    }
}
