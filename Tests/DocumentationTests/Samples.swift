import Composition
import Diagnostics
import Foundation
import Replay
import Testing

/// The repository's own endpoints on its recorded backends.
enum Samples {
    /// Serves them as `medley serve` does, for the time of `body`.
    static func serve(_ body: (ServedFiles) async throws -> Void) async throws {
        let diagnostics = DiagnosticList()
        let fixtures = FixtureSet.load(directory: "\(Repository.root)/fixtures", diagnostics: diagnostics)
        let names = Repository.files(in: "compositions", suffix: ".json").filter { !$0.hasSuffix(".cases.json") }
        let files = try names.map { SourceFile(path: $0, bytes: try Repository.bytes(of: $0)) }
        let (fragments, endpoints) = (
            files.filter { Fragments.isFragment($0.path) }, files.filter { !Fragments.isFragment($0.path) }
        )
        let set = CompositionSet.compile(
            endpoints,
            fragments: Fragments(directory: "compositions", files: fragments),
            backends: fixtures?.backends.keys.sorted(),
            diagnostics: diagnostics
        )
        for finding in set.findings(answers: nil, maxBackendRequests: 1000) { diagnostics.add(finding) }
        #expect(diagnostics.sorted().map { $0.rendered() } == [])
        try await ServedFiles.with(compositions: set, fixtures: try #require(fixtures), body)
    }
}

@Suite("The samples")
struct SampleTests {
    @Test("every case beside a composition gets the reply that it states")
    func cases() async throws {
        let files = Repository.files(in: "compositions", suffix: ".cases.json")
        try await Samples.serve { served in
            for file in files {
                for each in try CaseFile(parsing: try Repository.bytes(of: file)).cases {
                    let reply = try await served.reply(to: each.request)
                    let differences = try each.expected.differences(from: reply)
                    #expect(differences == [], "\(file): \(each.name)")
                }
            }
        }
    }
}
