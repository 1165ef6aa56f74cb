import Foundation
import Testing

@testable import Recording

@Suite("The command that imports an archive")
struct ImportCommandTests {
    @Test(
        "a backend is called after its host, and 'backend' where the host gives no plain name",
        arguments: [
            ("https://api.example.com", "api"), ("https://www.example.com:8080", "example"),
            ("http://127.0.0.1:1", "backend"), ("http://[::1]", "backend"), ("https://caf\u{E9}.fr", "backend"),
            ("https://$(id).example.com", "backend"), ("https://-x.example.com", "backend"), ("https://a;b", "backend"),
            ("https://_x.example.com", "backend"), ("https://'a", "backend"),
        ]
    )
    func names(origin: String, name: String) {
        var names: Set<String> = []
        #expect(ImportCommand.name(of: origin, besides: &names) == name)
        #expect(ImportCommand.name(of: origin, besides: &names) == name + "2")
    }

    @Test("plain words stand as they are")
    func plain() {
        let text = ImportCommand.text(file: "a/b.har", origins: ["http://127.0.0.1:18080", "https://api.example.com"])
        #expect(
            text == "medley import har a/b.har --backend backend=http://127.0.0.1:18080 "
                + "--backend api=https://api.example.com"
        )
    }

    @Test(
        "a shell takes each word for what it is",
        arguments: ["", "a b", "$(id)", "`id`", "it's;#", "~", "*", "a\nb"]
    )
    func quoted(text: String) throws {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "printf '%s|' \(ImportCommand.quoted(text)) end"]
        process.standardOutput = pipe
        try process.run()
        let printed = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(String(decoding: printed, as: UTF8.self) == text + "|end|")
    }

    @Test("an origin from an archive is quoted, in whichever way its host is odd")
    func odd() throws {
        let origin = try #require(ArchivedURL("https://x;touch$IFS'a'.example.com/")).origin
        let text = ImportCommand.text(file: "a.har", origins: [origin])
        #expect(
            text == #"medley import har a.har --backend 'backend=https://x;touch$ifs'\''a'\''.example.com'"#
        )
    }
}
