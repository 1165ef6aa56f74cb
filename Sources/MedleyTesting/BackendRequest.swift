import Cases

/// A request that a recorded backend received.
public struct BackendRequest: Sendable {
    public let backend: String
    public let method: String
    /// Path and query as they were sent.
    public let target: String
    /// Header fields in the order sent.
    public let fields: [(name: String, value: String)]
    public let body: [UInt8]
    /// The name of the fixture that answered; nil when none did.
    public let fixture: String?
    /// When it was read in full.
    public let began: ContinuousClock.Instant
    /// When the answer was sent in full, or else the connection ended; nil: not yet.
    public let ended: ContinuousClock.Instant?

    private let request: ReceivedRequest

    init(_ request: ReceivedRequest) {
        self.request = request
        backend = request.backend
        method = request.method
        target = request.target
        fields = request.headers
        body = request.body
        fixture = request.fixture
        began = request.began
        ended = request.ended
    }

    /// The target without its query.
    public var path: String { request.path }

    /// The first value of a parameter of the query, decoded; nil when there is none.
    public func query(_ name: String) -> String? { request.queryValues(name).first }

    /// The first field of that name, in any case; nil when there is none.
    public func header(_ name: String) -> String? { request.headerValues(name).first }

    /// The body as JSON; null when it is none.
    public var json: JSONResult { JSONResult(parsing: body) }
}
