/// The routes of one place in the trie, by method. A handful at most, so a list.
struct MethodTable: Sendable {
    private var entries: [(method: String, route: Int)] = []

    var isEmpty: Bool { entries.isEmpty }

    /// - Returns: the route that has this method already, if any.
    mutating func add(_ method: String, _ route: Int) -> Int? {
        if let existing = entries.first(where: { $0.method == method }) { return existing.route }
        entries.append((method, route))
        return nil
    }

    /// The method itself wins, then GET for HEAD (RFC 9110, section 9.3.2), then any method.
    func route(for method: String) -> Int? {
        var get: Int?
        var any: Int?
        for entry in entries {
            if entry.method == method { return entry.route }
            if entry.method == "GET" { get = entry.route }
            if entry.method == anyMethod { any = entry.route }
        }
        return method == "HEAD" ? get ?? any : any
    }

    func addMethods(to set: inout Set<String>) {
        for entry in entries {
            set.insert(entry.method)
            if entry.method == "GET" { set.insert("HEAD") }
        }
    }
}
