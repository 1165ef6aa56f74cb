import CurlTransport
public import Diagnostics
import JMESPath
public import RateLimits

/// One policy of `rateLimits`.
public struct LimitSettings: Sendable {
    /// What becomes of a request when Redis does not say how its shared limit stands.
    public enum WithoutRedis: Hashable, Sendable {
        /// It is let in, uncounted.
        case open
        /// It is refused with 503.
        case closed
        /// This node limits by itself, to a share of the limit: above 0, up to 1.
        case local(Double)
    }

    /// Visible ASCII without `"`, `\`, `:` and `,`: it stands in header fields and in keys.
    public var name: String
    public var rule: LimitRule
    /// Nil: all requests count together.
    var key: LimitKey?
    /// Nil: each node counts by itself.
    public var withoutRedis: WithoutRedis?
    /// The most keys that a node remembers.
    public var remember = 100_000
    /// Whether endpoints that do not name it are under it too.
    public var isForAll = false
    public var place: Diagnostic.Place

    /// By which a node counts for itself: a share of `rule` where Redis keeps the whole.
    var localRule: LimitRule {
        if case .local(let share)? = withoutRedis { rule.sharing(share) } else { rule }
    }
}
