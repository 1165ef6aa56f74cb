public import Composition

/// Which endpoint answers a request, found as the gateway finds it, without serving any.
public struct EndpointLookup: Sendable {
    private let router: Router<Plan>

    /// - Returns: nil when the endpoints cannot be served together.
    public init?(_ compositions: CompositionSet) {
        let routes = compositions.plans.map { plan in
            Route(plan.pattern.method, plan.pattern.segments.map(RouteSegment.init), plan)
        }
        guard let router = try? Router(routes) else { return nil }
        self.router = router
    }

    /// - Parameters:
    ///   - method: nil for any.
    ///   - path: as a client sends it, percent-encoded, without the query.
    public func plans(method: String?, path: String) -> [Plan] {
        let methods = method.map { [$0 == "HEAD" ? "GET" : $0] } ?? ["GET", "POST", "PUT", "PATCH", "DELETE"]
        return methods.compactMap { method in
            if case .found(let plan, _) = router.lookup(method: method, rawPath: path) { plan } else { nil }
        }
    }
}
