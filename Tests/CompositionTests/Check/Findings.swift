import Diagnostics
import Testing

@testable import Composition

/// The findings about one composition, as `line ‹text›: severity: message|help`, with the text that they point at.
///
/// - Parameter answers: recorded answers: backend, method and path, body.
func findings(
    _ text: String,
    answers: [(backend: String, request: String, body: String)]? = nil,
    maxBackendRequests: Int = 1000,
    sourceLocation: SourceLocation = #_sourceLocation
) throws -> [String] {
    let diagnostics = DiagnosticList()
    let file = SourceFile(path: "c.json", bytes: Array(text.utf8))
    let set = CompositionSet.compile([file], backends: nil, diagnostics: diagnostics)
    try #require(
        !diagnostics.hasErrors,
        "\(diagnostics.sorted().map { $0.rendered() })",
        sourceLocation: sourceLocation
    )
    let recorded = answers.map { answers in
        RecordedAnswers(
            Dictionary(grouping: answers, by: \.backend).mapValues { answers in
                answers.map { answer in
                    let parts = answer.request.split(separator: " ").map(String.init)
                    return .init(method: parts[0], path: parts[1], status: 200, body: Array(answer.body.utf8))
                }
            }
        )
    }
    for finding in set.findings(answers: recorded, maxBackendRequests: maxBackendRequests) { diagnostics.add(finding) }
    return diagnostics.sorted().map { diagnostic in
        let line = diagnostic.place.map { $0.file.position(of: $0.range.lowerBound).line } ?? 0
        let text = diagnostic.place.map { String(decoding: $0.file.bytes[$0.range], as: UTF8.self) } ?? ""
        return "\(line) ‹\(text)›: \(diagnostic.severity.rawValue): \(diagnostic.message)|\(diagnostic.help ?? "")"
    }
}
