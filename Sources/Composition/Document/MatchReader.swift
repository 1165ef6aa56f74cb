import CurlTransport
import Diagnostics
import JSONSlices

/// Reads `match` of an endpoint: host, headers and query.
struct MatchReader {
    static let keys = ["host", "headers", "query"]
    static let testKeys = ["prefix", "present"]

    let file: SourceFile
    let diagnostics: DiagnosticList

    /// - Returns: nil where nothing is asked, or it has an error.
    func read(_ holder: ObjectReader) -> RequestMatch? {
        guard let slice = holder["match"], let reader = holder.nested("match", known: Self.keys) else { return nil }
        let hosts = hosts(reader)
        let headers = conditions("headers", reader) { member in
            guard HeaderValidation.isToken(member.name) else { return "'\(member.name)' is no header name" }
            guard !HeaderRules.isHopByHop(member.name) else {
                return "'\(member.name)' is about one connection, and says nothing of the request"
            }
            return HeaderValidation.equal(member.name, "host") ? "the host has a key of its own, \"host\"" : nil
        }
        let query = conditions("query", reader) { $0.name.isEmpty ? "a field of the query has a name" : nil }
        guard slice.kind != .object || slice.count > 0 else {
            return holder.mismatch("match", slice, wanted: "at least one of host, headers and query")
        }
        guard !hosts.isEmpty || !headers.isEmpty || !query.isEmpty else { return nil }
        return RequestMatch(
            hosts: hosts,
            headers: headers.map { FieldCondition(name: $0.name.lowercased(), test: $0.test) },
            query: query
        )
    }

    private func hosts(_ reader: ObjectReader) -> [HostPattern] {
        guard let slice = reader["host"] else { return [] }
        let elements = slice.kind == .array ? Array(slice.elements) : [slice]
        var hosts: [HostPattern] = []
        for element in elements {
            guard let text = element.string else {
                return reader.mismatch(
                    "host",
                    element,
                    wanted: "a host such as \"api.example.com\" or \"*.example.com\", or a list of them"
                ) ?? []
            }
            do throws(HostPattern.Failure) {
                let host = try HostPattern(parsing: text)
                if hosts.contains(host) {
                    diagnostics.error("the host '\(text)' stands twice", in: file, at: element, help: "keep one")
                }
                hosts.append(host)
            } catch {
                diagnostics.error(error.message, in: file, at: element, help: error.help)
            }
        }
        if elements.isEmpty {
            diagnostics.error(
                "no host is in 'host', so that no request is meant",
                in: file,
                at: slice,
                help: "name one, or leave the key out"
            )
        }
        return hosts
    }

    private func conditions(
        _ key: String,
        _ holder: ObjectReader,
        refusal: ((name: String, key: JSONSlice, value: JSONSlice)) -> String?
    ) -> [FieldCondition] {
        var conditions: [FieldCondition] = []
        for member in holder.map(key)?.members ?? [] {
            if let message = refusal(member) {
                diagnostics.error(message, in: file, at: member.key)
                continue
            }
            let name = key == "headers" ? member.name.lowercased() : member.name
            if conditions.contains(where: { $0.name == name }) {
                diagnostics.error(
                    "the header '\(member.name)' stands twice: upper and lower case are the same",
                    in: file,
                    at: member.key,
                    help: "keep one"
                )
            }
            if let test = test(member.value, of: member.name) {
                conditions.append(FieldCondition(name: name, test: test))
            }
        }
        return conditions
    }

    /// A text to be equal to, or an object with one test.
    private func test(_ slice: JSONSlice, of name: String) -> FieldCondition.Test? {
        if let text = slice.string { return .equals(text) }
        let wanted = "a text to be equal to, {\"prefix\": text} or {\"present\": true or false}"
        guard slice.kind == .object,
            let reader = ObjectReader(
                slice,
                in: file,
                role: "the condition of '\(name)'",
                known: Self.testKeys,
                diagnostics: diagnostics
            )
        else {
            diagnostics.error("'\(name)' must be \(wanted), not \(slice.kind.article)", in: file, at: slice)
            return nil
        }
        let prefix = reader.string("prefix")
        let present = reader.bool("present")
        guard (reader["prefix"] == nil) != (reader["present"] == nil) else {
            diagnostics.error("the condition of '\(name)' is one of 'prefix' and 'present'", in: file, at: slice)
            return nil
        }
        if let present { return present ? .present : .absent }
        guard let prefix else { return nil }
        guard !prefix.isEmpty else {
            diagnostics.error(
                "everything begins with an empty text",
                in: file,
                at: slice,
                help: "{\"present\": true}"
            )
            return nil
        }
        return .prefix(prefix)
    }
}
