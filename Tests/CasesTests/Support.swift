import Composition
import Diagnostics
import Foundation
import JSONSlices
import Replay
import TestSupport
import Testing

@testable import Cases

/// What a file of cases is called in these tests.
let path = "compositions/a.cases.json"

/// Reads a text as a file of cases, and gives what is wrong with it.
func read(_ text: String, names: CaseNames = CaseNames()) -> (file: CaseFile?, findings: [String]) {
    let diagnostics = DiagnosticList()
    let source = SourceFile(path: path, bytes: Array(text.utf8))
    let file = CaseFile.read(source, names: names, diagnostics: diagnostics)
    let findings = diagnostics.sorted().map { finding in
        let place = finding.place.map { $0.start.dropFirst(path.count + 1) } ?? ""
        return "\(place): \(finding.message)" + (finding.help.map { " (\($0))" } ?? "")
    }
    return (file, findings)
}

/// A file with one case, whose members beside name and request are these.
func oneCase(_ members: String) -> String {
    "{ \"cases\": [ { \"name\": \"a\", \"request\": { \"path\": \"/a\" }, \(members) } ] }"
}

func json(_ text: String) throws -> JSONSlice { try JSONDocument(parsing: text).root }

/// Compositions and fixtures by their paths, loaded.
func world(_ files: [String: String]) async throws -> ReplayedGateway.Configuration {
    let (backends, compositions) = (
        files.filter { $0.key.hasPrefix("fixtures/") }, files.filter { $0.key.hasPrefix("compositions/") }
    )
    let diagnostics = DiagnosticList()
    let named = Dictionary(uniqueKeysWithValues: backends.map { (String($0.key.dropLast(".json".count)), $0.value) })
    let fixtures = try await withFiles(named) { directory in
        FixtureSet.load(directory: "\(directory)/fixtures", diagnostics: diagnostics)
    }
    let set = CompositionSet.compile(
        compositions.sorted { $0.key < $1.key }.map { SourceFile(path: $0.key, bytes: Array($0.value.utf8)) },
        backends: nil,
        diagnostics: diagnostics
    )
    #expect(diagnostics.sorted().map { $0.rendered() } == [])
    return ReplayedGateway.Configuration(compositions: set, fixtures: try #require(fixtures))
}
