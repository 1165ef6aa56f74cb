import Diagnostics
import JSONSlices
import Testing

@Suite("Reports of findings")
struct ReportTests {
    private let file = SourceFile(path: "compositions/a,b:c.json", bytes: Array("{\n  \"näme\": \"{usr}\"\n}".utf8))

    private func list() -> DiagnosticList {
        let list = DiagnosticList()
        list.add(Diagnostic(.warning, "50% of\r\nthem: x, y", at: .init(file: file, range: 0..<22), help: "do: that"))
        list.error("no call is named \"usr\"", in: file, at: 13..<18)
        list.error("there is no directory 'x'", help: "make one")
        let variable = SourceFile(
            path: "environment variable MEDLEY_LISTEN",
            bytes: [0x31],
            isQuotable: false,
            hasLines: false
        )
        list.error("'listen' is no address", in: variable, at: 0..<1)
        return list
    }

    @Test("as JSON: every member is there, null where nothing is known")
    func json() throws {
        let text = list().jsonReport()
        let root = try JSONDocument(parsing: Array(text.utf8)).root
        #expect(root.member("errors")?.numberText == "3")
        #expect(root.member("warnings")?.numberText == "1")
        let found = try #require(root.member("diagnostics")).elements.map { element in
            element.withUTF8 { String(decoding: $0, as: UTF8.self) }
        }
        #expect(
            found == [
                #"{"severity":"error","file":null,"line":null,"column":null,"endLine":null,"endColumn":null,"#
                    + #""message":"there is no directory 'x'","help":"make one","usedBy":[]}"#,
                #"{"severity":"warning","file":"compositions/a,b:c.json","line":1,"column":1,"endLine":3,"endColumn":2,"#
                    + #""message":"50% of\r\nthem: x, y","help":"do: that","usedBy":[]}"#,
                #"{"severity":"error","file":"compositions/a,b:c.json","line":2,"column":11,"endLine":2,"endColumn":16,"#
                    + #""message":"no call is named \"usr\"","help":null,"usedBy":[]}"#,
                #"{"severity":"error","file":"environment variable MEDLEY_LISTEN","line":null,"column":null,"#
                    + #""endLine":null,"endColumn":null,"message":"'listen' is no address","help":null,"usedBy":[]}"#,
            ]
        )
    }

    @Test("as JSON: no findings are an empty list")
    func emptyJSON() {
        #expect(DiagnosticList().jsonReport() == #"{"errors":0,"warnings":0,"diagnostics":[]}"#)
    }

    @Test("as GitHub's commands: a line each, with what would end a line, a property or an escape encoded")
    func github() {
        #expect(
            list().githubReport() == """
                ::error title=medley::there is no directory 'x'%0Ahelp: make one
                ::warning file=compositions/a%2Cb%3Ac.json,line=1,col=1,endLine=3,title=medley::50%25 of%0D%0Athem: x, y%0Ahelp: do: that
                ::error file=compositions/a%2Cb%3Ac.json,line=2,col=11,endLine=2,endColumn=16,title=medley::no call is named "usr"
                ::error title=medley::environment variable MEDLEY_LISTEN: 'listen' is no address

                """
        )
    }

    @Test(
        "text that is no JSON comes with the mend of the common mistakes",
        arguments: [
            (#"{"a": 1,}"#, "take away the comma before it"),
            (#"[1, 2, ]"#, "take away the comma before it"),
            ("{\n  // note\n  \"a\": 1}", "JSON has no comments: take it away"),
            (#"{"a": 1 /* note */}"#, "JSON has no comments: take it away"),
            (#"{"a": # note"#, "JSON has no comments: take it away"),
            (#"{"a": /users}"#, nil),
            (#"{'a': 1}"#, "JSON's strings stand in double quotes"),
            (#"{"a": 'x'}"#, "JSON's strings stand in double quotes"),
            (#"{a: 1}"#, "put the name in double quotes"),
            (#"{"a": 1 "b": 2}"#, "put a comma before it"),
            ("{\"a\": \"x\"\n\"b\": 2}", "put a comma before it"),
            (#"["a" {}]"#, "put a comma before it"),
            (#"{"a": "say "hi""}"#, #"write \" for a double quote inside a string"#),
            (#"{"a" = 1}"#, "write ':' for '='"),
            (#"{"a": True}"#, "put text in double quotes; the words of JSON are true, false and null"),
            (#"{"a": nil}"#, "put text in double quotes; the words of JSON are true, false and null"),
            (#"{"a": 1}}"#, "there is one '}' too many"),
            ("{\n \"a\": {\n  \"b\": \"}\\\"{\"", "close the '{' of line 2, column 7"),
            ("{\"a\": \"x\n\"}", "a string ends on its line: close it, or write \\n"),
            ("{\"a\": \"\\d\"}", "write \\\\ for one backslash"),
            (#"{"a": .5}"#, "begin the number with a digit: 0.5"),
            (#"{"a": 1,, "b": 2}"#, "one comma is enough"),
            ("\u{FEFF}{}", "save the file as UTF-8 without a byte order mark"),
            ("", nil),
        ] as [(String, String?)]
    )
    func mistakes(text: String, help: String?) throws {
        let list = DiagnosticList()
        #expect(list.parse(SourceFile(path: "a.json", bytes: Array(text.utf8))) == nil)
        #expect(list.diagnostics.count == 1)
        #expect(try #require(list.diagnostics.first).help == help)
    }
}
