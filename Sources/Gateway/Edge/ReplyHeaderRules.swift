/// Header fields that every reply gets or loses: `securityHeaders` and `responseHeaders`.
struct ReplyHeaderRules: Hashable, Sendable {
    /// A field that tells browsers to be careful.
    struct Security: Hashable, Sendable {
        /// As it is set: one of ``names``.
        var name: String
        var value: String
    }

    /// What `"securityHeaders": true` stands for.
    ///
    /// HSTS is without `includeSubDomains`, since whether other hosts of the domain speak TLS is not the gateway's to know.
    static let sane = [
        Security(name: "X-Content-Type-Options", value: "nosniff"),
        Security(name: strictTransportSecurity, value: "max-age=31536000"),
        Security(name: "Referrer-Policy", value: "no-referrer"),
        Security(name: contentSecurityPolicy, value: "default-src 'none'; frame-ancestors 'none'"),
    ]

    static let names = sane.map(\.name)
    static let strictTransportSecurity = "Strict-Transport-Security"
    static let contentSecurityPolicy = "Content-Security-Policy"

    /// Added where the reply has none of that name.
    var security: [Security] = []
    /// `responseHeaders.remove`, in lower case.
    var removed: Set<String> = []
    /// `responseHeaders.set`: in place of whatever the reply has.
    var set: [Field] = []

    struct Field: Hashable, Sendable {
        var name: String
        var value: String
    }

    var isEmpty: Bool { security.isEmpty && removed.isEmpty && set.isEmpty }

    /// - Parameter isSecure: whether the client's connection is encrypted; over another, browsers ignore HSTS (RFC 6797,
    ///   section 8.1), and it must not be sent (section 7.2).
    func apply(to reply: inout FrontReply, isSecure: Bool) {
        if !removed.isEmpty { reply.headers.removeAll { removed.contains($0.0.lowercased()) } }
        for field in security where field.isFor(reply, isSecure: isSecure) {
            let name = field.name.lowercased()
            if reply.headers.contains(where: { $0.0.lowercased() == name }) { continue }
            reply.headers.append((field.name, field.value))
        }
        for field in set {
            let name = field.name.lowercased()
            reply.headers.removeAll { $0.0.lowercased() == name }
            reply.headers.append((field.name, field.value))
        }
    }
}

extension ReplyHeaderRules.Security {
    fileprivate func isFor(_ reply: FrontReply, isSecure: Bool) -> Bool {
        switch name {
        case ReplyHeaderRules.strictTransportSecurity: isSecure
        // A page that a backend serves has sources that only its author knows.
        case ReplyHeaderRules.contentSecurityPolicy: reply.isJSON
        default: true
        }
    }
}

extension FrontReply {
    /// Whether the body is JSON of whatever kind.
    fileprivate var isJSON: Bool {
        guard let type = value(of: "content-type") else { return false }
        let essence = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        return essence == "application/json" || essence.hasSuffix("+json")
    }
}
