import JSONSlices

/// Which replies are compressed, and how.
struct CompressionRules: Hashable, Sendable {
    /// `encodings`: in the order of preference where a client likes several alike.
    var encodings: [ContentCoding] = [.zstd, .br, .gzip]
    /// `levels`.
    var levels: [ContentCoding: Int] = [:]
    /// `minimumSize` in bytes: what fits into one packet anyway gains nothing.
    var minimumSize = 1024
    /// `types`: media types without parameters, in lower case; `text/*` and `*+json` stand for many.
    var types = TypeList.standard
    /// `memory` in bytes: what is kept of the compressed forms of kept replies, with the bodies they are of.
    var memory = 16 << 20

    func level(of coding: ContentCoding) -> Int { levels[coding] ?? coding.defaultLevel }

    /// What is to be done with a reply, decided from its head and length alone.
    enum Decision: Hashable, Sendable {
        /// It is sent as it is, whatever the client accepts.
        case never
        /// It is sent as it is, since the client likes that best, but might be compressed for others.
        case asItIs
        case encode(ContentCoding)
    }

    /// - Parameters:
    ///   - count: the bytes of the body; nil where it is not known.
    func decision(for reply: FrontReply, count: Int?, accepting accepted: AcceptEncoding) -> Decision {
        guard isCandidate(reply) else { return .never }
        let coding = accepted.choose(from: encodings)
        guard accepted.refusesIdentity && coding != nil || isWorthIt(reply, count: count) else { return .never }
        guard let coding, count != nil else { return .asItIs }
        return .encode(coding)
    }

    /// Whether the reply may have another coding at all.
    private func isCandidate(_ reply: FrontReply) -> Bool {
        switch reply.status {
        // No body, or a part of one whose place is counted in the bytes of the whole (RFC 9110, section 14.4).
        case ..<200, 204, 205, 206, 304: return false
        default: break
        }
        for (name, value) in reply.headers {
            if name.equalsASCII("content-encoding"), !value.equalsASCII("identity") { return false }
            if name.equalsASCII("content-range") { return false }
            if name.equalsASCII("cache-control"), Self.hasDirective("no-transform", value) { return false }
        }
        return true
    }

    private func isWorthIt(_ reply: FrontReply, count: Int?) -> Bool {
        guard let type = reply.value(of: "content-type"), types.contains(type) else { return false }
        return count.map { $0 >= minimumSize } ?? true
    }

    private static func hasDirective(_ directive: StaticString, _ value: String) -> Bool {
        value.split(separator: ",").contains { member in
            member.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }.equalsASCII(directive)
        }
    }
}

/// Media types.
struct TypeList: Hashable, Sendable {
    private var exact: Set<String> = []
    /// `text/`, of `text/*`.
    private var starts: [String] = []
    /// `+json`, of `*+json`.
    private var ends: [String] = []

    static let standard = TypeList([
        "application/json", "*+json", "text/*", "application/javascript", "application/xml", "*+xml",
        "application/x-ndjson", "application/yaml", "application/wasm",
    ])

    init(_ types: [String]) {
        for type in types {
            if type.hasSuffix("/*") {
                starts.append(String(type.dropLast()))
            } else if type.hasPrefix("*+") {
                ends.append(String(type.dropFirst()))
            } else {
                exact.insert(type)
            }
        }
        // Its parts have to come one by one.
        streams = types.contains("text/event-stream")
    }

    private let streams: Bool

    /// - Parameter type: a field's value, parameters and all.
    func contains(_ type: String) -> Bool {
        let essence = type.prefix { $0 != ";" && $0 != " " && $0 != "\t" }.lowercased()
        if essence == "text/event-stream" { return streams }
        return exact.contains(essence) || starts.contains { essence.hasPrefix($0) }
            || ends.contains { essence.hasSuffix($0) }
    }
}
