import Composition
import CurlTransport
import Diagnostics
import Foundation
import Gateway
import JSONSlices
import Replay
import Testing

/// A real gateway on recorded backends, and a client for it.
struct ServedFiles: Sendable {
    private let port: Int
    private let client: CurlTransport
    private let target: Backend

    struct Request: Sendable {
        var method = "GET"
        /// Path and query.
        var target: String
        var headers: [(name: String, value: String)] = []
        var body: [UInt8]?
    }

    func reply(to request: Request) async throws -> TransportResponse {
        var headers = request.headers.map { HeaderField(name: $0.name, value: $0.value) }
        if request.body != nil, !headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            headers.append(HeaderField(name: "Content-Type", value: "application/json"))
        }
        let request = TransportRequest(
            backend: target,
            method: request.method,
            url: "http://127.0.0.1:\(port)\(request.target)",
            headers: headers,
            body: request.body,
            timeout: .seconds(20)
        )
        let loop = client.nextLoop()
        return try await Task(executorPreference: loop) { try await loop.perform(request) }.value
    }

    /// Serves compositions on the recorded backends of a directory for the time of `body`.
    static func with(
        compositions: CompositionSet,
        fixtures: FixtureSet,
        _ body: (ServedFiles) async throws -> Void
    ) async throws {
        let replay = try await ReplayServers.start(set: fixtures)
        var settings = GatewaySettings()
        settings.listen.port = 0
        settings.loops = 1
        settings.log.level = .error
        settings.shutdownGrace = .seconds(5)
        let gateway = try await Gateway.start(
            settings: settings,
            compositions: compositions,
            backends: replay.urls.map { BackendSettings(name: $0.key, url: $0.value) }
        )
        let client = try CurlTransport(backends: [BackendOptions(name: "gateway")], loops: 1)
        var thrown: (any Error)?
        do {
            let port = try #require(gateway.address.split(separator: ":").last.flatMap { Int($0) })
            let target = try #require(client.backend(named: "gateway"))
            try await body(ServedFiles(port: port, client: client, target: target))
        } catch {
            thrown = error
        }
        await client.shutdown()
        _ = await gateway.stop()
        await replay.shutdown()
        if let thrown { throw thrown }
    }
}

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

enum JSONText {
    static func compact(_ value: JSONSlice) -> String {
        switch value.kind {
        case .array:
            return "[" + value.elements.map { compact($0) }.joined(separator: ",") + "]"
        case .object:
            let members = value.members.map { "\(compact($0.key)):\(compact($0.value))" }
            return "{" + members.joined(separator: ",") + "}"
        default:
            return value.withUTF8 { String(decoding: $0, as: UTF8.self) }
        }
    }

    static func compact(_ value: JSONValue) throws -> String {
        var writer = JSONWriter()
        writer.write(value)
        return compact(try JSONDocument(parsing: writer.finish()).root)
    }

    static func compact(_ text: String) throws -> String {
        compact(try JSONDocument(parsing: Array(text.utf8)).root)
    }
}
