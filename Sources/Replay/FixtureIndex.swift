/// Finds the fixture that answers a request. Built once at load and only read afterwards.
///
/// Of the fixtures that match, one that lists the request's whole query wins; then the one that asks for the most; then
/// one of a scenario; then the first by name. A HEAD that no fixture names is answered as the GET would be.
struct FixtureIndex: Sendable {
    let fixtures: [Fixture]
    private let routes: [Route: Candidates]

    private struct Route: Hashable {
        let method: String
        let path: String
    }

    private struct Candidates {
        /// Indices into `fixtures`, the most demanding first, then a scenario's, then by name.
        var indices: [Int] = []
        var comparesJSON = false
    }

    init(_ fixtures: [Fixture]) {
        self.fixtures = fixtures
        let order = fixtures.indices.sorted { left, right in
            let (left, right) = (fixtures[left], fixtures[right])
            let (most, fewer) = (left.request.constraintCount, right.request.constraintCount)
            if most != fewer { return most > fewer }
            let (isLeftChange, isRightChange) = (left.scenario != nil, right.scenario != nil)
            return isLeftChange == isRightChange ? left.name < right.name : isLeftChange
        }
        var routes: [Route: Candidates] = [:]
        for index in order {
            let request = fixtures[index].request
            let route = Route(method: request.method, path: request.path)
            routes[route, default: Candidates()].indices.append(index)
            if case .json = request.body { routes[route]?.comparesJSON = true }
        }
        self.routes = routes
    }

    /// The index of the fixture that answers, or nil for a miss.
    func match(_ asked: AskedRequest) -> Int? {
        if let index = match(asked, method: asked.method) { return index }
        return asked.method == "HEAD" ? match(asked, method: "GET") : nil
    }

    private func match(_ asked: AskedRequest, method: String) -> Int? {
        guard let candidates = routes[Route(method: method, path: asked.path)] else { return nil }
        let json = candidates.comparesJSON ? ComparableJSON(parsing: asked.body) : nil
        var best: Int?
        for index in candidates.indices {
            let request = fixtures[index].request
            guard request.differences(from: asked, method: method, json: json).isEmpty else { continue }
            if request.listsWholeQuery(of: asked) { return index }
            if best == nil { best = index }
        }
        return best
    }

    /// A fixture that did not answer, and why.
    struct NearMiss: Sendable {
        let fixture: Fixture
        let differences: [Difference]
    }

    /// The fixtures that differ least from a request that none of them answers, nearest first.
    ///
    /// Looks at every fixture: for misses only.
    func nearest(to asked: AskedRequest, limit: Int = 3) -> [NearMiss] {
        let json = ComparableJSON(parsing: asked.body)
        let scored = fixtures.map { fixture in
            let stands = asked.method == "HEAD" && fixture.request.method == "GET"
            let method = stands ? "GET" : asked.method
            let differences = fixture.request.differences(from: asked, method: method, json: json)
            return (
                score: differences.reduce(0) { $0 + $1.weight },
                miss: NearMiss(fixture: fixture, differences: differences)
            )
        }
        return
            scored
            .sorted { $0.score == $1.score ? $0.miss.fixture.name < $1.miss.fixture.name : $0.score < $1.score }
            .prefix(limit)
            .map(\.miss)
    }
}
