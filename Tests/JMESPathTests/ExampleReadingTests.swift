import JMESPath
import JSONSlices
import Testing

@Suite("Following an expression through examples")
struct ExampleReadingTests {
    private let examples = [
        #"{"id": 1, "name": {"first": "A"}, "tags": [{"key": "a"}], "plan": null}"#,
        #"{"id": 2, "tags": [{"key": "b", "value": 1}], "by": {"x": {"n": 1}, "y": {"n": 2, "m": 3}}, "nested": [[{"z": 1}]]}"#,
    ]

    private func reading(_ text: String, on examples: [String]? = nil) throws -> ExampleReading {
        let values = try (examples ?? self.examples).map { JSONValue.slice(try JSONDocument(parsing: $0).root) }
        return try Expression.parse(text).reading(root: ExampleShape(of: values)) { _ in .open }
    }

    /// The names that are unknown, as they stand in the text; guarded ones in parentheses.
    private func unknown(_ text: String) throws -> [String] {
        try reading(text).unknownMembers.map { member in
            let part = part(of: text, at: member.range)
            return member.isGuarded ? "(\(part))" : part
        }
    }

    @Test(
        "a name that one of the examples has is known, wherever it is read",
        arguments: [
            "id", "name.first", "tags[].value", "tags[0].key", "tags[-1].value", "tags[*].key", "tags[:1].key",
            "by.*.m",
            "nested[][].z", "nested[].z", "tags[?key == 'a'].value", "{i: id, n: name}.n.first", "[id, name][1]",
            "let $t = tags in $t[].key", "map(&value, tags)", "sort_by(tags, &key)[0].value",
            "max_by(tags, &value).key",
            "merge(name, by).x.n", "values(by)[].m", "to_array(tags)[].key", "not_null(plan, name).first",
            "id == `1` ? name.first : by.x.n", "tags[].{k: key, up: $.id}", "group_by(tags, &key).anything.at_all",
            "name || by | x.n", "zip(tags, tags)[0][0].key", "@.id", "plan.anything", "id.anything",
        ]
    )
    func known(text: String) throws {
        #expect(try unknown(text) == [])
    }

    @Test(
        "a name that none of them has is found, and pointed at",
        arguments: [
            ("idd", ["idd"]), ("name.frist", ["frist"]), ("tags[].valeu", ["valeu"]), ("by.*.k", ["k"]),
            ("name.name", ["name"]), ("tags[?kye == 'a'].key", ["kye"]), ("map(&valeu, tags)", ["valeu"]),
            ("{i: idd, n: nam}", ["idd", "nam"]), (#"name."frist""#, [#""frist""#]),
            ("let $n = name in $n.last", ["last"]),
            ("id + cnt", ["cnt"]), ("tags[].{k: key, up: $.idd}", ["idd"]),
            ("max_by(tags, &valeu).kye", ["valeu", "kye"]),
            ("idd == 'x'", ["idd"]), ("name.last.length", ["last"]), ("sum(tags[].valeu)", ["valeu"]),
        ] as [(String, [String])]
    )
    func misspelt(text: String, names: [String]) throws {
        #expect(try unknown(text) == names)
    }

    @Test(
        "where the expression provides for the absence, that is said",
        arguments: [
            ("nick || name", ["(nick)"]), ("name || nick", ["nick"]), ("nick && nick.x", ["(nick)", "nick"]),
            ("!nick", ["(nick)"]), ("nick ? id : name", ["(nick)"]), ("nick == `null`", ["(nick)"]),
            ("not_null(nick, name)", ["(nick)"]), ("tags[?hidden].key", ["(hidden)"]), ("nick == 'x' || id", ["nick"]),
        ] as [(String, [String])]
    )
    func guarded(text: String, names: [String]) throws {
        #expect(try unknown(text) == names)
    }

    @Test("the names that are there come with it")
    func knownNames() throws {
        #expect(try reading("name.last").unknownMembers.map(\.known) == [["first"]])
        #expect(try reading("tags[].x").unknownMembers.map(\.known) == [["key", "value"]])
    }

    @Test("where anything is possible nothing is unknown")
    func open() throws {
        let open = try Expression.parse("a.b[].c").reading(root: .open) { _ in .open }
        #expect(open.unknownMembers.isEmpty && open.result.element.isOpen)
        #expect(try reading("anything", on: []).unknownMembers.isEmpty)
        #expect(try reading("anything", on: ["null", "[]", "7"]).unknownMembers.isEmpty)
        let deep = String(repeating: #"{"a":"#, count: 80) + "1" + String(repeating: "}", count: 80)
        #expect(try reading(String(repeating: "a.", count: 70) + "b", on: [deep]).unknownMembers.isEmpty)
    }

    @Test("the result has the form that the examples give it")
    func result() throws {
        let made = try reading("tags[].{k: key, n: $.name}").result
        #expect(made.hasArray && !made.hasObject)
        #expect(made.element.memberNames == ["k", "n"])
        #expect(made.element.member("n")?.memberNames == ["first"])
        #expect(made.element.member("x") == nil)
        #expect(try reading("plan").result.isNothing)
        #expect(try reading("length(tags)").result.hasScalar)
    }
}

@Suite("The type of examples")
struct ExampleTypeTests {
    private func type(_ examples: [String]) throws -> StaticType {
        StaticType(ofExamples: try examples.map { .slice(try JSONDocument(parsing: $0).root) })
    }

    @Test("has the members of all of them, and those that only some have are optional")
    func members() throws {
        let type = try type([#"{"b": 1, "a": "x"}"#, #"{"a": null, "c": 2.5, "b": 2}"#])
        #expect(type.members.map(\.name) == ["b", "a", "c"])
        #expect(type.members.map(\.isOptional) == [false, false, true])
        #expect(type.members.map(\.type.isInteger) == [true, false, false])
        #expect(type.members.map(\.type.types) == [.number, [.string, .null], .number])
    }

    @Test("is unknown where only null was seen, or nothing", arguments: [[], ["null"], ["null", "null"]])
    func nothing(examples: [String]) throws {
        #expect(try type(examples).types == .any)
        #expect(try type(["[]"]).anyElement.types == .any)
    }

    @Test("has anything below a certain depth")
    func deep() throws {
        let text = String(repeating: "[", count: 500) + "1" + String(repeating: "]", count: 500)
        #expect(try type([text]).types == .array)
    }

    @Test("says nothing of a member that no example has, and an expression that reads it finds no fault")
    func unseen() throws {
        let analysis = try Expression.parse("a.b").analysis(
            slots: { _ in .unknown },
            root: try type([#"{"a": {"c": 1}}"#])
        )
        #expect(analysis.type.types == .any)
        #expect(analysis.findings == [])
    }
}
