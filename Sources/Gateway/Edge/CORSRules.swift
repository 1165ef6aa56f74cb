import NIOHTTP1

/// Which other origins' scripts may read replies, and send what requests (Fetch standard, section 3.2).
struct CORSRules: Hashable, Sendable {
    /// `origins`.
    var origins: OriginList
    /// `methods`; nil: those that the path has.
    var methods: [String]?
    /// `headers`; nil: any, which are named in the reply since `*` would not cover `Authorization`.
    var headers: [String]? = ["Content-Type", "Authorization"]
    /// `exposedHeaders`: those of replies that scripts may read beyond the safelisted ones.
    var exposedHeaders: [String] = []
    /// `credentials`: whether requests may carry cookies, and scripts may read the replies to them.
    var allowsCredentials = false
    /// `maxAge` in seconds: how long a browser may remember what a preflight was told.
    var maxAge = 600

    /// A request that a browser sends ahead of another (Fetch standard, section 3.2.2).
    struct Preflight: Hashable, Sendable {
        var origin: String
        var method: String
        var headers: [String]

        /// - Returns: nil for an OPTIONS of another kind.
        init?(method: String, headers fields: HTTPHeaders) {
            guard method == "OPTIONS", let origin = fields.first(name: "origin"),
                let wanted = fields.first(name: "access-control-request-method")
            else { return nil }
            self.origin = origin
            self.method = wanted
            headers = fields[canonicalForm: "access-control-request-headers"].map(String.init)
        }
    }

    /// The reply to a preflight for a path that has an endpoint for the method.
    ///
    /// What is not allowed is left out, so that the browser says what is missing. ``add(to:origin:)`` adds the rest.
    func reply(to preflight: Preflight) -> FrontReply {
        let methods = methods ?? [preflight.method]
        var fields = [("Access-Control-Allow-Methods", methods.joined(separator: ", "))]
        let allowed = headers ?? preflight.headers.filter(Self.isToken)
        if !allowed.isEmpty { fields.append(("Access-Control-Allow-Headers", allowed.joined(separator: ", "))) }
        fields.append(("Access-Control-Max-Age", String(maxAge)))
        return FrontReply(status: 204, headers: fields)
    }

    static let originRefused = Problem(
        status: 403,
        type: Problem.type("cors-origin"),
        detail: "Scripts of this origin may not use the gateway."
    )

    /// Adds to a reply what lets a script of `origin` read it; fields of the backend's own go.
    ///
    /// - Parameter isPreflight: that what the reply says of methods and headers is this gateway's.
    func add(to reply: inout FrontReply, origin: String?, isPreflight: Bool = false) {
        if !isPreflight { reply.headers.removeAll { $0.0.isCORSField } }
        if origins.isAny, !allowsCredentials {
            // The same for everybody, and so for whatever cache is in between.
            reply.headers.append(("Access-Control-Allow-Origin", "*"))
        } else {
            reply.addVary("Origin")
            guard let origin, origins.contains(origin) else { return }
            reply.headers.append(("Access-Control-Allow-Origin", origin))
            if allowsCredentials { reply.headers.append(("Access-Control-Allow-Credentials", "true")) }
        }
        if !isPreflight, !exposedHeaders.isEmpty {
            reply.headers.append(("Access-Control-Expose-Headers", exposedHeaders.joined(separator: ", ")))
        }
    }

    private static func isToken(_ name: String) -> Bool {
        ReplyEncoder.isSendable("x-\(name)", "") && name.utf8.count <= 128
    }
}

/// Origins as `Origin` has them: scheme, host and port.
struct OriginList: Hashable, Sendable {
    /// `*`.
    private(set) var isAny = false
    private var exact: Set<String> = []
    /// What stands around the `*` of `https://*.example.com:8443`.
    private var patterns: [Pattern] = []

    fileprivate struct Pattern: Hashable, Sendable {
        var start: String
        var end: String
    }

    /// Adds what an operator has written.
    ///
    /// - Returns: false for what no browser would send.
    mutating func add(_ text: String) -> Bool {
        if text == "*" {
            isAny = true
            return true
        }
        guard let scheme = text.firstRange(of: "://"), !text[..<scheme.lowerBound].isEmpty else { return false }
        let isPlain = text.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || ".-:/+[]*".utf8.contains(byte)
        }
        let authority = text[scheme.upperBound...]
        guard isPlain, !authority.isEmpty, !authority.contains("/"), !text.hasSuffix(":") else { return false }
        // Browsers leave out the port that the scheme has anyway.
        guard !(text.hasPrefix("https:") && text.hasSuffix(":443")), !(text.hasPrefix("http:") && text.hasSuffix(":80"))
        else { return false }
        guard text.contains("*") else {
            exact.insert(text)
            return true
        }
        let domain = authority.dropFirst(1)
        guard authority.hasPrefix("*."), !domain.contains("*"), domain.count > 1, !domain.hasSuffix(".") else {
            return false
        }
        patterns.append(Pattern(start: String(text[..<scheme.upperBound]), end: String(domain)))
        return true
    }

    func contains(_ origin: String) -> Bool {
        if exact.contains(origin) { return true }
        // What is sent back has to be harmless.
        guard origin.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return false }
        return isAny || patterns.contains { $0.matches(origin) }
    }
}

extension OriginList.Pattern {
    /// One label or several stand for the `*`.
    fileprivate func matches(_ origin: String) -> Bool {
        guard origin.hasPrefix(start), origin.hasSuffix(end) else { return false }
        let label = origin.utf8.dropFirst(start.utf8.count).dropLast(end.utf8.count)
        guard origin.utf8.count > start.utf8.count + end.utf8.count, label.first != UInt8(ascii: ".") else {
            return false
        }
        return label.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: ".")
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
        }
    }
}

extension String {
    /// `Access-Control-…`, which says what other origins may do.
    fileprivate var isCORSField: Bool {
        utf8.count > 15 && prefix(15).equalsASCII("access-control-")
    }
}
