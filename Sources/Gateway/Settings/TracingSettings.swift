public import CurlTransport

/// Where traces go: `tracing`.
public struct TracingSettings: Hashable, Sendable {
    /// The collector's URL, its path included: `http://127.0.0.1:4318/v1/traces`.
    public var url: String
    /// Sent with every request to it.
    public var headers: [HeaderField] = []
    /// The share of traces that begin here and are recorded, from 0 to 1.
    public var sample = 1.0
    /// What the gateway is called there.
    public var service = "medley"
    /// Spans that may wait, 1 to 1,000,000; more are dropped.
    public var maxQueue = 8192
    /// Spans of one request to the collector, 1 to 10,000.
    public var batch = 512
    /// How long such a request may take.
    public var timeout: Duration = .seconds(5)
    /// The longest that a span waits for others.
    public var interval: Duration = .seconds(1)
    /// The authorities that vouch for the collector; nil: the system's.
    public var caFile: String?

    public init(url: String) {
        self.url = url
    }

    /// The name of the collector among the transport's backends, which none of the settings can have.
    static let backend = "tracing:otlp"

    /// How it is reached.
    var options: BackendOptions {
        var options = BackendOptions(name: Self.backend)
        options.maxConnections = 1
        options.maxInFlight = 1
        options.maxQueued = 1
        options.maxResponseBody = 1 << 20
        options.caFile = caFile
        return options
    }
}
