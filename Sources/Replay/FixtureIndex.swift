/// Finds the fixture that answers a request. Built once at load and only read afterwards.
///
/// Of the fixtures that match, one whose path has a literal segment where the other's has a placeholder wins, the first
/// such segment deciding; then one that lists the request's whole query; then the one that asks for the most; then one of
/// a scenario; then the first by name. A HEAD that no fixture names is answered as the GET would be.
struct FixtureIndex: Sendable {
    let fixtures: [Fixture]
    /// Of the paths without placeholders: one look finds them, however many there are.
    private let literal: [Route: FixtureCandidates]
    /// Of the paths with placeholders, by method.
    private let patterns: [String: PathTree]

    private struct Route: Hashable {
        let method: String
        let path: String
    }

    init(_ fixtures: [Fixture]) {
        self.fixtures = fixtures
        var literal: [Route: [Int]] = [:]
        var patterns: [String: [PathPattern: [Int]]] = [:]
        for index in Self.ranked(fixtures) {
            let request = fixtures[index].request
            if request.pattern.isLiteral {
                literal[Route(method: request.method, path: request.path), default: []].append(index)
            } else {
                patterns[request.method, default: [:]][request.pattern, default: []].append(index)
            }
        }
        self.literal = literal.mapValues { FixtureCandidates($0, of: fixtures) }
        self.patterns = patterns.mapValues { patterns in
            PathTree(patterns.mapValues { FixtureCandidates($0, of: fixtures) })
        }
    }

    /// The indices of fixtures with equal paths, those that win before those that lose.
    static func ranked(_ fixtures: [Fixture]) -> [Int] {
        let demands = fixtures.map(\.request.demand)
        return fixtures.indices.sorted { left, right in
            if demands[left] != demands[right] { return demands[left] > demands[right] }
            let (isLeftChange, isRightChange) = (fixtures[left].scenario != nil, fixtures[right].scenario != nil)
            return isLeftChange == isRightChange ? fixtures[left].name < fixtures[right].name : isLeftChange
        }
    }

    /// The index of the fixture that answers, or nil for a miss.
    func match(_ asked: AskedRequest) -> Int? {
        if let index = match(asked, method: asked.method) { return index }
        return asked.method == "HEAD" ? match(asked, method: "GET") : nil
    }

    private func match(_ asked: AskedRequest, method: String) -> Int? {
        let candidates = literal[Route(method: method, path: asked.path)]
        if let index = candidates?.match(asked, in: fixtures) { return index }
        guard let tree = patterns[method] else { return nil }
        return tree.first(matching: asked.path) { $0.match(asked, in: fixtures) }
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
