/// Which requests are logged, and what of them: what `log` says beside its level and format.
public struct LogRules: Hashable, Sendable {
    /// The share of requests that are logged although nothing is wrong with them, from 0 to 1.
    public var sample = 1.0
    /// The least status that is always logged: 500, or 400 for clients' mistakes, too.
    public var errorsFrom = 500
    /// Requests that take as long are always logged; nil: none for that reason.
    public var slow: Duration?
    /// Whether a line tells what each request to a backend came to.
    public var calls = false
    /// Whether it names the consumer.
    public var consumer = false
    /// The request headers, in lower case, whose values it has.
    public var headers: [String] = []
    /// The query parameters whose values it has; of others nothing is logged.
    public var query: [String] = []

    public init() {}

    /// Whether a request is logged for its status or its time, whatever the share.
    func mustLog(status: Int, nanoseconds: Int64) -> Bool {
        if status >= errorsFrom { return true }
        guard let slow else { return false }
        return Duration.nanoseconds(nanoseconds) >= slow
    }
}
