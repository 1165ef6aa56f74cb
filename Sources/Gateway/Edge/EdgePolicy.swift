import JSONSlices
import NIOHTTP1

/// What ``EdgeSettings`` have the gateway do to requests and replies. One value for all connections; safe from any thread.
final class EdgePolicy: Sendable {
    let settings: EdgeSettings
    /// Compressed forms of kept replies.
    let bodies: EncodedBodies

    init(_ settings: EdgeSettings) {
        self.settings = settings
        bodies = EncodedBodies(capacity: settings.compression?.memory ?? 0)
    }

    /// The finishing of one request's reply.
    func finish(for headers: HTTPHeaders, isSecure: Bool, isHead: Bool, isPreflight: Bool = false) -> ReplyFinish {
        ReplyFinish(
            policy: self,
            origin: settings.cors == nil ? nil : headers.first(name: "origin"),
            accepted: settings.compression == nil ? [] : headers["accept-encoding"],
            held: settings.compression == nil ? [] : headers["if-none-match"],
            isSecure: isSecure,
            isHead: isHead,
            isPreflight: isPreflight
        )
    }
}

/// What is done to the reply to one request before it is handed over, on the thread that has it ready: for a composed reply
/// that is a loop's, not the event loop of the connection.
final class ReplyFinish: Sendable {
    /// The bytes from which on a body is compressed on a loop's thread, whatever thread has it ready. gzip takes some
    /// milliseconds for so many.
    static let longBody = 64 << 10

    private let policy: EdgePolicy
    private let origin: String?
    private let accepted: [String]
    /// The entity tags that the client has already.
    private let held: [String]
    private let isSecure: Bool
    private let isHead: Bool
    private let isPreflight: Bool

    init(
        policy: EdgePolicy,
        origin: String?,
        accepted: [String],
        held: [String],
        isSecure: Bool,
        isHead: Bool,
        isPreflight: Bool
    ) {
        self.policy = policy
        self.origin = origin
        self.accepted = accepted
        self.held = held
        self.isSecure = isSecure
        self.isHead = isHead
        self.isPreflight = isPreflight
    }

    func callAsFunction(_ reply: FrontReply) -> FrontReply {
        var reply = reply
        policy.settings.headers.apply(to: &reply, isSecure: isSecure)
        policy.settings.cors?.add(to: &reply, origin: origin, isPreflight: isPreflight)
        if let rules = policy.settings.compression { compress(&reply, rules) }
        return reply
    }

    /// Whether this would keep a thread busy for longer than an event loop may be.
    func takesLong(_ reply: FrontReply) -> Bool {
        guard let rules = policy.settings.compression, reply.body.count > Self.longBody,
            case .encode(let coding) = decision(for: reply, rules)
        else { return false }
        guard let key = key(for: reply, coding) else { return true }
        return policy.bodies.find(key, reply.body.first) == nil
    }

    // MARK: Compression

    private func compress(_ reply: inout FrontReply, _ rules: CompressionRules) {
        if reply.status == 304 { return tellHolder(&reply) }
        switch decision(for: reply, rules) {
        case .never:
            break
        case .asItIs:
            reply.addVary("Accept-Encoding")
        case .encode(let coding):
            reply.addVary("Accept-Encoding")
            if isHead, reply.headLength != .ofBody {
                // The body is not here; what GET would say of it but for its length is known all the same.
                reply.headLength = .unknown
                reply.beCoded(as: coding)
            } else if let encoded = encoded(reply, coding, rules) {
                reply.body = JSONPieces(encoded)
                reply.beCoded(as: coding)
            }
        }
    }

    private func decision(for reply: FrontReply, _ rules: CompressionRules) -> CompressionRules.Decision {
        let count: Int? =
            switch reply.headLength {
            case .known(let length) where isHead: length
            case .unknown where isHead: nil
            default: reply.body.count
            }
        return rules.decision(for: reply, count: count, accepting: AcceptEncoding(accepted))
    }

    private func encoded(_ reply: FrontReply, _ coding: ContentCoding, _ rules: CompressionRules) -> [UInt8]? {
        let key = key(for: reply, coding)
        if let key, let found = policy.bodies.find(key, reply.body.first) { return found }
        let encoded = coding.encode(reply.body.bytes, level: rules.level(of: coding))
        if let key { policy.bodies.keep(encoded, for: key, reply.body.first) }
        return encoded
    }

    /// Under which name the compressed form is kept; nil for a reply that is made for one request.
    private func key(for reply: FrontReply, _ coding: ContentCoding) -> EncodedBodies.Key? {
        guard reply.isKept, reply.body.rest.isEmpty, let tag = reply.value(of: "etag") else { return nil }
        return EncodedBodies.Key(tag: tag, count: reply.body.count, coding: coding)
    }

    /// A 304 names the representation that the client has: where that was a compressed one, by its weak tag.
    private func tellHolder(_ reply: inout FrontReply) {
        guard let tag = reply.value(of: "etag") else { return }
        reply.addVary("Accept-Encoding")
        if held.contains(where: { $0.contains("W/" + tag) }) { reply.weakenTag() }
    }
}

extension FrontReply {
    /// Says that the body is coded, and takes back what holds for the bytes of the uncoded one alone.
    fileprivate mutating func beCoded(as coding: ContentCoding) {
        headers.removeAll { name, _ in
            name.equalsASCII("content-encoding") || name.equalsASCII("accept-ranges")
                || name.equalsASCII("content-digest") || name.equalsASCII("repr-digest") || name.equalsASCII("digest")
                || name.equalsASCII("content-md5")
        }
        headers.append(("Content-Encoding", coding.rawValue))
        weakenTag()
    }

    /// A strong tag names bytes, and the coded ones are others (RFC 9110, section 8.8.3.3).
    fileprivate mutating func weakenTag() {
        for index in headers.indices where headers[index].0.equalsASCII("etag") {
            if !headers[index].1.hasPrefix("W/") { headers[index].1 = "W/" + headers[index].1 }
        }
    }
}
