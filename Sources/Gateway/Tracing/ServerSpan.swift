import Telemetry

/// The span of one request of a client, from its header section to its reply.
final class ServerSpan: Sendable {
    /// The request's own place in the trace.
    let context: TraceContext
    /// The caller's span; nil where the trace begins here.
    let parent: UInt64?
    /// What the client asked for by name, `Host`; of a sampled request.
    let host: String?
    let userAgent: String?
    /// Whether the client has connected encrypted, to the gateway or to the trusted proxy before it.
    let isSecure: Bool

    init(context: TraceContext, parent: UInt64?, host: String?, userAgent: String?, isSecure: Bool) {
        self.context = context
        self.parent = parent
        self.host = host
        self.userAgent = userAgent
        self.isSecure = isSecure
    }
}

extension TraceContext {
    /// The span's id as it is written.
    var spanHex: String { Hex.text(spanID) }
}
