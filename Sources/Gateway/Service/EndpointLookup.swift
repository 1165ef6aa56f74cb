public import Composition
import NIOHTTP1

/// Which endpoint answers a request, found as the gateway finds it, without serving any.
public struct EndpointLookup: Sendable {
    private let router: Router<CompositionSet.Endpoint>

    /// - Returns: nil when the endpoints cannot be served together.
    public init?(_ compositions: CompositionSet) {
        guard let router = try? Router(compositions.endpoints.map { Route($0, $0) }) else { return nil }
        self.router = router
    }

    /// All that could answer such a request, whatever hosts, headers and queries they ask for besides.
    ///
    /// - Parameters:
    ///   - method: nil for any.
    ///   - path: as a client sends it, percent-encoded, without the query.
    public func endpoints(method: String?, path: String) -> [CompositionSet.Endpoint] {
        let methods =
            method.map { [$0 == "HEAD" ? "GET" : $0] } ?? ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
        var found: [CompositionSet.Endpoint] = []
        for method in methods {
            var routes: Set<Int> = []
            while true {
                var route: Int?
                let match = router.lookup(method: method, rawPath: path) { entry in
                    guard !routes.contains(entry.route) else { return false }
                    route = entry.route
                    return true
                }
                guard case .found(let endpoint, _) = match else { break }
                // A proxy of any method is found with each.
                if !found.contains(where: { $0.name == endpoint.name }) { found.append(endpoint) }
                // One that asks nothing more stands behind all that do.
                guard let route, endpoint.match != nil else { break }
                routes.insert(route)
            }
        }
        return found
    }

    /// The one that answers a request; nil for none.
    ///
    /// - Parameters:
    ///   - target: path and query, as a client sends them.
    ///   - host: as a client sends it; nil where it is not known, which is a host of no name.
    public func endpoint(
        method: String,
        target: String,
        host: String?,
        headers: [(name: String, value: String)]
    ) -> CompositionSet.Endpoint? {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let question = RouteQuestion(
            method: method,
            path: parts.first.map(String.init) ?? "",
            query: parts.count > 1 ? String(parts[1]) : nil,
            host: host,
            headers: HTTPHeaders(headers.map { ($0.name, $0.value) })
        )
        let match = router.lookup(method: method, rawPath: question.path) { entry in
            entry.alternative?.holds(for: question) ?? true
        }
        if case .found(let endpoint, _) = match { return endpoint }
        return nil
    }
}
