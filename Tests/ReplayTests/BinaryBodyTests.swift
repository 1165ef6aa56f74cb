import Diagnostics
import Testing

@testable import Replay

@Suite("Bodies in base64")
struct BinaryBodyTests {
    private func read(_ response: String, _ diagnostics: DiagnosticList = DiagnosticList()) -> CannedResponse? {
        let text = #"{ "request": { "path": "/" }, "response": \#(response) }"#
        let source = SourceFile(path: "f/b/a.json", bytes: Array(text.utf8))
        return Fixture.read(source, backend: "b", name: "a", diagnostics: diagnostics)?.response
    }

    @Test(
        "the bytes are sent as they are, and are no text",
        arguments: [("AP8=", [0x00, 0xFF]), ("", []), ("YQ==", [0x61])]
    )
    func bytes(text: String, bytes: [UInt8]) {
        let response = read(#"{ "bodyBase64": "\#(text)" }"#)
        #expect(response?.body == bytes)
        #expect(response?.headers.map(\.value) == ["application/octet-stream"])
        let typed = read(#"{ "headers": { "content-type": "image/png" }, "bodyBase64": "\#(text)" }"#)
        #expect(typed?.headers.map(\.value) == ["image/png"])
    }

    @Test(
        "what is no base64, stands beside another body, or beside a status without one is an error at its place",
        arguments: [
            (#"{ "bodyBase64": "AP8" }"#, "'bodyBase64' is not base64", 59),
            (#"{ "bodyBase64": "A P8=" }"#, "'bodyBase64' is not base64", 59),
            (#"{ "bodyBase64": 7 }"#, "'bodyBase64' in 'response' must be a string, not 7", 59),
            (#"{ "body": 1, "bodyBase64": "" }"#, "'body' and 'bodyBase64' exclude each other", 70),
            (#"{ "bodyText": "", "bodyBase64": "" }"#, "'bodyText' and 'bodyBase64' exclude each other", 75),
            (#"{ "status": 204, "bodyBase64": "" }"#, "a 204 has no body", 74),
        ]
    )
    func errors(response: String, message: String, column: Int) throws {
        let diagnostics = DiagnosticList()
        #expect(read(response, diagnostics) == nil)
        let found = try #require(diagnostics.diagnostics.first)
        #expect(found.message == message)
        let place = try #require(found.place)
        #expect(place.file.position(of: place.range.lowerBound).column == column)
    }
}
