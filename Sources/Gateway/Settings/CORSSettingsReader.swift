import Diagnostics
import JSONSlices

/// Reads `cors`.
struct CORSSettingsReader {
    static let keys = ["origins", "methods", "headers", "exposedHeaders", "credentials", "maxAge"]

    let diagnostics: DiagnosticList

    func read(_ settings: ObjectReader) -> CORSRules? {
        guard let reader = settings.nested("cors", known: Self.keys) else { return nil }
        guard let slice = reader["origins"] else {
            reader.missing("origins")
            return nil
        }
        guard let origins = origins(slice, reader) else { return nil }
        var rules = CORSRules(origins: origins)
        rules.methods = names("methods", reader)
        if let slice = reader["headers"] {
            rules.headers = slice.string == "*" ? nil : names("headers", reader)
        }
        rules.exposedHeaders = names("exposedHeaders", reader) ?? []
        rules.allowsCredentials = reader.bool("credentials") ?? false
        let maxAge = reader.duration("maxAge", in: .zero...(.seconds(86_400)))
        rules.maxAge = maxAge.map { Int($0.components.seconds) } ?? rules.maxAge
        if rules.allowsCredentials, origins.isAny, let place = reader["credentials"] {
            diagnostics.error(
                "credentials for every origin would let any page act for whoever is logged in",
                in: reader.file,
                at: place,
                help: "name the origins, or leave 'credentials' out"
            )
            return nil
        }
        return rules
    }

    private func origins(_ slice: JSONSlice, _ reader: ObjectReader) -> OriginList? {
        guard slice.kind == .array, slice.count > 0 else {
            return reader.mismatch("origins", slice, wanted: "a list such as [\"https://app.example.com\"], or [\"*\"]")
        }
        var origins = OriginList()
        var isWhole = true
        for element in slice.elements {
            guard let text = element.string, origins.add(text) else {
                diagnostics.error(
                    "no browser has such an origin",
                    in: reader.file,
                    at: element,
                    help: "https://app.example.com, https://*.example.com or *: in lower case, without a path, without "
                        + "the port that the scheme has anyway"
                )
                isWhole = false
                continue
            }
        }
        return isWhole ? origins : nil
    }

    /// A list of tokens.
    private func names(_ key: String, _ reader: ObjectReader) -> [String]? {
        guard let slice = reader[key] else { return nil }
        guard slice.kind == .array else { return reader.mismatch(key, slice, wanted: "a list of names") }
        let names = slice.elements.map(\.string)
        let tokens = names.compactMap { $0 }.filter {
            ReplyEncoder.isSendable("x-\($0)", "") && $0 != "*" && !$0.isEmpty
        }
        guard tokens.count == names.count else { return reader.mismatch(key, slice, wanted: "a list of names") }
        return tokens
    }
}
