import Diagnostics
import JSONSlices

/// Reads the `request` of a fixture.
struct RequestReader {
    static let keys = ["method", "path", "query", "headers", "body", "bodyText"]

    let reader: ObjectReader

    /// Nil when there is no path; other errors are in the diagnostics alone.
    func read() -> ExpectedRequest? {
        let method = method()
        let query = query()
        let headers = headers()
        reader.checkOneBody()
        guard let path = path() else { return nil }
        return ExpectedRequest(method: method, path: path, query: query, headers: headers, body: body())
    }

    private func method() -> String {
        guard let method = reader.string("method"), let place = reader["method"] else { return "GET" }
        if !HTTPText.isToken(method) {
            reader.diagnostics.error("'\(method)' is not an HTTP method", in: reader.file, at: place)
        } else if method != method.uppercased() {
            let help = "write '\(method.uppercased())'"
            reader.diagnostics.error("methods are upper-case, not '\(method)'", in: reader.file, at: place, help: help)
        }
        return method
    }

    private func path() -> String? {
        guard let path = reader.requiredString("path"), let place = reader["path"] else { return nil }
        guard path.utf8.first == UInt8(ascii: "/") else {
            reader.diagnostics.error("'path' must begin with '/'", in: reader.file, at: place)
            return nil
        }
        if let mark = path.utf8.firstIndex(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }) {
            let offset = path.utf8.distance(from: path.startIndex, to: mark)
            report("'path' ends before '\(path[mark])'", at: offset, in: place, help: "parameters belong in 'query'")
        }
        if let offset = PercentCoding.firstBrokenEscape(in: path) {
            report("'%' must be followed by two hexadecimal digits", at: offset, in: place, help: "write '%25' for '%'")
        }
        return path
    }

    private func report(_ message: String, at offset: Int, in place: JSONSlice, help: String) {
        let start = reader.file.offset(ofDecoded: offset, in: place)
        reader.diagnostics.error(message, in: reader.file, at: start..<start + 1, help: help)
    }

    private func query() -> [String: [String]] {
        var query: [String: [String]] = [:]
        for (name, _, values) in reader.stringLists("query") {
            query[name] = values.compactMap(\.string)
        }
        return query
    }

    private func headers() -> [String: String] {
        var headers: [String: String] = [:]
        for (name, place, value) in reader.stringMap("headers") ?? [] {
            reader.checkHeaderName(name, at: place)
            reader.checkHeaderValue(value, of: name)
            if headers.updateValue(value.string ?? "", forKey: name.lowercased()) != nil {
                reader.diagnostics.error("the header '\(name)' stands twice", in: reader.file, at: place)
            }
        }
        return headers
    }

    private func body() -> ExpectedRequest.Body? {
        if let body = reader["body"] { return .json(ComparableJSON(body)) }
        return reader.string("bodyText").map { .text(Array($0.utf8)) }
    }
}
