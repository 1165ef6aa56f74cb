import JSONSlices
import Testing

@Suite("Paths, shapes and tables")
struct TableTests {
    private static let text = """
        [{"id":1,"price":{"amount":2.50},"tags":["a",["b"],"c"],"id":9},\
        {"\\u0069d":{"x":1},"anExtraordinarilyLongName":[]},7]
        """

    @Test(
        "a path leads where its steps lead one by one",
        arguments: [
            ([JSONPath.Step.index(0), .member("id")], "9"),
            ([.index(-3), .member("price"), .member("amount")], "2.50"),
            ([.index(0), .member("tags"), .index(2)], "\"c\""),
            ([.index(0), .member("tags"), .index(-2), .index(0)], "\"b\""),
            ([.index(1), .member("id"), .member("x")], "1"), ([.index(1), .member("anExtraordinarilyLongName")], "[]"),
            ([.index(1), .member("anExtraordinarilyLongNamf")], nil), ([.index(1), .member("anExtra")], nil),
            ([.index(3)], nil), ([.index(-4)], nil), ([.index(Int.min)], nil), ([.member("id")], nil),
            ([.index(2), .member("id")], nil), ([.index(2)], "7"), ([.index(0), .index(0)], nil),
        ] as [([JSONPath.Step], String?)]
    )
    func paths(_ steps: [JSONPath.Step], _ expected: String?) throws {
        let root = try JSONDocument(parsing: Self.text).root
        var effort = 100
        let end = root.follow(JSONPath(steps), effort: &effort)
        #expect(end.map { written(.slice($0)) } == expected)
        #expect(effort >= 100 - steps.count && effort < 100)
    }

    @Test("names of every length are found up to the last byte of a document")
    func names() throws {
        for length in 0...20 {
            let name = String(repeating: "n", count: length)
            let document = try JSONDocument(parsing: "{\"\(name)\":0}")
            var effort = 10
            #expect(document.root.follow(JSONPath([.member(JSONKey(name))]), effort: &effort) != nil)
            #expect(document.root.follow(JSONPath([.member(JSONKey(name + "n"))]), effort: &effort) == nil)
            #expect(document.root.follow(JSONPath([.member(JSONKey(name.dropLast() + "m"))]), effort: &effort) == nil)
        }
    }

    @Test("a path that takes more effort than there is ends nowhere")
    func effort() throws {
        let wide = try JSONDocument(parsing: "[\(Array(repeating: "0", count: 64).joined(separator: ","))]").root
        let path = JSONPath([.index(63)])
        var (enough, tooLittle, none) = (5, 4, Int.min)
        #expect(wide.follow(path, effort: &enough) != nil && enough == 0)
        #expect(wide.follow(path, effort: &tooLittle) == nil && tooLittle < 0)
        #expect(wide.follow(path, effort: &none) == nil && none < 0)
    }

    @Test("a row of a table is an object like any other")
    func rows() throws {
        let document = try JSONDocument(parsing: Self.text)
        let shape = try #require(JSONShape(["i\n", "p"]))
        let paths = [JSONPath([.member("id")]), JSONPath([.member("price"), .member("amount")])]
        let columns = try #require(JSONColumns(shape: shape, paths: paths))
        var effort = 100
        var builder = JSONTableBuilder(document, columns: columns, rows: 3)
        for element in document.root.elements { builder.append(element, effort: &effort) }
        builder.append(try JSONDocument(parsing: "{\"id\":1}").root, effort: &effort)
        let table = builder.finish()
        let objects = (0..<4).compactMap(table.object(at:))
        #expect(table.object(at: 4) == nil && table.object(at: -1) == nil)
        let text = #"[{"i\n":9,"p":2.50},{"i\n":{"x":1},"p":null},{"i\n":null,"p":null},{"i\n":null,"p":null}]"#
        #expect(written(.array(objects.map(JSONValue.object))) == text)

        var first = try #require(objects.first)
        #expect(first.count == 2 && first["p"]?.numberText == "2.50" && first["id"] == nil)
        #expect(first.members.map(\.key) == ["i\n", "p"] && first.copiedLength == 8)
        first["p"] = .string("x")
        first["q"] = .array([])
        first["i\n"] = nil
        #expect(written(.object(first)) == #"{"p":"x","q":[]}"# && first.copiedLength == nil)
    }

    @Test("objects of one shape hold any values, and change one by one")
    func shapes() throws {
        #expect(JSONShape(["a", "b", "a"]) == nil)
        let single = try #require(JSONShape(["a"]))
        #expect(JSONColumns(shape: single, paths: []) == nil)
        let names = (0..<20).map { "k\($0)" }
        let shape = try #require(JSONShape(names))
        #expect(JSONObject(shape: shape, values: [.null]) == nil)
        let object = try #require(JSONObject(shape: shape, values: (0..<20).map { .array([.number(JSONNumber($0))]) }))
        var changed = object
        changed["k19"] = .null
        changed["new"] = .bool(true)
        #expect(written(changed["k19"] ?? .bool(false)) == "null" && changed.count == 21)
        #expect(written(object["k19"] ?? .null) == "[19]" && object["new"] == nil && object.count == 20)
        let members = JSONObject(members: object.members)
        #expect(written(.object(members)) == written(.object(object)))
        let empty = try #require(JSONShape([]).flatMap { JSONObject(shape: $0, values: []) })
        #expect(written(.array([.object(empty), .object(empty)])) == "[{},{}]")
    }

    private func written(_ value: JSONValue) -> String {
        var writer = JSONWriter()
        writer.write(value)
        return String(decoding: writer.finish(), as: UTF8.self)
    }
}
