import Foundation
import TestSupport
import Testing

@Suite("The command that records", .timeLimit(.minutes(1)))
struct RecordCommandTests {
    /// The program that was built with these tests.
    private static let program: URL? = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        for start in [CommandLine.arguments.first ?? "", tests] {
            var url = URL(filePath: start)
            while url.pathComponents.count > 1 {
                url.deleteLastPathComponent()
                let program = url.appending(path: "medley")
                var isFolder = ObjCBool(false)
                guard FileManager.default.fileExists(atPath: program.path, isDirectory: &isFolder) else { continue }
                if !isFolder.boolValue, FileManager.default.isExecutableFile(atPath: program.path) { return program }
            }
        }
        return nil
    }()

    @Test("SIGHUP loads nothing anew and loses nothing: the summary comes at the end")
    func hangup() async throws {
        let files = [
            "gateway": #"{"listen":"127.0.0.1:0","backends":{"b":{"url":"http://127.0.0.1:1"}}}"#,
            "compositions/a": #"{"endpoint":"GET /a","calls":{"c":{"backend":"b","path":"/c"}}}"#,
        ]
        try await withFiles(files) { directory in
            let program: URL = try #require(Self.program)
            let process = Process()
            let (output, errors) = (Pipe(), Pipe())
            process.executableURL = program
            process.currentDirectoryURL = URL(filePath: directory)
            process.arguments = ["record", "--settings", "gateway.json", "--fixtures", "fixtures"]
            process.standardOutput = output
            process.standardError = errors
            try process.run()
            defer { if process.isRunning { process.terminate() } }
            var printed = ""
            while !printed.contains("is written to") {
                let bytes = output.fileHandleForReading.availableData
                try #require(!bytes.isEmpty, "it ended: \(text(errors))")
                printed += String(decoding: bytes, as: UTF8.self)
            }
            kill(process.processIdentifier, SIGHUP)
            var told = ""
            while !told.contains("SIGHUP") {
                let bytes = errors.fileHandleForReading.availableData
                try #require(!bytes.isEmpty, "it ended: \(told)")
                told += String(decoding: bytes, as: UTF8.self)
            }
            #expect(told.contains("loads nothing anew"))
            process.terminate()
            #expect(text(output).contains("0 exchanges"))
            process.waitUntilExit()
            #expect(process.terminationReason == .exit && process.terminationStatus == 0)
        }
    }

    private func text(_ pipe: Pipe) -> String {
        String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }
}
