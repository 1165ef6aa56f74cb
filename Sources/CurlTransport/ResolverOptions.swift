/// How names become addresses, and for how long an answer is good.
public struct ResolverOptions: Sendable {
    /// What a look-up found.
    public enum Answer: Hashable, Sendable {
        /// IPv4 and IPv6 addresses as text, the preferred one first.
        case addresses([String])
        /// None, and why.
        case failure(detail: String)
    }

    /// An answer younger than this is used as it is. `getaddrinfo` tells no time to live, hence a fixed one.
    public var freshness: Duration = .seconds(30)

    /// One older, up to this age, is still used while a new one is fetched, and kept should that fail: a name service
    /// that hiccups takes no backend down. Older still, requests wait for the new one.
    public var staleness: Duration = .seconds(300)

    /// How long a failure is remembered when there is no older answer.
    public var failureLifetime: Duration = .seconds(1)

    /// Look-ups at the same time, each of which may block; one thread each, started on demand.
    public var maxThreads = 16

    /// Looks a name up; may block for as long as it likes. The default asks `getaddrinfo`.
    public var lookup: @Sendable (_ host: String) -> Answer

    public init(lookup: (@Sendable (_ host: String) -> Answer)? = nil) {
        self.lookup = lookup ?? SystemResolver.addresses(of:)
    }
}
