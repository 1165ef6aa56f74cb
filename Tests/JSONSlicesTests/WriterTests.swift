import JSONSlices
import Testing

@Suite struct WriterTests {
    private func written(_ value: JSONValue) -> String {
        var writer = JSONWriter()
        writer.write(value)
        return text(writer.finish())
    }

    @Test("slices are copied byte for byte")
    func verbatim() throws {
        let document = try JSONDocument(parsing: #" {"a": [1.10,  "\u00e9"], "b":-0} "#)
        #expect(written(.slice(document.root)) == #"{"a": [1.10,  "\u00e9"], "b":-0}"#)
        #expect(written(.slice(try #require(document.root.member("a")))) == #"[1.10,  "\u00e9"]"#)
    }

    @Test("the writer places commas and colons")
    func commas() throws {
        var writer = JSONWriter(capacity: 64)
        writer.beginObject()
        writer.key("a")
        writer.beginArray()
        writer.write(.null)
        writer.write(.bool(true))
        writer.write(.bool(false))
        writer.beginArray()
        writer.endArray()
        writer.beginObject()
        writer.endObject()
        writer.write(string: "x")
        writer.endArray()
        writer.key(prepared: "b\n")
        writer.writeRaw("[ ]")
        writer.key("c")
        writer.writeRaw(utf8: Array("1e3".utf8))
        writer.key("d")
        writer.write(.number(JSONNumber(7)))
        writer.endObject()
        #expect(text(writer.finish()) == #"{"a":[null,true,false,[],{},"x"],"b\n":[ ],"c":1e3,"d":7}"#)
    }

    @Test("only quotes, backslashes and control characters are escaped")
    func escaping() throws {
        let all = String(String.UnicodeScalarView((0..<0x80).compactMap(Unicode.Scalar.init))) + "é/\u{2028}𝄞"
        let plain = String(String.UnicodeScalarView((0x20..<0x80).compactMap(Unicode.Scalar.init)))
        var expected = #""\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f"#
        expected += #"\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f"#
        expected += plain.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "é/\u{2028}𝄞\""
        #expect(written(.string(all)) == expected)
    }

    @Test("what has to be escaped is found at every place of a string")
    func everyPlace() throws {
        for special in ["\"", "\\", "\n", "\u{1F}"] {
            for filler in ["x", "é", "\u{80}", "\u{FFFF}"] {
                for place in 0..<20 {
                    let before = String(repeating: filler, count: place)
                    let string = before + special + filler + special
                    let document = try JSONDocument(parsing: written(.string(string)))
                    #expect(document.root.string == string)
                }
            }
        }
    }

    @Test("computed arrays and objects are written in order, with slices between")
    func computed() throws {
        let slice = JSONValue.slice(try JSONDocument(parsing: "[ 1 ]").root)
        let value = JSONValue.object(
            JSONObject(members: [
                ("z", .array([.array([]), .object(JSONObject()), slice, .string("a\"b")])),
                ("a", .object(JSONObject(members: [("", .null), ("n", .number(JSONNumber(-3)))]))),
            ])
        )
        #expect(written(value) == #"{"z":[[],{},[ 1 ],"a\"b"],"a":{"":null,"n":-3}}"#)
        #expect(written(.array([])) == "[]" && written(.object(JSONObject())) == "{}")
    }

    @Test("computed arrays that stand deep inside each other are written without recursion")
    func deep() throws {
        var value = JSONValue.null
        for _ in 0..<2_000 { value = .array([value]) }
        let opened = String(repeating: "[", count: 2_000)
        #expect(written(value) == opened + "null" + String(repeating: "]", count: 2_000))
    }

    @Test("what is written reads back as the same value")
    func roundTrip() throws {
        var random = RandomDocuments(seed: 11)
        for _ in 0..<500 {
            let root = try JSONDocument(parsing: random.document()).root
            let again = try JSONDocument(parsing: written(computed(root))).root
            #expect(text(canonical(again)) == text(canonical(root)))
        }
    }

    /// The value without its document. An object with duplicates stays a slice, since a computed one has none.
    private func computed(_ slice: JSONSlice) -> JSONValue {
        switch slice.kind {
        case .array: .array(slice.elements.map(computed))
        case .string: .string(slice.string ?? "")
        case .number: JSONNumber(text: slice.numberText ?? "").map(JSONValue.number) ?? .null
        case .object:
            if Set(slice.members.map { ExactString($0.key.string ?? "") }).count == slice.count {
                .object(JSONObject(members: slice.members.map { ($0.key.string ?? "", computed($0.value)) }))
            } else {
                .slice(slice)
            }
        case .null: .null
        case .true, .false: .bool(slice.bool ?? false)
        }
    }
}
