/// One fixture backend: what it answers, and what it has seen. Shared by all of its connections.
final class ReplayBackend: Sendable {
    let name: String
    let recorder: ReplayRecorder
    private let index: FixtureIndex
    /// In the order of the index's fixtures.
    private let responses: [PreparedResponse]
    private let onMiss: (@Sendable (String) -> Void)?

    init(name: String, fixtures: [Fixture], onMiss: (@Sendable (String) -> Void)? = nil) {
        self.name = name
        self.onMiss = onMiss
        self.index = FixtureIndex(fixtures)
        self.responses = fixtures.map { PreparedResponse($0.response) }
        self.recorder = ReplayRecorder(fixtures: fixtures.map(\.name))
    }

    /// Decides what is answered, and counts the request.
    func answer(_ asked: AskedRequest, keepsAlive: Bool) -> Delivery {
        let isHead = asked.method == "HEAD"
        guard let match = index.match(asked) else {
            recorder.missed()
            let reply = MissReply(backend: name, asked: asked, nearest: index.nearest(to: asked))
            onMiss?(reply.summary)
            return PreparedResponse(reply.response).delivery(isHead: isHead, keepsAlive: keepsAlive)
        }
        recorder.answered(match)
        return responses[match].delivery(isHead: isHead, keepsAlive: keepsAlive)
    }
}
