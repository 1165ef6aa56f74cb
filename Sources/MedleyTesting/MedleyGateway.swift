import Cases
import CurlTransport

/// A gateway that serves for the time of a test, and what its recorded backends were asked.
public struct MedleyGateway: Sendable {
    private let gateway: ReplayedGateway

    init(gateway: ReplayedGateway) {
        self.gateway = gateway
    }

    /// `http://127.0.0.1:PORT`, for clients of your own.
    public var url: String { "http://\(gateway.address)" }

    /// - Parameter path: path and query, percent-encoded.
    /// - Throws: when there is no reply.
    public func get(_ path: String, headers: [String: String] = [:]) async throws -> MedleyReply {
        try await send("GET", path, headers: headers)
    }

    /// - Parameter json: the body's text, sent as it is.
    /// - Throws: when there is no reply.
    public func post(
        _ path: String,
        json: String,
        headers: [String: String] = [:]
    ) async throws -> MedleyReply {
        try await send("POST", path, headers: headers, body: Array(json.utf8))
    }

    /// Sends any request. With a body, `Content-Type` is `application/json` unless it is given.
    ///
    /// - Throws: when there is no reply.
    public func send(
        _ method: String,
        _ path: String,
        headers: [String: String] = [:],
        body: [UInt8]? = nil
    ) async throws -> MedleyReply {
        let request = ClientRequest(
            method: method,
            target: path,
            headers: headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
            body: body
        )
        let reply = try await gateway.reply(to: request)
        let fields = reply.headers.map { (name: $0.name, value: $0.value) }
        return MedleyReply(status: reply.status, fields: fields, body: reply.body)
    }

    /// What a backend was asked since the gateway started, in the order in which it arrived.
    public func received(_ backend: String) -> [BackendRequest] {
        received.filter { $0.backend == backend }
    }

    /// What all backends were asked since the gateway started, in the order in which it arrived.
    public var received: [BackendRequest] { gateway.received().map { BackendRequest($0) } }
}
