import NIOHTTP1

/// Tells which requests the fixtures of one backend answer.
public struct FixtureMatcher: Sendable {
    private let index: FixtureIndex

    public init(_ fixtures: [Fixture]) {
        index = FixtureIndex(fixtures)
    }

    /// Whether a fixture backend with these fixtures would answer, and not miss.
    ///
    /// - Parameter target: path and query as they were sent.
    public func answers(
        method: String,
        target: String,
        headers: [(name: String, value: String)],
        body: [UInt8]
    ) -> Bool {
        let fields = HTTPHeaders(headers.map { ($0.name, $0.value) })
        return index.match(AskedRequest(method: method, target: target, headers: fields, body: body)) != nil
    }
}
