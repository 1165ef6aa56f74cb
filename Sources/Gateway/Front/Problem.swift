import NIOHTTP1

/// A problem document (RFC 9457): what a client is told when it does not get what it asked for.
///
/// The detail is written for the client's developer. It names what the client sent and which rule it broke, never
/// what lies behind the gateway.
struct Problem: Hashable, Sendable {
    /// A value of an extension member.
    enum Value: Hashable, Sendable {
        case string(String)
        case int(Int)
        case bool(Bool)
        case array([Value])
        case object([Member])
    }

    /// One extension member (RFC 9457, section 3.2).
    struct Member: Hashable, Sendable {
        var name: String
        var value: Value

        init(_ name: String, _ value: Value) {
            self.name = name
            self.value = value
        }
    }

    static let mediaType = "application/problem+json"

    /// A URI that names the kind of problem. `about:blank` says "no more than the status" (RFC 9457, section 4.2.1);
    /// others are URNs made by ``type(_:)``, which name a kind without promising a page.
    var type: String
    /// The kind in a few words, the same for every occurrence; by default the status's reason phrase.
    var title: String
    var status: Int
    /// This occurrence, in a sentence.
    var detail: String?
    /// A URI reference that names this occurrence, where there is one.
    var instance: String?
    /// Members beyond those of the RFC, in the order sent. A member named like one of the RFC's is left out.
    var extensions: [Member]

    init(
        status: Int,
        type: String = "about:blank",
        title: String? = nil,
        detail: String? = nil,
        instance: String? = nil,
        extensions: [Member] = []
    ) {
        self.status = status
        self.type = type
        self.title = title ?? HTTPResponseStatus(statusCode: status).reasonPhrase
        self.detail = detail
        self.instance = instance
        self.extensions = extensions
    }

    /// The URN of one of Medley's own kinds of problem, `name` in lower-case words with hyphens.
    static func type(_ name: String) -> String { "urn:problem-type:medley:" + name }

    /// The document in UTF-8.
    var json: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        var members = [Member("type", .string(type)), Member("title", .string(title)), Member("status", .int(status))]
        if let detail { members.append(Member("detail", .string(detail))) }
        if let instance { members.append(Member("instance", .string(instance))) }
        let reserved: Set = ["type", "title", "status", "detail", "instance"]
        members += extensions.filter { !reserved.contains($0.name) }
        Self.append(.object(members), to: &bytes)
        return bytes
    }

    /// The reply that carries this problem. It may not be stored: a problem is about one moment.
    func reply(headers: [(String, String)] = [], log: ReplyLog = ReplyLog()) -> FrontReply {
        FrontReply(
            status: status,
            headers: [("Content-Type", Self.mediaType), ("Cache-Control", "no-store")] + headers,
            body: json,
            log: log
        )
    }

    private static func append(_ value: Value, to bytes: inout [UInt8]) {
        switch value {
        case .string(let text):
            JSONText.append(text, to: &bytes)
        case .int(let number):
            bytes.append(contentsOf: String(number).utf8)
        case .bool(let flag):
            bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        case .array(let elements):
            JSONText.appendArray(elements, to: &bytes, append)
        case .object(let members):
            JSONText.appendObject(members.map { (name: $0.name, value: $0.value) }, to: &bytes, append)
        }
    }
}
