import Cases
import Foundation
import Testing

/// A request and its reply, as an `http` block shows them.
struct Exchange {
    let request: ClientRequest
    let expected: ExpectedReply

    init(parsing block: FencedBlock) throws {
        let lines = block.text.split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex { $0.hasPrefix("HTTP/1.1 ") }, "\(block.place): no reply")
        let asked = Self.message(lines[..<start])
        let answered = Self.message(lines[start...])
        let words = asked.first.split(separator: " ")
        try #require(words.count == 2, "\(block.place): a request begins with a method and a target")
        request = ClientRequest(
            method: String(words[0]),
            target: String(words[1]),
            headers: asked.headers,
            body: asked.body.isEmpty ? nil : Array(asked.body.utf8)
        )
        let status = try #require(Int(answered.first.split(separator: " ")[1]), "\(block.place)")
        var headers: [ExpectedField] = []
        for (name, value) in answered.headers {
            if let index = headers.firstIndex(where: { $0.name == name }) {
                headers[index].values.append(value)
            } else {
                headers.append(ExpectedField(name: name, values: [value]))
            }
        }
        // What the page does not show is not compared.
        let body = answered.body.isEmpty ? .any : ExpectedBody(Array(answered.body.utf8))
        expected = ExpectedReply(status: status, headers: headers, body: body)
    }

    /// What is different from what the page shows, in a sentence each.
    func differences(on gateway: ReplayedGateway) async throws -> [String] {
        expected.mismatches(of: try await gateway.reply(to: request)).map(\.message)
    }

    private static func message(
        _ lines: ArraySlice<Substring>
    ) -> (first: Substring, headers: [(name: String, value: String)], body: String) {
        let end = lines.dropFirst().firstIndex(of: "") ?? lines.endIndex
        let headers = lines[..<end].dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (String(parts[0]), parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : "")
        }
        let body = lines[end...].dropFirst().joined(separator: "\n").trimmingCharacters(in: .newlines)
        return (lines.first ?? "", headers, body)
    }
}
