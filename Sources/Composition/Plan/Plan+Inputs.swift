/// What of a client's request has a part in the reply.
extension Plan {
    /// Whether replies may stand for later ones.
    public var cachesReplies: Bool { response.cache != nil }

    /// The fields of the client's request that the endpoint reads, for `Vary` (RFC 9110, section 12.5.5): lower-case,
    /// sorted.
    var headersRead: [String] {
        var names: Set<String> = Set(response.cache?.headers ?? [])
        for source in slotSources {
            switch source {
            case .requestHeader(let name): names.insert(name)
            case .requestLanguage: names.insert("accept-language")
            case .requestClaim, .requestConsumer: names.insert("authorization")
            case .parameter(let index):
                switch parameters[index].location {
                case .header: names.insert(parameters[index].searchName)
                case .cookie: names.insert("cookie")
                case .path, .query: continue
                }
            default: continue
            }
        }
        for call in calls { names.formUnion(call.cache?.headers ?? []) }
        return names.sorted()
    }

    /// Whether the client's cookies, credentials or address are among what is read, or decide whether there is a reply at all.
    var readsIdentity: Bool {
        // No `Vary` says so.
        slotSources.contains(.requestAddress)
            || access.map { !$0.policies.isEmpty } == true
            || headersRead.contains { $0 == "authorization" || $0 == "cookie" }
    }
}
