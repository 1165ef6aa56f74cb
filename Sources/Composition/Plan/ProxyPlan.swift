public import Diagnostics

/// An endpoint that passes requests on as they are, compiled. Immutable; shared by all requests.
public final class ProxyPlan: Sendable {
    /// A part of the path that is sent.
    enum PathPart: Hashable, Sendable {
        case text(String)
        /// What a parameter of the pattern matched, as the client wrote it: by its place among them.
        case parameter(Int)
    }

    public let pattern: EndpointPattern
    /// `ANY /legacy/{rest...}`
    public let name: String
    let summary: String?
    /// Nil where the file says nothing of it.
    public let access: AccessRule?
    /// The limits that it is under, in the order of the file.
    public let limits: [LimitUse]
    public let backend: String
    /// Nil: the request's own.
    let path: [PathPart]?
    /// Nil is the backend's.
    let timeout: Duration?
    let cache: CacheRule?
    public let place: Diagnostic.Place

    init(
        pattern: EndpointPattern,
        summary: String?,
        access: AccessRule?,
        limits: [LimitUse],
        backend: String,
        path: [PathPart]?,
        timeout: Duration?,
        cache: CacheRule?,
        place: Diagnostic.Place
    ) {
        self.pattern = pattern
        self.name = pattern.description
        self.summary = summary
        self.access = access
        self.limits = limits
        self.backend = backend
        self.path = path
        self.timeout = timeout
        self.cache = cache
        self.place = place
    }
}
