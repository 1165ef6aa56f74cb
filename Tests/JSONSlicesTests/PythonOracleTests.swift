import Foundation
import JSONSlices
import Testing

@Suite struct PythonOracleTests {
    @Test(
        "accepts what Python's parser accepts and reads the same values",
        .enabled(if: Python.executable != nil, "there is no python3 on the PATH")
    )
    func agrees() throws {
        var random = RandomDocuments(seed: 0x4A53_4F4E)
        var documents: [[UInt8]] = []
        for _ in 0..<1_000 {
            let document = random.document()
            documents += [document, random.damaged(document), random.damaged(document)]
        }
        documents += DocumentTable.accepted.map { Array($0.utf8) } + DocumentTable.refused.map(\.bytes)

        let answers = try Python.answers(to: documents)
        try #require(answers.count == documents.count)
        var accepted = 0
        for (document, answer) in zip(documents, answers) {
            let own = (try? JSONDocument(parsing: document)).map { "accept " + hex(canonical($0.root)) } ?? "refuse"
            #expect(own == answer, "\(text(document))")
            accepted += own == "refuse" ? 0 : 1
        }
        // Both sides of the question were asked.
        #expect(accepted > 1_000 && accepted < documents.count - 1_000)
    }
}

private enum Python {
    static let executable: URL? = {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").map { URL(filePath: String($0)).appending(path: "python3") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path(percentEncoded: false)) }
    }()

    /// One line of `oracle.py` for each document.
    static func answers(to documents: [[UInt8]]) throws -> [String] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "json-oracle-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let questions = folder.appending(path: "documents")
        let answers = folder.appending(path: "answers")
        try documents.map { hex($0) + "\n" }.joined().write(to: questions, atomically: false, encoding: .utf8)

        let process = Process()
        process.executableURL = executable
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "oracle.py")
        process.arguments = ["-B"] + [script, questions, answers].map { $0.path(percentEncoded: false) }
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return try String(contentsOf: answers, encoding: .utf8).split(separator: "\n").map(String.init)
    }
}

private func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xF)]] }, as: UTF8.self)
}
