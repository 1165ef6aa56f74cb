import Cases
import Composition
import Diagnostics
import Foundation
import JSONSlices
import Replay
import Testing

/// A template with values for the names in it: `{"given": {…}, "template": …, "gives": …}`.
struct TemplateExample {
    let given: [(name: String, value: JSONSlice)]
    let template: JSONSlice
    let gives: JSONSlice

    init(parsing block: FencedBlock) throws {
        let root = try JSONDocument(parsing: Array(block.text.utf8)).root
        given = try #require(root.member("given")).members.map { ($0.key.string ?? "", $0.value) }
        template = try #require(root.member("template"))
        gives = try #require(root.member("gives"))
    }

    /// An endpoint that answers with the template: each given name is a call.
    func run() async throws -> [String] {
        let calls = given.map { "\"\($0.name)\": {\"backend\": \"given\", \"path\": \"/\($0.name)\"}" }
        let composition =
            "{\"endpoint\": \"GET /\", \"calls\": {\(calls.joined(separator: ", "))}, "
            + "\"response\": {\"body\": \(JSONText.compact(template))}}"
        let directory = FileManager.default.temporaryDirectory.appending(path: "medley-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        let folder = directory.appending(path: "given")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, value) in given {
            let fixture =
                "{\"request\": {\"path\": \"/\(name)\"}, \"response\": {\"body\": \(JSONText.compact(value))}}"
            try Data(fixture.utf8).write(to: folder.appending(path: "\(name).json"))
        }
        let diagnostics = DiagnosticList()
        let file = SourceFile(path: "template", bytes: Array(composition.utf8))
        let set = CompositionSet.compile([file], backends: nil, diagnostics: diagnostics)
        let fixtures = FixtureSet.load(directory: directory.path, diagnostics: diagnostics)
        guard !diagnostics.hasErrors, let fixtures else { return diagnostics.sorted().map { $0.rendered() } }
        let expected = ExpectedReply(status: 200, body: ExpectedBody(Array(JSONText.compact(gives).utf8)))
        return try await ReplayedGateway.serving(.init(compositions: set, fixtures: fixtures)) { gateway in
            expected.mismatches(of: try await gateway.reply(to: ClientRequest(target: "/"))).map(\.message)
        }
    }
}
