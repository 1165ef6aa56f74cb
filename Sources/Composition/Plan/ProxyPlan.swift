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
    /// Of a split the heaviest.
    public let backend: String
    let split: Split?
    let mirror: Mirror?
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
    let changes: ProxyChanges
    /// What templates and expressions read of a request.
    let slotSources: [SlotSource]
    public let place: Diagnostic.Place

    init(
        pattern: EndpointPattern,
        match: RequestMatch?,
        summary: String?,
        access: AccessRule?,
        limits: [LimitUse],
        backend: String,
        split: Split? = nil,
        mirror: Mirror? = nil,
        path: [PathPart]?,
        timeout: Duration?,
        cache: CacheRule?,
        stall: Duration = .seconds(60),
        maxRequestBody: Int? = nil,
        forwarded: ForwardedPolicy = .xForwarded,
        changes: ProxyChanges = ProxyChanges(),
        slotSources: [SlotSource] = [],
        place: Diagnostic.Place
    ) {
        self.pattern = pattern
        self.match = match
        self.name = pattern.name(with: match)
        self.summary = summary
        self.access = access
        self.limits = limits
        self.backend = backend
        self.split = split
        self.mirror = mirror
        self.path = path
        self.timeout = timeout
        self.cache = cache
        self.stall = stall
        self.maxRequestBody = maxRequestBody
        self.forwarded = forwarded
        self.changes = changes
        self.slotSources = slotSources
        self.place = place
    }

    /// Whether bodies are passed on piece by piece: where none is kept, and none read.
    public var streams: Bool { cache == nil && !changes.readsBodies }

    /// Whether something is drawn for each request.
    public var takesChances: Bool { split != nil || (mirror?.percent ?? 100) < 100 }

    /// Those that a request can go to, and be copied to.
    var backends: [String] { sides + (mirror.map { [$0.backend] } ?? []) }

    /// Those that a request can go to.
    var sides: [String] { split?.sides.map(\.backend) ?? [backend] }
}
