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

    init(context: TraceContext, parent: UInt64?, host: String?, userAgent: String?) {
        self.context = context
        self.parent = parent
        self.host = host
        self.userAgent = userAgent
    }
}

extension TraceContext {
    /// The span's id as it is written.
    var spanHex: String { Hex.text(spanID) }
}
