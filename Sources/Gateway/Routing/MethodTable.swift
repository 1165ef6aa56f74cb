import Composition

/// The routes of one place in the trie, by method. A handful at most, so a list.
struct MethodTable: Sendable {
    struct Entry: Sendable {
        let method: String
        let route: Int
        /// What a request has to be besides; nil for nothing.
        let alternative: RequestMatch.Alternative?
    }

    /// Those of one method by rank, the greatest first.
    private var entries: [Entry] = []

    var isEmpty: Bool { entries.isEmpty }

    /// - Returns: the route that could be meant by the same request already, if any.
    mutating func add(_ entry: Entry) -> Int? {
        let own = entry.alternative ?? RequestMatch.anything
        var place = entries.count
        for (index, existing) in entries.enumerated() where existing.method == entry.method {
            let other = existing.alternative ?? RequestMatch.anything
            if existing.route != entry.route, own.isAmbiguous(with: other) { return existing.route }
            if other.rank < own.rank { place = min(place, index) }
        }
        entries.insert(entry, at: place)
        return nil
    }

    /// The method itself wins, then GET for HEAD (RFC 9110, section 9.3.2), then any method.
    ///
    /// - Parameter holds: asked of those that ask for more than method and path.
    func route(for method: String, _ holds: (Entry) -> Bool) -> Int? {
        var get: Int?
        var any: Int?
        for entry in entries {
            let isExact = entry.method == method
            let isGet = get == nil && method == "HEAD" && entry.method == "GET"
            let isAny = any == nil && entry.method == anyMethod
            guard isExact || isGet || isAny, entry.alternative == nil || holds(entry) else { continue }
            if isExact { return entry.route }
            if isGet { get = entry.route } else { any = entry.route }
        }
        return get ?? any
    }

    /// The methods of those routes that are for the request but for its method.
    func addMethods(to set: inout Set<String>, _ holds: (Entry) -> Bool) {
        for entry in entries where entry.alternative == nil || holds(entry) {
            set.insert(entry.method)
            if entry.method == "GET" { set.insert("HEAD") }
        }
    }
}
