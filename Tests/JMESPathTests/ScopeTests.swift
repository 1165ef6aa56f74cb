import JMESPath
import JSONSlices
import Testing

/// The names of a small composition.
private struct Names: ExpressionScope {
    static let values: [String: Int] = [
        "user": 0, "orders": 1, "limit": 2, "item": 3, "calls.user.status": 4, "request.headers.accept-language": 5,
    ]

    mutating func resolve(_ path: [String]) -> NameResolution {
        let name = path.joined(separator: ".")
        if let slot = Self.values[name] { return .slot(slot) }
        if Self.values.keys.contains(where: { $0.hasPrefix(name + ".") }) { return .namespace("name what is in it") }
        return .unknown(message: "no call or parameter is named '\(path.last ?? "")'")
    }
}

@Suite("Names in scope")
struct ScopeTests {
    static let slots = [
        #"{"name":"Ada","plan":"gold","ids":[1,2]}"#, #"[{"id":1,"user":"x"},{"id":9}]"#, "2", #"{"id":1}"#, "404",
        #""de""#,
    ]

    private func parse(_ text: String, root: ExpressionRoot) throws -> Expression {
        var names = Names()
        return try Expression.parse(text, root: root, scope: &names)
    }

    private func evaluate(_ text: String, root: ExpressionRoot, on document: String = "null") throws -> String {
        let slots = try Self.slots.map { JSONValue.slice(try JSONDocument(parsing: $0).root) }
        var budget = EvaluationBudget()
        let root = try (parse(text, root: root), JSONDocument(parsing: document).root)
        return json(try root.0.evaluate(root: .slice(root.1), slots: slots, budget: &budget))
    }

    private func failure(_ text: String, root: ExpressionRoot = .scope) -> ExpressionError? {
        do {
            _ = try parse(text, root: root)
            return nil
        } catch {
            return error as? ExpressionError
        }
    }

    @Test(
        "identifiers at the root are names",
        arguments: [
            Case("user.name", gives: #""Ada""#),
            Case(#""user".name"#, gives: #""Ada""#),
            Case("limit + `1`", gives: "3"),
            Case("calls.user.status", gives: "404"),
            Case(#"request.headers."accept-language""#, gives: #""de""#),
            Case("{name: user.name, n: length(orders), all: [limit]}", gives: #"{"name":"Ada","n":2,"all":[2]}"#),
            Case("user.plan == 'gold' ? limit : `0`", gives: "2"),
            Case("!user && limit || (item.id)", gives: "1"),
            Case("let $u = user in [$u.name, limit]", gives: #"["Ada",2]"#),
            Case("user | name", gives: #""Ada""#),
            Case("user.{n: name}", gives: #"{"n":"Ada"}"#),
            Case("user.ids.length(@)", gives: "2"),
        ]
    )
    func names(_ example: Case) throws {
        #expect(try evaluate(example.expression, root: .scope) == example.value)
    }

    @Test(
        "inside a projection, a filter or a reference an identifier is a field",
        arguments: [
            Case("orders[*].user", gives: #"["x"]"#),
            Case("orders[?user].id", gives: "[1]"),
            Case("map(&user, orders)", gives: #"["x",null]"#),
            Case("orders[?id == $.item.id].user", gives: #"["x"]"#),
            Case("orders[?id == $item.id].user", gives: #"["x"]"#),
            Case("orders[*].{id: id, plan: $user.plan} | [0]", gives: #"{"id":1,"plan":"gold"}"#),
            Case("map(&[id, $calls.user.status], orders)", gives: "[[1,404],[9,404]]"),
        ]
    )
    func fields(_ example: Case) throws {
        #expect(try evaluate(example.expression, root: .scope) == example.value)
    }

    @Test(
        "over a document, names are variables",
        arguments: [
            Case("merge($item, {user: user})", on: #"{"user":7}"#, gives: #"{"id":1,"user":7}"#),
            Case("[@, $, $limit]", on: "1", gives: "[1,1,2]"),
            Case("let $limit = `5` in $limit", on: "1", gives: "5"),
            Case(#"$request.headers."accept-language""#, on: "1", gives: #""de""#),
        ]
    )
    func variables(_ example: Case) throws {
        #expect(try evaluate(example.expression, root: .document, on: example.document) == example.value)
    }

    @Test("an expression lists the slots it reads, each once and ascending")
    func slots() throws {
        #expect(try parse("item.id + limit + $.user.age + limit", root: .scope).slots == [0, 2, 3])
        #expect(try parse("user", root: .document).slots == [])
    }

    @Test("a name that the scope does not have is an error at the name")
    func unknownNames() throws {
        let unknown = try #require(failure("length(usr.name)"))
        #expect(unknown.kind == .unknownName)
        #expect(unknown.message == "no call or parameter is named 'usr'")
        #expect(unknown.range == 7..<10)

        let inNamespace = try #require(failure("calls.usr.status"))
        #expect(inNamespace.range == 6..<9)

        let variable = try #require(failure("$usr", root: .document))
        #expect(variable.kind == .undefinedVariable)
        #expect(variable.range == 0..<4)
        #expect(failure("$usr")?.kind == .unknownName)
    }

    @Test("a namespace is no value by itself")
    func namespaces() throws {
        let error = try #require(failure("keys(request.headers)"))
        #expect(error.kind == .unknownName)
        #expect(error.message == "'request.headers' is no value by itself; name what is in it")
        #expect(error.range == 5..<20)
        #expect(failure("calls")?.kind == .unknownName)
        #expect(failure("calls[0]")?.kind == .unknownName)
        #expect(failure("$calls.*", root: .document)?.kind == .unknownName)
    }

    @Test(
        "the scope itself is no value",
        arguments: ["@", "$", "*", "[0]", "[*]", "[]", "[?a]", "[:1]", "$ | user", "@.*", "length($)"]
    )
    func bareRoot(_ text: String) {
        #expect(failure(text)?.kind == .unknownName)
    }

    @Test("common slips get a fix")
    func fixes() {
        #expect(failure("user.plan == \"gold\"")?.fix == "a string is written in single quotes: 'gold'")
        #expect(failure("user.x-beta")?.fix == "a name with a hyphen is quoted: \"x-beta\"")
        #expect(failure("user.x-rate-limit")?.fix == "a name with a hyphen is quoted: \"x-rate-limit\"")
        #expect(failure("user.plan == null")?.fix == "null is written in backticks: `null`")
    }
}
