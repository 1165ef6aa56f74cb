public import CurlTransport

/// A backend as the settings know it, joined to the transport that reaches it.
public struct BoundBackend: Sendable {
    public var backend: Backend
    /// `http://users.internal:8000/api`: scheme, authority, and a path without a slash at its end.
    public var base: String
    /// Sent with every call; a call's own header of the same name takes their place.
    public var headers: [HeaderField]
    /// For a call that names none of its own.
    public var timeout: Duration?

    public init(backend: Backend, base: String, headers: [HeaderField] = [], timeout: Duration? = nil) {
        self.backend = backend
        self.base = base
        self.headers = headers
        self.timeout = timeout
    }
}
