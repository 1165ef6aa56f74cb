import Diagnostics
import JSONSlices
import Testing

@Suite("Diagnostics")
struct DiagnosticTests {
    @Test("an error names file, line and column, underlines the text, and says what to do")
    func rendering() {
        let file = SourceFile(path: "compositions/home.json", bytes: Array("{\n  \"näme\": \"{usr}\"\n}".utf8))
        let list = DiagnosticList()
        let document = list.parse(file)
        let value = document?.root.member("näme")
        list.error("no call is named 'usr'", in: file, at: value?.byteRange ?? 0..<0, help: "did you mean 'user'?")
        #expect(
            list.sorted().map { $0.rendered() } == [
                """
                compositions/home.json:2:11: error: no call is named 'usr'
                 2 |   "näme": "{usr}"
                   |           ^~~~~~~
                  help: did you mean 'user'?
                """
            ]
        )
    }

    @Test("text that is no JSON is reported where it stops being JSON")
    func syntaxErrors() throws {
        let list = DiagnosticList()
        #expect(list.parse(SourceFile(path: "a.json", bytes: Array("{\n \"a\": tru }".utf8))) == nil)
        let first = try #require(list.sorted().first)
        #expect(first.rendered().hasPrefix("a.json:2:"))
        #expect(list.hasErrors)
    }

    @Test(
        "an offset in a decoded string is found in the file, escapes counted",
        arguments: [(0, 1), (1, 2), (2, 4), (3, 10), (5, 16), (7, 22), (8, 23), (99, 23)]
    )
    func decodedOffsets(decoded: Int, raw: Int) throws {
        let file = SourceFile(path: "a.json", bytes: Array(#""a\n\u0041\u00e9\u00e9b""#.utf8))
        let string = try JSONDocument(parsing: file.bytes).root
        #expect(file.offset(ofDecoded: decoded, in: string) == raw)
    }

    @Test("unknown and repeated keys are errors that name the nearest known key")
    func unknownKeys() throws {
        let list = DiagnosticList()
        let file = SourceFile(path: "a.json", bytes: Array(#"{"bakend":"x","path":"/","path":"/y"}"#.utf8))
        let document = try #require(list.parse(file))
        _ = ObjectReader(document.root, in: file, role: "a call", known: ["backend", "path"], diagnostics: list)
        let texts = list.sorted().map { "\($0.message)|\($0.help ?? "")" }
        #expect(
            texts == [
                "unknown key 'bakend' in a call|did you mean 'backend'?",
                "the key 'path' stands twice in a call|keep one",
            ]
        )
    }

    @Test(
        "durations are a number and a unit",
        arguments: [
            ("250ms", 250), ("2s", 2000), ("5m", 300_000), ("1h", 3_600_000), ("0s", 0), ("1.5s", nil), ("5", nil),
            ("-1s", nil), ("s", nil), ("", nil), ("999999999999d", nil), ("٣s", nil),
        ] as [(String, Int?)]
    )
    func durations(text: String, milliseconds: Int?) {
        #expect(Quantity.duration(text)?.milliseconds == milliseconds)
    }

    @Test(
        "sizes are a number and a unit, in bytes",
        arguments: [
            ("512", 512), ("64KiB", 65_536), ("8MiB", 8_388_608), ("10MB", 10_000_000), ("1GiB", 1 << 30), ("4kb", nil),
            ("9999999999GiB", nil), ("", nil), ("KiB", nil),
        ] as [(String, Int?)]
    )
    func sizes(text: String, bytes: Int?) {
        #expect(Quantity.size(text) == bytes)
    }

    @Test("a name that is far from all others has no suggestion")
    func nearest() {
        #expect(nearestName(to: "usr", in: ["user", "orders"]) == "user")
        #expect(nearestName(to: "Backend", in: ["backend"]) == "backend")
        #expect(nearestName(to: "zzz", in: ["user", "orders"]) == nil)
        #expect(nearestName(to: "ab", in: ["cd"]) == nil)
    }
}
