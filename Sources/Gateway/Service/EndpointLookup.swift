public import Composition

/// Which endpoint answers a request, found as the gateway finds it, without serving any.
public struct EndpointLookup: Sendable {
    private let router: Router<CompositionSet.Endpoint>

    /// - Returns: nil when the endpoints cannot be served together.
    public init?(_ compositions: CompositionSet) {
        guard let router = try? Router(compositions.endpoints.map { Route($0.pattern, $0) }) else { return nil }
        self.router = router
    }

    /// - Parameters:
    ///   - method: nil for any.
    ///   - path: as a client sends it, percent-encoded, without the query.
    public func endpoints(method: String?, path: String) -> [CompositionSet.Endpoint] {
        let methods =
            method.map { [$0 == "HEAD" ? "GET" : $0] } ?? ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
        var found: [CompositionSet.Endpoint] = []
        for method in methods {
            guard case .found(let endpoint, _) = router.lookup(method: method, rawPath: path) else { continue }
            // A proxy of any method is found with each.
            if !found.contains(where: { $0.pattern == endpoint.pattern }) { found.append(endpoint) }
        }
        return found
    }
}
