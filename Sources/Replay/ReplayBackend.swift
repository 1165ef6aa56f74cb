/// One fixture backend: what it answers, and what it has seen. Shared by all of its connections.
final class ReplayBackend: Sendable {
    let name: String
    let recorder: ReplayRecorder
    private let index: FixtureIndex
    /// In the order of the index's fixtures; after them that of the catch-all.
    private let responses: [PreparedResponse]
    /// The names of what answers, in the order of the responses.
    private let names: [String]
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
        self.responses = (fixtures.map(\.response) + [catchAll?.response].compactMap(\.self)).map(PreparedResponse.init)
        self.names = fixtures.map(\.name) + [catchAll?.name].compactMap(\.self)
        self.hasCatchAll = catchAll != nil
        self.recorder = ReplayRecorder(fixtures: names)
    }

    /// Decides what is answered, counts the request, and enters it into the journal.
    func answer(_ asked: AskedRequest, keepsAlive: Bool) -> Answer {
        let match = index.match(asked) ?? (hasCatchAll ? index.fixtures.count : nil)
        let entry = journal?.record(asked, backend: name, fixture: match.map { names[$0] })
        let isHead = asked.method == "HEAD"
        guard let match else {
            recorder.missed()
            let reply = MissReply(backend: name, asked: asked, nearest: index.nearest(to: asked))
            onMiss?(reply.summary)
            let delivery = PreparedResponse(reply.response).delivery(isHead: isHead, keepsAlive: keepsAlive)
            return Answer(delivery: delivery, entry: entry)
        }
        recorder.answered(match)
        return Answer(delivery: responses[match].delivery(isHead: isHead, keepsAlive: keepsAlive), entry: entry)
    }

    /// The answer to an entry of the journal was handed over whole.
    func finished(_ entry: Int) { journal?.finish(entry) }
}
