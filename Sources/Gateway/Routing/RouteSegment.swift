import Composition

/// One segment of an endpoint's path, between two slashes.
enum RouteSegment: Hashable, Sendable {
    /// Matches itself, after the request's segment has been percent-decoded. Given decoded.
    case literal(String)
    /// Matches any one segment that is not empty.
    case parameter(String)
    /// Matches everything from here to the end of the path, slashes included, also nothing. Must come last.
    case rest(String)
}

/// One endpoint as the router is given it.
struct Route<Endpoint: Sendable>: Sendable {
    /// An HTTP method, or ``anyMethod`` for those that no other route of the same path names.
    var method: String
    /// The path's segments; `/` has none, or one empty literal. A trailing slash is an empty literal at the end.
    var segments: [RouteSegment]
    /// What a request has to be besides; nil for nothing.
    var match: RequestMatch?
    var endpoint: Endpoint

    init(_ method: String, _ segments: [RouteSegment], match: RequestMatch? = nil, _ endpoint: Endpoint) {
        self.method = method
        self.segments = segments
        self.match = match
        self.endpoint = endpoint
    }
}

/// In place of a method: all of them.
let anyMethod = "ANY"

/// Why routes cannot be served together. Indices are those of the routes given.
struct RoutingError: Error, Hashable {
    /// Two routes that match exactly the same requests.
    struct Conflict: Hashable {
        var first: Int
        var second: Int
    }

    var conflicts: [Conflict]
    /// Routes with a segment behind `{rest...}`.
    var restNotLast: [Int]
}

/// What a request's method and path lead to.
enum RouteMatch<Endpoint: Sendable>: Sendable {
    /// The parameters' raw, percent-encoded text, in the order of the path.
    case found(Endpoint, parameters: [Substring])
    /// The path is known, the method is not: for the `Allow` field (RFC 9110, section 10.2.1), sorted.
    case methodNotAllowed(allow: [String])
    case notFound
    /// The path has invalid percent-encoding, NUL, or a `.` or `..` segment: it is refused rather than interpreted,
    /// since a backend may interpret it otherwise.
    case badPath
}
