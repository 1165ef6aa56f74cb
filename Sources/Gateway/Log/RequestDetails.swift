import NIOHTTP1
import Telemetry

/// What the log and the trace want to know of a request beside what every line has; there is none where neither wants more.
final class RequestDetails: Sendable {
    /// The request's own span; nil where nothing is traced.
    let span: ServerSpan?
    /// Those that `log.headers` names.
    let headers: [(name: String, value: String)]
    /// The parameters that `log.query` names.
    let query: String?

    init(span: ServerSpan?, headers: [(name: String, value: String)] = [], query: String? = nil) {
        self.span = span
        self.headers = headers
        self.query = query
    }
}

extension AccessLog {
    /// What is to be remembered of a request for its line and its trace.
    func details(of headers: HTTPHeaders, query: String?, isSecure: Bool) -> RequestDetails? {
        guard tracing != nil || !rules.headers.isEmpty || !rules.query.isEmpty else { return nil }
        return RequestDetails(
            span: tracing?.begin(headers, isSecure: isSecure),
            headers: LoggedHeaders.values(of: rules.headers, in: headers, credentials: credentialHeaders),
            query: LoggedHeaders.parameters(rules.query, of: query)
        )
    }
}
