import Composition

/// Finds the endpoint of a request.
///
/// A trie over path segments, built once into flat arrays and only read afterwards, from any thread. Its literal edges
/// lie in one hash table, so that a segment costs the same among ten endpoints as among ten thousand. At each segment
/// a literal is tried first, then a parameter, then a rest; a branch that turns out to lead nowhere is left for the
/// next one. No path visits a node twice, and how many branches there are to try is up to the endpoints' author, not
/// to the client.
struct Router<Endpoint: Sendable>: Sendable {
    /// What is known at one place of the trie.
    struct Node: Sendable {
        /// The node behind any one segment.
        var parameter: Int?
        /// Routes that end here, and those that take the rest from here.
        var routes = MethodTable()
        var restRoutes = MethodTable()
    }

    private(set) var nodes: [Node] = [Node()]
    private(set) var edges = LiteralEdges()
    private let endpoints: [Endpoint]

    /// - Throws: ``RoutingError`` with everything that is wrong, not only the first.
    init(_ routes: [Route<Endpoint>]) throws(RoutingError) {
        endpoints = routes.map(\.endpoint)
        var error = RoutingError(conflicts: [], restNotLast: [])
        for (index, route) in routes.enumerated() {
            insert(route, index: index, into: &error)
        }
        guard error.conflicts.isEmpty, error.restNotLast.isEmpty else { throw error }
    }

    private mutating func insert(_ route: Route<Endpoint>, index: Int, into error: inout RoutingError) {
        var node = 0
        let segments = route.segments.isEmpty ? [.literal("")] : route.segments
        for (position, segment) in segments.enumerated() {
            switch segment {
            case .literal(let text):
                node = child(of: node, literal: Array(text.utf8))
            case .parameter:
                node = parameterChild(of: node)
            case .rest:
                guard position == segments.count - 1 else {
                    error.restNotLast.append(index)
                    return
                }
                for entry in Self.entries(of: route, index) {
                    guard let first = nodes[node].restRoutes.add(entry) else { continue }
                    error.conflicts.append(.init(first: first, second: index))
                    break
                }
                return
            }
        }
        for entry in Self.entries(of: route, index) {
            guard let first = nodes[node].routes.add(entry) else { continue }
            error.conflicts.append(.init(first: first, second: index))
            break
        }
    }

    /// One for each host of a route, or one.
    private static func entries(of route: Route<Endpoint>, _ index: Int) -> [MethodTable.Entry] {
        guard let match = route.match else {
            return [MethodTable.Entry(method: route.method, route: index, alternative: nil)]
        }
        return match.alternatives.map { MethodTable.Entry(method: route.method, route: index, alternative: $0) }
    }

    private mutating func child(of node: Int, literal: [UInt8]) -> Int {
        if let child = edges.child(of: node, literal: literal) { return child }
        nodes.append(Node())
        edges.add(parent: node, literal: literal, child: nodes.count - 1)
        return nodes.count - 1
    }

    private mutating func parameterChild(of node: Int) -> Int {
        if let child = nodes[node].parameter { return child }
        nodes.append(Node())
        nodes[node].parameter = nodes.count - 1
        return nodes.count - 1
    }

    /// - Parameters:
    ///   - rawPath: as received, without the query: from the first `/` on, percent-encoded.
    ///   - holds: whether the request is what a route asks for besides method and path; asked of no other route.
    func lookup(
        method: String,
        rawPath: String,
        _ holds: (MethodTable.Entry) -> Bool = { _ in false }
    ) -> RouteMatch<Endpoint> {
        guard let path = RoutePath(rawPath) else { return .badPath }
        var search = Search(path: path, method: method)
        guard let route = find(from: 0, segment: 0, search: &search, holds) else {
            return search.allowed.isEmpty ? .notFound : .methodNotAllowed(allow: search.allowed.sorted())
        }
        return .found(endpoints[route], parameters: search.parameters.map { path.text(of: $0, in: rawPath) })
    }
}

// MARK: - Search

extension Router {
    /// What one lookup gathers on its way.
    private struct Search {
        let path: RoutePath
        let method: String
        var parameters: [Range<Int>] = []
        /// Methods of the routes whose path matched.
        var allowed: Set<String> = []

        mutating func route(in table: MethodTable, _ holds: (MethodTable.Entry) -> Bool) -> Int? {
            if let route = table.route(for: method, holds) { return route }
            table.addMethods(to: &allowed, holds)
            return nil
        }
    }

    /// The route reached from `node` with the segments from `segment` on.
    private func find(
        from node: Int,
        segment: Int,
        search: inout Search,
        _ holds: (MethodTable.Entry) -> Bool
    ) -> Int? {
        guard segment < search.path.segments.count else {
            return search.route(in: nodes[node].routes, holds)
        }
        let bytes = search.path.decoded(segment)
        if let child = edges.child(of: node, literal: bytes),
            let route = find(from: child, segment: segment + 1, search: &search, holds)
        {
            return route
        }
        if let child = nodes[node].parameter, !bytes.isEmpty {
            search.parameters.append(search.path.segments[segment].range)
            if let route = find(from: child, segment: segment + 1, search: &search, holds) { return route }
            search.parameters.removeLast()
        }
        if !nodes[node].restRoutes.isEmpty, let route = search.route(in: nodes[node].restRoutes, holds) {
            search.parameters.append(search.path.segments[segment].range.lowerBound..<search.path.end)
            return route
        }
        return nil
    }
}
