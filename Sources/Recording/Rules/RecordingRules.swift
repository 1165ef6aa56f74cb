/// What of an exchange goes into its fixture. Names of headers are in small letters.
public struct RecordingRules: Sendable {
    /// Request headers that tell requests apart.
    public var matchedHeaders: Set<String> = []
    /// Query parameters that do not: a time, a random number.
    public var ignoredParameters: Set<String> = []
    /// Response headers that are left out besides those that change with each answer.
    public var droppedHeaders: Set<String> = []
    /// Response headers that are kept although they change with each answer.
    public var keptHeaders: Set<String> = []
    public var secrets = SecretRules()
    /// Places in JSON bodies whose values are secret whatever their names.
    public var redactedPaths: [RedactionPath] = []
    /// Whether an answer's time becomes the fixture's `delay`.
    public var keepsDelays = false
    /// Whether JSON with white space between its tokens is kept as text, byte for byte.
    public var isExact = false

    public init() {}
}

/// Response headers that have no place in a fixture.
enum VolatileHeaders {
    /// Those of the connection and of the body's way over it: the fixture's server writes its own.
    static let framing: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "transfer-encoding", "te", "trailer", "upgrade",
        "content-length", "content-encoding",
    ]

    /// Whether a header says something about this one answer, its time or its way, and nothing about the resource.
    static func contains(_ name: String) -> Bool {
        names.contains(name) || prefixes.contains(where: name.hasPrefix)
    }

    private static let names: Set<String> = [
        "date", "server", "via", "age", "x-request-id", "request-id", "x-correlation-id", "correlation-id",
        "x-trace-id", "traceparent", "tracestate", "traceresponse", "x-amzn-trace-id", "x-amzn-requestid",
        "x-amz-request-id", "x-amz-id-2", "x-amz-cf-id", "x-amz-cf-pop", "x-ms-request-id", "x-github-request-id",
        "x-cloud-trace-context", "cf-ray", "cf-cache-status", "x-cache", "x-cache-hits", "x-served-by", "x-timer",
        "x-runtime", "x-response-time", "x-envoy-upstream-service-time", "server-timing", "nel", "report-to",
        "alt-svc", "x-powered-by", "content-md5", "digest", "content-digest", "repr-digest", "ratelimit",
    ]

    private static let prefixes = ["x-b3-", "x-ratelimit-", "x-rate-limit-", "ratelimit-"]
}
