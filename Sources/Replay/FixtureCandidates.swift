/// Fixtures of one method and one path, those that win before those that lose.
struct FixtureCandidates: Sendable {
    /// Indices of fixtures.
    private let ranked: [Int]
    /// Places in `ranked` of the fixtures whose query is made of exact texts, by that query: one that lists a request's
    /// whole query is found at one look, however many there are.
    private var byQuery: [String: [Int]] = [:]
    /// Places in `ranked` of the others.
    private var withPatterns: [Int] = []
    private let comparesJSON: Bool

    /// - Parameter ranked: as of `FixtureIndex.ranked`.
    init(_ ranked: [Int], of fixtures: [Fixture]) {
        self.ranked = ranked
        comparesJSON = ranked.contains { index in
            switch fixtures[index].request.body {
            case .json, .contains: true
            case .text, nil: false
            }
        }
        for (place, index) in ranked.enumerated() {
            if let key = Self.queryKey(of: fixtures[index].request) {
                byQuery[key, default: []].append(place)
            } else {
                withPatterns.append(place)
            }
        }
    }

    private static func queryKey(of request: ExpectedRequest) -> String? {
        var parameters: [(name: String, value: String)] = []
        for parameter in request.query {
            guard let texts = parameter.texts else { return nil }
            parameters += texts.map { (parameter.name, $0) }
        }
        return AskedRequest.queryKey(parameters)
    }

    /// The index of the fixture that answers a request whose method and path fit.
    func match(_ asked: AskedRequest, in fixtures: [Fixture]) -> Int? {
        let json = comparesJSON ? ComparableJSON(parsing: asked.body) : nil
        func matches(_ place: Int) -> Bool {
            fixtures[ranked[place]].request.constraintsHold(for: asked, json: json)
        }
        var whole = byQuery[asked.queryKey]?.first(where: matches)
        for place in withPatterns {
            if let whole, whole < place { break }
            if fixtures[ranked[place]].request.listsWholeQuery(of: asked), matches(place) {
                whole = place
                break
            }
        }
        return (whole ?? ranked.indices.first(where: matches)).map { ranked[$0] }
    }
}
