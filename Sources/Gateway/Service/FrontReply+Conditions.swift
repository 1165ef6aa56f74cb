import CurlTransport
import JSONSlices
import NIOHTTP1
import ResponseCache

extension FrontReply {
    /// The reply to this client, who may have it already: a 304 without a body where the request's conditions say so
    /// (RFC 9110, sections 13.1 and 15.4.5).
    func answering(_ request: FrontRequest) -> FrontReply {
        guard (200..<300).contains(status), request.method == "GET" || request.isHead else { return self }
        let tags = request.headers["if-none-match"]
        let dates = request.headers["if-modified-since"]
        guard !tags.isEmpty || !dates.isEmpty else { return self }
        let conditions =
            tags.map { HeaderField(name: "If-None-Match", value: $0) }
            + dates.map { HeaderField(name: "If-Modified-Since", value: $0) }
        let fields = headers.map { HeaderField(name: $0.0, value: $0.1) }
        let isNotModified = ClientConditions.isNotModified(
            conditions,
            entityTag: fields.values(of: "ETag").first,
            lastModified: fields.values(of: "Last-Modified").first,
            now: .now()
        )
        guard isNotModified else { return self }
        var reply = self
        reply.status = 304
        reply.body = JSONPieces([])
        reply.headers =
            ClientConditions.notModifiedFields(of: fields).map { ($0.name, $0.value) }
            + headers.filter { Self.isKeptWithout(body: $0.0) }
        return reply
    }

    /// Fields that say how the reply came to be.
    private static func isKeptWithout(body name: String) -> Bool {
        ["age", "cache-status", "medley-partial", "server-timing", "set-cookie"].contains {
            HeaderValidation.equal($0, name)
        }
    }
}
