import Diagnostics
import JSONSlices

/// Reads the members of an object that make it one exchange: `request`, and `response` or `responses`.
struct ExchangeReader {
    static let keys = ["request", "response", "responses", "then"]

    let reader: ObjectReader
    let backend: String
    let name: String
    /// The scenario that the exchange belongs to.
    var scenario: String?

    /// Nil when the object has errors.
    func read() -> Fixture? {
        let errors = reader.diagnostics.errorCount
        if reader["request"] == nil { reader.missing("request") }
        let requestReader = reader.nested("request", known: RequestReader.keys)
        let request = requestReader.flatMap { RequestReader(reader: $0).read() }
        let responses = responses(placeholders: request?.pattern.names)
        let afterLast = afterLast()
        guard reader.diagnostics.errorCount == errors, let request, let first = responses.first,
            let place = reader["request"]
        else { return nil }
        return Fixture(
            backend: backend,
            name: name,
            file: reader.file.path,
            request: request,
            response: first,
            laterResponses: Array(responses.dropFirst()),
            afterLast: afterLast ?? .repeat,
            scenario: scenario,
            place: Diagnostic.Place(file: reader.file, range: place.byteRange)
        )
    }

    private func responses(placeholders: [String]?) -> [CannedResponse] {
        guard let list = reader["responses"] else {
            if reader["response"] == nil { reader.missing("response") }
            let response = reader.nested("response", known: ResponseReader.keys)
            return [response.flatMap { ResponseReader(reader: $0, placeholders: placeholders).read() }]
                .compactMap(\.self)
        }
        if reader["response"] != nil {
            let message = "'response' and 'responses' exclude each other"
            reader.diagnostics.error(message, in: reader.file, at: list, help: "keep one")
        }
        guard list.kind == .array, list.count > 0 else {
            return reader.mismatch("responses", list, wanted: "a list of one answer or more") ?? []
        }
        return list.elements.compactMap { element in
            ObjectReader(
                element,
                in: reader.file,
                role: "an answer",
                known: ResponseReader.keys,
                diagnostics: reader.diagnostics
            ).flatMap { ResponseReader(reader: $0, placeholders: placeholders).read() }
        }
    }

    private func afterLast() -> Fixture.AfterLast? {
        guard let text = reader.string("then"), let place = reader["then"] else { return nil }
        if reader["responses"] == nil {
            let message = "'then' says what follows the last of 'responses', and there are none"
            reader.diagnostics.error(message, in: reader.file, at: place)
        }
        if let value = Fixture.AfterLast(rawValue: text) { return value }
        let names = Fixture.AfterLast.allCases.map(\.rawValue)
        let help = suggestion(for: text, among: names)
        reader.diagnostics.error("'then' cannot be '\(text)'", in: reader.file, at: place, help: help)
        return nil
    }
}
