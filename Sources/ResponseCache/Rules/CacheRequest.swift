public import CurlTransport

/// What the rules ask of a request.
public struct CacheRequest: Hashable, Sendable {
    public var method: String
    public var headers: [HeaderField]
    /// Whether it carries a client's credentials in `Authorization` (RFC 9111, section 3.5).
    public var isAuthorized: Bool

    public init(method: String = "GET", headers: [HeaderField] = [], isAuthorized: Bool = false) {
        self.method = method
        self.headers = headers
        self.isAuthorized = isAuthorized
    }

    /// Its `Cache-Control`, or its `Pragma` where there is none. Read at each call.
    public var directives: CacheDirectives { CacheDirectives.ofRequest(headers) }

    /// GET and HEAD, which can be answered by what is stored for a GET (RFC 9110, section 9.3).
    public var isRead: Bool { method == "GET" || method == "HEAD" }
}
