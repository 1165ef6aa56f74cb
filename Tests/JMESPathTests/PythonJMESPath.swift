import Foundation
import JSONSlices
import Testing

/// PyPI's jmespath-community, asked through `jmespath_oracle.py`.
enum PythonJMESPath {
    struct Question {
        var expression: String
        var document: String
        /// Whether the package is put right where it departs from the specification.
        var isCorrected = true
    }

    static let executable = ProcessInfo.processInfo.environment["MEDLEY_JMESPATH_PYTHON"]

    /// What random expressions begin with: another one may find what is still unknown.
    static let seed = ProcessInfo.processInfo.environment["MEDLEY_JMESPATH_SEED"].flatMap(UInt64.init) ?? 11

    /// One object for each question: with `value`, `error` or `skipped`.
    static func answers(to questions: [Question]) throws -> [JSONSlice] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "jmespath-oracle-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let asked = folder.appending(path: "questions")
        let answered = folder.appending(path: "answers")
        try Data(questions.flatMap(line(of:))).write(to: asked)

        let process = Process()
        process.executableURL = URL(filePath: try #require(executable))
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "jmespath_oracle.py")
        process.arguments = ["-B"] + [script, asked, answered].map { $0.path(percentEncoded: false) }
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        let lines = try Data(contentsOf: answered).split(separator: UInt8(ascii: "\n"))
        try #require(lines.count == questions.count)
        return try lines.map { try JSONDocument(parsing: Array($0)).root }
    }

    private static func line(of question: Question) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("expression")
        writer.write(string: question.expression)
        writer.key("given")
        writer.writeRaw(utf8: Array(question.document.utf8))
        writer.key("corrected")
        writer.writeRaw(question.isCorrected ? "true" : "false")
        writer.endObject()
        return writer.finish() + [UInt8(ascii: "\n")]
    }
}
