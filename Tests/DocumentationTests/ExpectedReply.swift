import CurlTransport
import Foundation
import JSONSlices

/// What a reply must be.
struct ExpectedReply: Sendable {
    var status: Int
    /// A list for a field that stands several times, nothing for one that must not be there. `…` in a value stands for
    /// any text.
    var headers: [(name: String, values: [String])] = []
    /// JSON; nil for any body.
    var body: [UInt8]?

    /// What is different, in a sentence each. A reply may say that it is partial only where that is expected.
    func differences(from reply: TransportResponse) throws -> [String] {
        var found: [String] = []
        if reply.status != status { found.append("the status is \(reply.status), not \(status)") }
        var headers = headers
        if !headers.contains(where: { $0.name.lowercased() == "medley-partial" }) {
            headers.append(("Medley-Partial", []))
        }
        for (name, values) in headers {
            let actual = reply.section.values(of: name)
            let isEqual = actual.count == values.count && zip(actual, values).allSatisfy { Self.matches($0, $1) }
            if !isEqual { found.append("\(name) is \(actual), not \(values)") }
        }
        guard let body else { return found }
        let (actual, expected) = (Self.compact(reply.body), Self.compact(body))
        if actual != expected { found.append("the body is\n\(actual)\nnot\n\(expected)") }
        return found
    }

    /// JSON without white space between its tokens, each token as it was written; any other text as it is.
    private static func compact(_ bytes: [UInt8]) -> String {
        guard let document = try? JSONDocument(parsing: bytes) else { return String(decoding: bytes, as: UTF8.self) }
        return JSONText.compact(document.root)
    }

    private static func matches(_ actual: String, _ expected: String) -> Bool {
        let parts = expected.components(separatedBy: "…")
        guard parts.count > 1 else { return actual == expected }
        guard actual.hasPrefix(parts[0]), actual.hasSuffix(parts[parts.count - 1]) else { return false }
        var rest = actual.dropFirst(parts[0].count)
        for part in parts.dropFirst().dropLast() {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return true
    }
}
