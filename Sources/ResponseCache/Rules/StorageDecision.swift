/// Whether a response is kept.
public enum StorageDecision: Hashable, Sendable {
    case store(StoredLifetime)
    case refuse(StorageRefusal)

    /// The lifetime, where it is kept.
    public var lifetime: StoredLifetime? {
        guard case .store(let lifetime) = self else { return nil }
        return lifetime
    }
}

/// Why a response is not kept. Each is a word for `Cache-Status` and for logs.
public enum StorageRefusal: String, Hashable, Sendable, CaseIterable {
    /// Neither GET, nor POST with the operator's word that it is a read.
    case method
    /// No final status, or an answer to a condition or a range.
    case status
    /// `must-understand` with a status that is not understood.
    case mustUnderstand = "must-understand"
    /// `no-store` of the request.
    case requestNoStore = "request-no-store"
    /// `no-store` of the response.
    case noStore = "no-store"
    case `private`
    /// The request has `Authorization`, and the response does not say that it may be shared.
    case authorization
    case setCookie = "set-cookie"
    /// `Vary: *`.
    case varyAny = "vary-any"
    /// `Content-Range` in the answer to a request for a range.
    case contentRange = "content-range"
    /// Nobody says how long it is fresh.
    case noLifetime = "no-lifetime"
    /// It could never be used: stale when it came, and there is nothing to ask the origin with.
    case stale
    /// The body is larger than `maxEntry`.
    case tooLarge = "too-large"
}
