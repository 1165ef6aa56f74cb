import JSONSlices
import Testing

@Suite struct SliceTests {
    private let document: JSONDocument

    init() throws {
        document = try JSONDocument(
            parsing: #" { "id": 42, "name":"A\u00e9\n", "tags":[ "a" , [], {"x":1}, null ], "ok":true, "e":{} } "#
        )
    }

    @Test("a value knows its kind, its place and its size")
    func basics() throws {
        let root = document.root
        #expect(root.kind == .object && root.count == 5)
        #expect(document.bytes[root.byteRange].first == 0x7B && document.bytes[root.byteRange].last == 0x7D)
        let name = try #require(root.member("name"))
        #expect(text(Array(document.bytes[name.byteRange])) == #""A\u00e9\n""#)
        #expect(name.withUTF8 { $0.count } == name.byteRange.count)
        #expect(root.member("tags")?.count == 4 && root.member("e")?.count == 0 && name.count == 0)
    }

    @Test("scalars are read as what they are and as nothing else")
    func scalars() throws {
        let id = try #require(document.root.member("id"))
        let name = try #require(document.root.member("name"))
        let ok = try #require(document.root.member("ok"))
        #expect(id.numberText == "42" && id.string == nil && id.bool == nil)
        #expect(name.string == "Aé\n" && name.numberText == nil && name.bool == nil)
        #expect(ok.bool == true && ok.string == nil && document.root.string == nil)
        #expect(try JSONDocument(parsing: "false").root.bool == false)
        #expect(try JSONDocument(parsing: "null").root.kind == .null)
    }

    @Test(
        "a number keeps every digit",
        arguments: ["12345678901234567890", "1.10", "1E400", "-0", "0.1000", "1e+05", "-12.5e-3"]
    )
    func numbers(_ digits: String) throws {
        #expect(try JSONDocument(parsing: "[\(digits)]").root.element(at: 0)?.numberText == digits)
    }

    @Test("elements are found by their number and nothing else is")
    func elements() throws {
        let tags = try #require(document.root.member("tags"))
        #expect(tags.element(at: 0)?.string == "a" && tags.element(at: 2)?.member("x")?.numberText == "1")
        #expect(tags.element(at: 3)?.kind == .null)
        #expect(tags.element(at: 4) == nil && tags.element(at: -1) == nil && tags.element(at: .max) == nil)
        #expect(document.root.element(at: 0) == nil && tags.element(at: 1)?.element(at: 0) == nil)
        #expect(tags.elements.map(\.kind) == [.string, .array, .object, .null])
        #expect(Array(document.root.elements).isEmpty && Array(tags.members).isEmpty)
        let flat = try JSONDocument(parsing: "[0,1,2,3]").root
        #expect(flat.element(at: 3)?.numberText == "3" && flat.element(at: 4) == nil)
    }

    @Test("members come in the document's order, duplicates included, and look-up takes the last")
    func members() throws {
        let root = try JSONDocument(parsing: #"{"b":1,"a":{"a":0},"b":[],"\u0062":2,"c":null}"#).root
        #expect(root.members.map { $0.key.string } == ["b", "a", "b", "b", "c"])
        #expect(root.count == 5)
        #expect(root.member("b")?.numberText == "2")
        #expect(root.member("a")?.kind == .object && root.member("c")?.kind == .null && root.member("d") == nil)
        #expect(root.member("a")?.member("a")?.numberText == "0")
    }

    @Test(
        "a name with escapes is found by its text",
        arguments: [#"na\u006de"#, #"\u006eame"#, #"name"#, #"n\u0061me"#]
    )
    func escapedNames(_ written: String) throws {
        let root = try JSONDocument(parsing: "{\"\(written)\":1,\"nam\":2,\"names\":3,\"nane\":4}").root
        #expect(root.member("name")?.numberText == "1")
    }

    @Test("names are compared by code point, not by canonical equivalence")
    func codePoints() throws {
        let composed = "é", decomposed = "e\u{301}"
        #expect(composed == decomposed)
        let root = try JSONDocument(parsing: "{\"\(composed)\":1,\"\(decomposed)\":2}").root
        #expect(root.member(composed)?.numberText == "1" && root.member(decomposed)?.numberText == "2")
        #expect(JSONKey(composed) != JSONKey(decomposed))
        #expect(root.members.map { $0.key.isString(JSONKey(composed)) } == [true, false])
    }

    @Test("names of every length are told from names that differ in one byte")
    func nameLengths() throws {
        for length in 1...33 {
            let name = String(repeating: "k", count: length)
            for place in 0..<length {
                var other = Array(name.utf8)
                other[place] = 0x6A
                let root = try JSONDocument(parsing: "{\"\(text(other))\":0}").root
                #expect(root.member(JSONKey(name)) == nil && root.member(text(other)) != nil)
            }
        }
    }

    @Test(
        "escapes are resolved",
        arguments: [
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0000x""#, "\u{0}x"), (#""\uD834\uDD1E!""#, "𝄞!"),
            (#""\\u0041""#, "\\u0041"), (#""é\u00e9日\u65e5""#, "éé日日"), (#""\udbff\udfff""#, "\u{10FFFF}"),
        ]
    )
    func escapes(_ written: String, _ meant: String) throws {
        let string = try #require(try JSONDocument(parsing: written).root.string)
        #expect(ExactString(string) == ExactString(meant))
    }
}
