import JSONSlices
import Testing

@Suite struct ValueTests {
    @Test("slices and computed values are read alike")
    func uniform() throws {
        let slice = JSONValue.slice(try JSONDocument(parsing: #"{"a":[1.0,"x",true,null],"b":{}}"#).root)
        let computed = JSONValue.object(
            JSONObject(members: [
                ("a", .array([.number(try #require(JSONNumber(text: "1.0"))), .string("x"), .bool(true), .null])),
                ("b", .object(JSONObject())),
            ])
        )
        for value in [slice, computed] {
            #expect(value.kind == .object && value.count == 2 && !value.isNull)
            let list = try #require(value.member(JSONKey("a")))
            #expect(list.kind == .array && list.count == 4)
            #expect(list.element(at: 0)?.numberText == "1.0" && list.element(at: 1)?.string == "x")
            #expect(list.element(at: 2)?.bool == true && list.element(at: 3)?.isNull == true)
            #expect(list.element(at: 1)?.isString("x") == true && list.element(at: 1)?.isString("y") == false)
            #expect(list.element(at: 4) == nil && list.element(at: -1) == nil)
            #expect(list.arrayElements?.map(\.kind) == [.number, .string, .true, .null])
            #expect(value.objectMembers?.map(\.key) == ["a", "b"])
            #expect(value.arrayElements == nil && list.objectMembers == nil && list.member("a") == nil)
            #expect(value.member("c") == nil && value.string == nil && value.bool == nil && value.numberText == nil)
        }
    }

    @Test("an object's members are read once each: the last value at the first place")
    func duplicates() throws {
        let value = JSONValue.slice(try JSONDocument(parsing: #"{"a":1,"b":2,"\u0061":3}"#).root)
        let members = try #require(value.objectMembers)
        #expect(members.map(\.key) == ["a", "b"])
        #expect(members.map { $0.value.numberText } == ["3", "2"])
    }

    @Test(
        "a number is taken only in JSON's grammar",
        arguments: ["", "-", "01", "1.", ".5", "+1", "1e", "NaN", " 1", "1 ", "0x1", "1,2"]
    )
    func numbers(_ text: String) throws {
        #expect(JSONNumber(text: text) == nil)
    }

    @Test("a number keeps its digits and is equal to what is written alike")
    func numberText() throws {
        for digits in ["0", "-0", "1.10", "12345678901234567890.5e-7"] {
            #expect(JSONNumber(text: digits)?.text == digits)
        }
        #expect(JSONNumber(.min).text == "-9223372036854775808")
        #expect(JSONNumber(text: "1") == JSONNumber(1) && JSONNumber(text: "1.0") != JSONNumber(1))
    }

    @Test("an object keeps the order of its names; setting replaces in place, nil removes")
    func object() throws {
        var object = JSONObject()
        for index in 0..<100 { object["k\(index)"] = .number(JSONNumber(index)) }
        #expect(object.count == 100)
        object["k3"] = .string("three")
        object["k0"] = nil
        object["none"] = nil
        object["é"] = .null
        object["e\u{301}"] = .bool(true)
        #expect(object.count == 101)
        #expect(object.members[2].key == "k3" && object.members[2].value.string == "three")
        #expect(object["k0"] == nil && object["k99"]?.numberText == "99" && object["é"]?.isNull == true)
        object["k0"] = .bool(false)
        #expect(object.members.last?.key == "k0")
        for index in 0..<100 { object["k\(index)"] = nil }
        #expect(object.members.map { Array($0.key.utf8).count } == [2, 3])
    }

    @Test("exact strings are equal, ordered and hashed by code point")
    func exactStrings() throws {
        #expect(ExactString("é") != ExactString("e\u{301}"))
        #expect(Set(["é", "e\u{301}", "é"].map(ExactString.init)).count == 2)
        #expect(ExactString("e\u{301}") < ExactString("é") && ExactString("\u{FFFF}") < ExactString("\u{10000}"))
        #expect(ExactString("a") < ExactString("ab") && ExactString("Z") < ExactString("a"))
    }
}
