import Diagnostics
import JSONSlices

/// Reads the members of an object that make it one exchange: `request` and `response`.
struct ExchangeReader {
    static let keys = ["request", "response"]

    let reader: ObjectReader
    let backend: String
    let name: String
    /// The scenario that the exchange belongs to.
    var scenario: String?

    /// Nil when the object has errors.
    func read() -> Fixture? {
        let errors = reader.diagnostics.errorCount
        for key in Self.keys where reader[key] == nil { reader.missing(key) }
        let requestReader = reader.nested("request", known: RequestReader.keys)
        let responseReader = reader.nested("response", known: ResponseReader.keys)
        let request = requestReader.flatMap { RequestReader(reader: $0).read() }
        let response = responseReader.flatMap { ResponseReader(reader: $0).read() }
        guard reader.diagnostics.errorCount == errors, let request, let response, let place = reader["request"] else {
            return nil
        }
        return Fixture(
            backend: backend,
            name: name,
            file: reader.file.path,
            request: request,
            response: response,
            scenario: scenario,
            place: Diagnostic.Place(file: reader.file, range: place.byteRange)
        )
    }
}
