import Diagnostics
import JSONSlices

/// Turns one fixture file into a checked value; what is wrong with it becomes diagnostics.
struct FixtureReader {
    static let keys = ["$schema", "summary"] + ExchangeReader.keys

    let file: FixtureFile
    let backend: String
    let diagnostics: DiagnosticList

    /// Nil when the file has errors.
    func read() -> Fixture? {
        let errors = diagnostics.errorCount
        guard let document = diagnostics.parse(file.source) else { return nil }
        guard let reader = object(document.root, role: "a fixture", keys: Self.keys) else { return nil }
        for key in ["$schema", "summary"] { _ = reader.string(key) }
        let fixture = ExchangeReader(reader: reader, backend: backend, name: file.name).read()
        return diagnostics.errorCount == errors ? fixture : nil
    }

    private func object(_ slice: JSONSlice, role: String, keys: [String]) -> ObjectReader? {
        ObjectReader(slice, in: file.source, role: role, known: keys, diagnostics: diagnostics)
    }
}

extension ObjectReader {
    /// An object of strings or lists of strings, as a fixture's query and its response's headers are written. A value of
    /// another kind is reported and left out.
    func stringLists(_ key: String) -> [(name: String, key: JSONSlice, values: [JSONSlice])] {
        guard let reader = map(key) else { return [] }
        return reader.members.compactMap { name, place, value in
            let values = value.kind == .array ? Array(value.elements) : [value]
            if let other = values.first(where: { $0.kind != .string }) {
                diagnostics.error(
                    "'\(name)' in '\(key)' must be a string or a list of strings, not \(other.kind.article)",
                    in: file,
                    at: other
                )
                return nil
            }
            if values.isEmpty {
                diagnostics.error("'\(name)' in '\(key)' must have a value", in: file, at: value)
                return nil
            }
            return (name, place, values)
        }
    }

    /// Reports a header name that is no token (RFC 9110, section 5.6.2).
    func checkHeaderName(_ name: String, at place: JSONSlice) {
        guard !HTTPText.isToken(name) else { return }
        diagnostics.error("'\(name)' is not a header name", in: file, at: place)
    }

    /// Reports a header value that would end its line or that HTTP does not allow (RFC 9110, section 5.5).
    func checkHeaderValue(_ value: JSONSlice, of name: String) {
        guard !HTTPText.isFieldValue(value.string ?? "") else { return }
        let message = "the value of the header '\(name)' has a control character or a blank at its end"
        diagnostics.error(message, in: file, at: value)
    }

    /// Reports that several of these keys stand side by side.
    func checkOneBody(of keys: [String]) {
        let found = keys.filter { self[$0] != nil }
        guard found.count > 1, let last = found.last, let place = self[last] else { return }
        diagnostics.error("'\(found[0])' and '\(last)' exclude each other", in: file, at: place, help: "keep one")
    }
}
