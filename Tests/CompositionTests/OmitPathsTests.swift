import JSONSlices
import Testing

@testable import Composition

@Suite("Omit")
struct OmitPathsTests {
    private func omit(_ paths: [String], from text: String) throws -> String {
        let value = JSONValue.slice(try JSONDocument(parsing: text).root)
        var writer = JSONWriter()
        writer.write(OmitPaths(paths: try paths.map { try OmitPaths.parse($0) }).applied(to: value))
        return String(decoding: writer.finish(), as: UTF8.self)
    }

    @Test(
        "members go by name, by element and at any depth",
        arguments: [
            ("secret", #"{"a":1,"secret":2}"#, #"{"a":1}"#),
            ("[].secret", #"[{"secret":1,"b":2},{"b":3},4]"#, #"[{"b":2},{"b":3},4]"#),
            ("a.b", #"{"a":{"b":1,"c":2},"b":3}"#, #"{"a":{"c":2},"b":3}"#),
            ("**.x", #"{"x":1,"a":[{"x":2,"y":{"x":3}}]}"#, #"{"a":[{"y":{}}]}"#),
            ("a.*.x", #"{"a":{"p":{"x":1,"y":2},"q":{"x":3}}}"#, #"{"a":{"p":{"y":2},"q":{}}}"#),
            (
                "items[].card.number", #"{"items":[{"card":{"number":"4","ok":true}}]}"#,
                #"{"items":[{"card":{"ok":true}}]}"#
            ),
            (#""a.b""#, #"{"a.b":1,"c":2}"#, #"{"c":2}"#),
            ("*", #"{"a":1,"b":2}"#, "{}"),
            ("secret", "[1,2]", "[1,2]"),
            ("é", #"{"é":1}"#, "refused"),
        ]
    )
    func paths(path: String, document: String, expected: String) throws {
        guard expected != "refused" else {
            #expect(throws: OmitPaths.Failure.self) { try OmitPaths.parse(path) }
            return
        }
        #expect(try omit([path], from: document) == expected)
    }

    @Test("a value without a match keeps its bytes, spaces and digits included")
    func verbatim() throws {
        let text = #"{ "id" : 12345678901234567890, "p": 1.10 }"#
        #expect(try omit(["secret"], from: text) == text)
    }

    @Test("every member of a repeated name is left out")
    func repeatedNames() throws {
        #expect(try omit(["a"], from: #"{"a":1,"b":2,"a":3}"#) == #"{"b":2}"#)
    }

    @Test("the hidden value of a name that stands twice does not slip through")
    func hiddenValues() throws {
        #expect(try omit(["a.secret"], from: #"{"a":{"secret":1},"a":{"ok":2}}"#) == #"{"a":{"ok":2}}"#)
        #expect(try omit(["**.x"], from: #"{"b":[{"x":1,"y":2,"y":3}]}"#) == #"{"b":[{"y":3}]}"#)
    }

    @Test("what is no path is refused", arguments: ["", ".", "a.", "a..b", "[0].a", "a b", "**", "a[]", "[", "\"a"])
    func failures(path: String) {
        #expect(throws: OmitPaths.Failure.self) { try OmitPaths.parse(path) }
    }
}
