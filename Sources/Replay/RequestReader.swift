import Diagnostics
import JSONSlices

/// Reads the `request` of a fixture.
struct RequestReader {
    static let keys = ["method", "path", "query", "headers", "body", "bodyContains", "bodyText"]

    let reader: ObjectReader

    /// Of a path with placeholders, which are looked for one below the other.
    private static let maximumSegments = 64

    /// Nil when there is no path; other errors are in the diagnostics alone.
    func read() -> ExpectedRequest? {
        let method = method()
        let query = query()
        let headers = headers()
        reader.checkOneBody(of: ["body", "bodyContains", "bodyText"])
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
        checkPlaceholders(in: path, place)
        return path
    }

    /// A brace stands at the ends of a segment that is a placeholder, and nowhere else.
    private func checkPlaceholders(in path: String, _ place: JSONSlice) {
        var offset = 1
        var seen: Set<String> = []
        for piece in PathPattern.pieces(of: path) {
            if let name = PathPattern.placeholder(piece) {
                if !seen.insert(name).inserted {
                    report(
                        "the placeholder '\(name)' stands twice",
                        at: offset,
                        in: place,
                        help: "name each differently"
                    )
                }
            } else if let brace = piece.utf8.firstIndex(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "}") }) {
                let message = "a placeholder is a whole segment, a name in braces: '/users/{id}'"
                let distance = piece.utf8.distance(from: piece.startIndex, to: brace)
                report(message, at: offset + distance, in: place, help: "write '%7B' and '%7D' for braces")
            }
            offset += piece.utf8.count + 1
        }
        if !seen.isEmpty, PathPattern.pieces(of: path).count > Self.maximumSegments {
            let message = "a path with placeholders has \(Self.maximumSegments) segments at the most"
            reader.diagnostics.error(message, in: reader.file, at: place)
        }
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
        if let part = reader["bodyContains"] { return .contains(ComparableJSON(part)) }
        return reader.string("bodyText").map { .text(Array($0.utf8)) }
    }
}
