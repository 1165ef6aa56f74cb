/// One fixture backend: what it answers, and what it has seen. Shared by all of its connections.
final class ReplayBackend: Sendable {
    let name: String
    let recorder: ReplayRecorder
    private let index: FixtureIndex
    /// In the order of the index's fixtures; after them the catch-all.
    private let prepared: [PreparedFixture]
    private let hasCatchAll: Bool
    private let journal: ReplayJournal?
    private let onMiss: (@Sendable (String) -> Void)?

    /// How a request is answered, and the number of its entry in the journal, where one is kept.
    struct Answer: Sendable {
        let delivery: Delivery
        let entry: Int?
    }

    init(
        name: String,
        fixtures: [Fixture],
        catchAll: CatchAll? = nil,
        journal: ReplayJournal? = nil,
        onMiss: (@Sendable (String) -> Void)? = nil
    ) {
        self.name = name
        self.journal = journal
        self.onMiss = onMiss
        self.index = FixtureIndex(fixtures)
        let others = catchAll.map { [PreparedFixture($0, of: name)] } ?? []
        self.prepared = fixtures.map { PreparedFixture($0) } + others
        self.hasCatchAll = catchAll != nil
        self.recorder = ReplayRecorder(fixtures: prepared.map(\.name))
    }

    /// Decides what is answered, counts the request, and enters it into the journal.
    func answer(_ asked: AskedRequest, keepsAlive: Bool) -> Answer {
        let match = index.match(asked) ?? (hasCatchAll ? index.fixtures.count : nil)
        let entry = journal?.record(asked, backend: name, fixture: match.map { prepared[$0].name })
        guard let match else {
            recorder.missed()
            let reply = MissReply(backend: name, asked: asked, nearest: index.nearest(to: asked))
            onMiss?(reply.summary)
            let isHead = asked.method == "HEAD"
            let delivery = PreparedResponse(reply.response).delivery(isHead: isHead, keepsAlive: keepsAlive)
            return Answer(delivery: delivery, entry: entry)
        }
        let number = recorder.answered(match)
        return Answer(delivery: prepared[match].delivery(number, to: asked, keepsAlive: keepsAlive), entry: entry)
    }

    /// The answer to an entry of the journal was handed over, or nothing more will come of it.
    func finished(_ entry: Int) { journal?.finish(entry) }
}
