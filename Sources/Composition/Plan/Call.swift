import Diagnostics
import JMESPath

/// One call of a checked composition: what is sent, what counts as success, what becomes of the answer.
///
/// A class, since the run of a request hands it from step to step: its members are some thirty references.
final class Call: Sendable {
    let name: String
    /// Of a split the heaviest.
    let backend: String
    let split: Split?
    let method: String
    let path: PathTemplate
    let query: QueryTemplate
    let headers: [HeaderTemplate]
    let body: JSONTemplate?
    /// Nil: one request, or none where `when` says so.
    let forEach: ForEach?
    /// Where it is false, null or empty the call is skipped.
    let when: PlacedExpression?
    /// The value where `when` says no; nil for null.
    let otherwise: JSONTemplate?
    let success: SuccessRule
    let select: PlacedExpression?
    let omit: OmitPaths?
    /// Of one item, retries included; never beyond the endpoint's. Nil is the backend's, or the endpoint's.
    let timeout: Duration?
    let fallback: JSONTemplate?
    /// Nil: each answer is the backend's own.
    let cache: CacheRule?
    /// Statuses of a failure that become the reply's, instead of the default list.
    let propagate: Set<Int>?

    /// The calls that must be over before this one starts, by their place in the plan.
    let needs: [Int]
    /// The calls that the fallback reads; they run only when it is needed, unless something else mentions them.
    let fallbackNeeds: [Int]
    /// Whether the fallback speaks of the item that it stands in for.
    let fallbackReadsItem: Bool
    /// The calls whose `error` this one reads: it may make good what their failure has left behind.
    let errorsRead: [Int]
    /// Whether the client's `Authorization` is sent along, so that the backend's 401 and 403 are about the client.
    let forwardsAuthorization: Bool

    /// Where the call's name stands, and where the members of the call do.
    let namePlace: Diagnostic.Place
    let places: ObjectPlaces

    init(
        name: String,
        backend: String,
        split: Split? = nil,
        method: String,
        path: PathTemplate,
        query: QueryTemplate,
        headers: [HeaderTemplate],
        body: JSONTemplate?,
        forEach: ForEach?,
        when: PlacedExpression?,
        otherwise: JSONTemplate?,
        success: SuccessRule,
        select: PlacedExpression?,
        omit: OmitPaths?,
        timeout: Duration?,
        fallback: JSONTemplate?,
        cache: CacheRule?,
        propagate: Set<Int>?,
        needs: [Int],
        fallbackNeeds: [Int],
        fallbackReadsItem: Bool,
        errorsRead: [Int],
        forwardsAuthorization: Bool,
        namePlace: Diagnostic.Place,
        places: ObjectPlaces
    ) {
        self.name = name
        self.backend = backend
        self.split = split
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.forEach = forEach
        self.when = when
        self.otherwise = otherwise
        self.success = success
        self.select = select
        self.omit = omit
        self.timeout = timeout
        self.fallback = fallback
        self.cache = cache
        self.propagate = propagate
        self.needs = needs
        self.fallbackNeeds = fallbackNeeds
        self.fallbackReadsItem = fallbackReadsItem
        self.errorsRead = errorsRead
        self.forwardsAuthorization = forwardsAuthorization
        self.namePlace = namePlace
        self.places = places
    }

    /// Those that a request of it can go to.
    var backends: [String] { split?.sides.map(\.backend) ?? [backend] }

    /// Whether the reply cannot do without its value.
    var isRequired: Bool { fallback == nil }

    /// Whether sending it twice could do harm: it is neither repeated nor broken off half-way (RFC 9110, section 9.2.1).
    var isUnsafe: Bool { Self.isUnsafe(method: method) }

    static func isUnsafe(method: String) -> Bool {
        !["GET", "HEAD", "OPTIONS"].contains(method)
    }
}
