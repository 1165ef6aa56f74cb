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
    /// What is asked of a request besides; nil for nothing.
    public let match: RequestMatch?
    /// `ANY /legacy/{rest...}`, and what `match` asks in parentheses.
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
    /// How long a body that is passed on may stand still.
    public let stall: Duration
    /// The longest body of a request that is streamed, in bytes; nil: of any length.
    public let maxRequestBody: Int?
    /// How the backend is told of the client.
    public let forwarded: ForwardedPolicy
    public let place: Diagnostic.Place

    init(
        pattern: EndpointPattern,
        match: RequestMatch?,
        summary: String?,
        access: AccessRule?,
        limits: [LimitUse],
        backend: String,
        path: [PathPart]?,
        timeout: Duration?,
        cache: CacheRule?,
        stall: Duration = .seconds(60),
        maxRequestBody: Int? = nil,
        forwarded: ForwardedPolicy = .xForwarded,
        place: Diagnostic.Place
    ) {
        self.pattern = pattern
        self.match = match
        self.name = pattern.name(with: match)
        self.summary = summary
        self.access = access
        self.limits = limits
        self.backend = backend
        self.path = path
        self.timeout = timeout
        self.cache = cache
        self.stall = stall
        self.maxRequestBody = maxRequestBody
        self.forwarded = forwarded
        self.place = place
    }

    /// Whether bodies are passed on piece by piece: where none is kept.
    public var streams: Bool { cache == nil }
}
