import Diagnostics
import Testing

@testable import Gateway

@Suite("Adding a backend to a settings file")
struct SettingsTextTests {
    private func added(
        _ backend: SettingsText.Backend = .init(name: "b", url: "http://b", document: nil),
        to text: String?
    ) -> (text: String, findings: [String]) {
        let diagnostics = DiagnosticList()
        var settings = SettingsText(text.map { SourceFile(path: "gateway.json", bytes: Array($0.utf8)) })
        let isAdded = settings.add(backend, diagnostics: diagnostics)
        #expect(isAdded == !diagnostics.hasErrors)
        let findings = diagnostics.sorted().map { $0.rendered().split(separator: "\n").first.map(String.init) ?? "" }
        return (String(decoding: settings.bytes, as: UTF8.self), findings)
    }

    @Test(
        "keeps every other byte, and looks like what is there",
        arguments: [
            ("{}\n", "{\n  \"backends\": {\n    \"b\": { \"url\": \"http://b\" }\n  }\n}\n"),
            (
                "{ \"listen\": \"h:1\" }",
                "{ \"listen\": \"h:1\", \"backends\": { \"b\": { \"url\": \"http://b\" } } }"
            ),
            (
                "{\n    \"listen\":   \"h:1\"\n}",
                "{\n    \"listen\":   \"h:1\",\n    \"backends\": {\n        \"b\": { \"url\": \"http://b\" }\n    }\n}"
            ),
            (
                "{\n\t\"backends\": {}, \"log\": {}\n}\n",
                "{\n\t\"backends\": {\n\t\t\"b\": { \"url\": \"http://b\" }\n\t}, \"log\": {}\n}\n"
            ),
            (
                "{\"backends\":{\"a\":{\"url\":\"http://a\"}}}",
                "{\"backends\":{\"a\":{\"url\":\"http://a\"},\"b\": { \"url\": \"http://b\" }}}"
            ),
            (
                "{\r\n  \"backends\": {\r\n    \"a\": { \"url\": \"http://a\" }\r\n  },\r\n  \"log\": {}\r\n}\r\n",
                "{\r\n  \"backends\": {\r\n    \"a\": { \"url\": \"http://a\" },\r\n    \"b\": { \"url\": \"http://b\" }\r\n  },\r\n  \"log\": {}\r\n}\r\n"
            ),
        ]
    )
    func formatting(text: String, expected: String) {
        let (changed, findings) = added(to: text)
        #expect(changed == expected)
        #expect(findings == [])
        // What was added can be read.
        let diagnostics = DiagnosticList()
        let file = SourceFile(path: "gateway.json", bytes: Array(changed.replacing("h:1", with: "127.0.0.1:1").utf8))
        let settings = GatewaySettings.read(file: file, environment: [:], diagnostics: diagnostics)
        #expect(settings?.backends.last?.url == "http://b")
        #expect(!diagnostics.hasErrors)
    }

    @Test("makes a file where there is none, with the document of the backend")
    func newFile() {
        let backend = SettingsText.Backend(name: "b-2", url: "${B_URL}", document: "docs/\"b\".json")
        #expect(
            added(backend, to: nil).text
                == "{\n  \"backends\": {\n    \"b-2\": { \"url\": \"${B_URL}\", \"openapi\": \"docs/\\\"b\\\".json\" }\n  }\n}\n"
        )
    }

    @Test(
        "refuses what would be no settings, and changes nothing",
        arguments: [
            ("b", "http://b", "[]", "gateway.json:1:1: error: the settings must be an object"),
            ("b", "http://b", #"{"backends": []}"#, "gateway.json:1:14: error: 'backends' must be an object"),
            (
                "b", "http://b", #"{"backends": {"b": {}}}"#,
                "gateway.json:1:15: error: the backend 'b' is there already"
            ),
            (
                "b", "http://b", "{",
                "gateway.json:1:2: error: not JSON: expected a member's name in double quotes, found the end of the document"
            ),
            ("b", "ftp://b", "{}", "error: the URL must begin with http:// or https://"),
            ("../b", "http://b", "{}", "error: '../b' is no name for a backend"),
            ("_b", "http://b", "{}", "error: '_b' is no name for a backend"),
            ("", "http://b", "{}", "error: '' is no name for a backend"),
        ]
    )
    func refused(name: String, url: String, text: String, expected: String) {
        let (changed, findings) = added(.init(name: name, url: url, document: nil), to: text)
        #expect(changed == text)
        #expect(findings == [expected])
    }
}
