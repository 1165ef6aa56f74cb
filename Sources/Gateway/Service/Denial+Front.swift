import Identity

extension Denial {
    /// What the client is told: a 401 with its challenges (RFC 9110, section 15.5.2), a 403, or a 503.
    func reply(endpoint: String) -> FrontReply {
        let (status, type) =
            switch kind {
            case .unauthenticated, .invalid: (401, "unauthenticated")
            case .forbidden: (403, "forbidden")
            case .unavailable: (503, "identity-unavailable")
            }
        var headers = challenges.map { ("WWW-Authenticate", $0) }
        if kind == .unavailable { headers.append(("Retry-After", "5")) }
        return Problem(status: status, type: Problem.type(type), detail: detail)
            .reply(headers: headers, log: ReplyLog(endpoint: endpoint, failure: "access;reason=\(reason)"))
    }
}
