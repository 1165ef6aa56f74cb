import Composition
import Replay

extension RecordedAnswers {
    /// What the fixtures say of the backends' answers: those that are successful and arrive whole.
    init(_ fixtures: FixtureSet) {
        self.init(
            fixtures.backends.mapValues { fixtures in
                fixtures.compactMap { fixture in
                    let response = fixture.response
                    guard response.fault == nil || response.fault == .slow else { return nil }
                    return Answer(
                        method: fixture.request.method,
                        path: fixture.request.path,
                        status: response.status,
                        body: response.body ?? []
                    )
                }
            }
        )
    }
}
