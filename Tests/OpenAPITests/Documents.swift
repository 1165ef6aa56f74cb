import Composition
import Diagnostics
import JSONSlices
import Testing

/// The document of endpoints.
///
/// - Parameters:
///   - files: by path below `compositions/`.
///   - answers: recorded answers: method and path at a backend `b`, with the status where it is not 200, and the body;
///     nil for no recorded answers at all.
func document(
    of files: [(path: String, text: String)],
    answers: [(request: String, body: String)]? = nil,
    info: OpenAPIDocument.Info = .init(),
    sourceLocation: SourceLocation = #_sourceLocation
) throws -> JSONValue {
    let diagnostics = DiagnosticList()
    let sources = files.map { SourceFile(path: "compositions/\($0.path)", bytes: Array($0.text.utf8)) }
    let set = CompositionSet.compile(sources, backends: nil, diagnostics: diagnostics)
    try #require(
        !diagnostics.hasErrors,
        "\(diagnostics.sorted().map { $0.rendered() })",
        sourceLocation: sourceLocation
    )
    let recorded = answers.map { answers in
        RecordedAnswers([
            "b": answers.map { answer in
                let words = answer.request.split(separator: " ").map(String.init)
                let status = words.count > 2 ? Int(words[2]) ?? 0 : 200
                return .init(method: words[0], path: words[1], status: status, body: Array(answer.body.utf8))
            }
        ])
    }
    return OpenAPIDocument(of: set, in: "compositions", answers: recorded, info: info).value
}

/// As ``document(of:answers:)``, of one endpoint in `compositions/x.json`.
func document(of text: String, answers: [(request: String, body: String)]? = nil) throws -> JSONValue {
    try document(of: [("x.json", text)], answers: answers)
}

extension JSONValue {
    /// What stands at the end of some member names.
    func at(_ path: String...) -> JSONValue? {
        path.reduce(self as JSONValue?) { $0?.member($1) }
    }

    /// On one line.
    var text: String {
        var writer = JSONWriter()
        writer.write(self)
        return String(decoding: writer.finish(), as: UTF8.self)
    }

    var keys: [String] { (objectMembers ?? []).map(\.key) }

    /// The value with schemas in the place of references to them.
    func resolved(in document: JSONValue) -> JSONValue {
        if let reference = member("$ref")?.string, let name = reference.split(separator: "/").last,
            let schema = document.at("components", "schemas", String(name))
        {
            return schema.resolved(in: document)
        }
        if let elements = arrayElements { return .array(elements.map { $0.resolved(in: document) }) }
        guard let members = objectMembers else { return self }
        return .object(JSONObject(members: members.map { ($0.key, $0.value.resolved(in: document)) }))
    }
}
