import Foundation
import JSONSlices
import Testing

@testable import Composition

@Suite("Schemas beside PyPI's jsonschema")
struct SchemaOracleTests {
    @Test(
        "random schemas accept and refuse random values, and at the same places",
        .enabled(if: JSONSchemaOracle.python != nil, "there is no Python with jsonschema")
    )
    func agrees() throws {
        var random = RandomSchemas(seed: 0x5C_4E_3A)
        var questions: [JSONSchemaOracle.Question] = []
        while questions.count < 6_000 {
            let text = random.schema()
            // Contradictions, which `check` refuses, say nothing about values.
            guard let own = schema(text).schema, schema(text).errors.isEmpty else { continue }
            for _ in 0..<8 {
                let value = random.value()
                var check = SchemaCheck()
                check.check(.slice(try JSONDocument(parsing: value).root), against: own)
                questions.append(.init(schema: text, value: value, mismatches: check.mismatches))
            }
        }
        let answers = try JSONSchemaOracle.answers(to: questions)
        try #require(answers.count == questions.count)
        var accepted = 0
        for (question, answer) in zip(questions, answers) {
            accepted += answer == "accept" ? 1 : 0
            #expect(question.ownAnswer == answer, "\(question.schema) on \(question.value)")
        }
        // Both sides of the question were asked.
        #expect(accepted > 600 && accepted < questions.count - 600)
    }
}

/// Python with the package jsonschema, when there is one: that of `MEDLEY_JSONSCHEMA_PYTHON`, else the one on the PATH.
private enum JSONSchemaOracle {
    struct Question {
        let schema: String
        let value: String
        let mismatches: [SchemaMismatch]

        /// As `schema_oracle.py` writes it: a missing member and one too many are told at their object.
        var ownAnswer: String {
            guard !mismatches.isEmpty else { return "accept" }
            let places = mismatches.map { mismatch in
                ["is missing", "is not known here"].contains(mismatch.message)
                    ? mismatch.pointer.split(separator: "/", omittingEmptySubsequences: false).dropLast()
                        .joined(separator: "/") : mismatch.pointer
            }
            return "refuse " + Set(places).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined(separator: " ")
        }
    }

    static let python: String? = {
        if let given = ProcessInfo.processInfo.environment["MEDLEY_JSONSCHEMA_PYTHON"] { return given }
        return (try? run("python3", ["-c", "import jsonschema"])) == 0 ? "python3" : nil
    }()

    static func answers(to questions: [Question]) throws -> [String] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "schema-oracle-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let asked = folder.appending(path: "questions")
        let answered = folder.appending(path: "answers")
        let text = questions.map { "\($0.schema)\t\($0.value)\n" }.joined()
        try text.write(to: asked, atomically: false, encoding: .utf8)
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "schema_oracle.py")
        let paths = [script, asked, answered].map { $0.path(percentEncoded: false) }
        try #require(try run(python ?? "python3", ["-B"] + paths) == 0)
        return try String(contentsOf: answered, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// - Returns: the exit status.
    private static func run(_ program: String, _ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
