public import Composition
public import Replay

extension RecordedAnswers {
    /// What the fixtures say of the backends' answers: those that are successful and arrive whole.
    public init(_ fixtures: FixtureSet) {
        self.init(
            fixtures.backends.mapValues { fixtures in
                fixtures.flatMap { fixture in fixture.responses.compactMap { Self.answer($0, of: fixture) } }
            }
        )
    }

    private static func answer(_ response: CannedResponse, of fixture: Fixture) -> Answer? {
        guard response.fault == nil || response.fault == .slow, let body = response.exampleBody(for: fixture.request)
        else { return nil }
        let request = fixture.request
        return Answer(
            method: request.method,
            segments: request.pattern.decodedSegments,
            status: response.status,
            body: body
        )
    }
}
