extension FixtureSet {
    /// A fixture that is never chosen, and the one that wins each time.
    public struct Shadow: Sendable {
        public let fixture: Fixture
        public let winner: Fixture
    }

    /// The fixtures that are never chosen because another one matches whatever they match, and wins. Of that only is
    /// found what one other fixture does by itself.
    public func shadowed() -> [Shadow] {
        backends.sorted { $0.key < $1.key }.flatMap { _, fixtures in
            // A fixture with other parameters, or another path, is told apart by those.
            Dictionary(grouping: FixtureIndex.ranked(fixtures)) { ShadowGroup(fixtures[$0].request) }
                .values.flatMap { Self.shadows(in: $0.map { fixtures[$0] }) }
                .sorted { $0.fixture.name < $1.fixture.name }
        }
    }

    private struct ShadowGroup: Hashable {
        let method: String
        let pattern: PathPattern
        let parameters: [String]

        init(_ request: ExpectedRequest) {
            method = request.method
            pattern = request.pattern
            parameters = request.query.map(\.name)
        }
    }

    /// - Parameter fixtures: those that win before those that lose.
    private static func shadows(in fixtures: [Fixture]) -> [Shadow] {
        fixtures.indices.compactMap { index in
            let winner = fixtures[..<index].first { $0.request.covers(fixtures[index].request) }
            return winner.map { Shadow(fixture: fixtures[index], winner: $0) }
        }
    }
}

extension ExpectedRequest {
    /// Whether each request that fits the other one fits this one, as far as can be told by their looks. Both have the
    /// same method, path and names of parameters.
    fileprivate func covers(_ other: ExpectedRequest) -> Bool {
        zip(query, other.query).allSatisfy { mine, others in
            mine.values.count == others.values.count && zip(mine.values, others.values).allSatisfy { $0.covers($1) }
        }
            && headers.allSatisfy { header in
                other.headers.contains { $0.name == header.name && header.value.covers($0.value) }
            }
            && (body == nil || body == other.body || coversBody(of: other))
    }

    private func coversBody(of other: ExpectedRequest) -> Bool {
        guard let (value, isWhole) = other.body?.value else { return false }
        switch body {
        case .json(let wanted): return isWhole && wanted == value
        case .contains(let part): return part.isPart(of: value)
        case .text, nil: return false
        }
    }
}

extension ExpectedRequest.Body {
    /// The JSON that a body has in any case, and whether it is all of it: a part without objects is.
    fileprivate var value: (ComparableJSON, isWhole: Bool)? {
        switch self {
        case .json(let value): (value, true)
        case .contains(let part): (part, !part.hasObjects)
        case .text(let text): ComparableJSON(parsing: text).map { ($0, true) }
        }
    }
}

extension ComparableJSON {
    fileprivate var hasObjects: Bool {
        switch self {
        case .object: true
        case .array(let elements): elements.contains(where: \.hasObjects)
        case .null, .bool, .number, .string: false
        }
    }
}
