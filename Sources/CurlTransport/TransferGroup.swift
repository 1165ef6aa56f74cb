/// Requests of one task that are under way together, each known by a number: what a task group is to tasks, without a
/// task for each. Made by ``CurlLoop/withTransfers(_:)``; nothing outlives that call.
///
/// `@unchecked Sendable`: touched on the loop's thread alone. Other threads only hold it, to post it back to the loop
/// when they cancel its task.
public final class TransferGroup: @unchecked Sendable {
    public typealias Outcome = Result<TransportResponse, TransportError>

    private let engine: TransferEngine?
    /// All that were started; the ticket tells which of them still are what they were.
    private var started: [(transfer: Transfer, ticket: UInt64)] = []
    private var inFlight = 0
    /// Ends that nobody has asked for yet, from `taken` on.
    private var ended: [(number: Int, outcome: Outcome)] = []
    private var taken = 0
    private var waiter: UnsafeContinuation<Void, Never>?
    private var isCancelled = false
    /// What is no transfer, by number, and how it is called off.
    private var expected: [Int: () -> Void] = [:]

    /// - Parameter engine: nil for a loop that has ended: then every request fails with `.cancelled`.
    init(engine: TransferEngine?) {
        self.engine = engine
    }

    /// Sends a request; `next` brings its end.
    public func start(_ request: TransportRequest, number: Int) {
        // The note that the task was cancelled may still be on its way to the loop.
        guard let engine, request.ignoresCancellation || !(isCancelled || Task.isCancelled) else {
            ended.append((number, .failure(.cancelled)))
            return
        }
        do throws(TransportError) {
            let transfer = try engine.prepare(request)
            started.append((transfer, transfer.ticket))
            inFlight += 1
            engine.submit(transfer, (self, number))
        } catch {
            ended.append((number, .failure(error)))
        }
    }

    /// The next request that has ended, in the order of the ends; nil when none is under way.
    public nonisolated(nonsending) func next() async -> (number: Int, outcome: Outcome)? {
        while taken == ended.count {
            taken = 0
            ended.removeAll(keepingCapacity: true)
            guard inFlight > 0 else { return nil }
            await withUnsafeContinuation { waiter = $0 }
        }
        let end = ended[taken]
        // The caller's from here on: a body must not live longer for having been in a list.
        ended[taken].outcome = .failure(.cancelled)
        taken += 1
        return end
    }

    /// Breaks off what is under way, and starts nothing more, except what ignores cancellation. A request that
    /// `finishesWhenCancelled` and has been sent goes on.
    public func cancelAll() {
        guard !isCancelled else { return }
        isCancelled = true
        for (number, callOff) in expected.sorted(by: { $0.key < $1.key }) {
            finish(number, .failure(.cancelled))
            callOff()
        }
        for (transfer, ticket) in started where transfer.request?.ignoresCancellation != true {
            engine?.cancel(transfer, ticket: ticket)
        }
    }

    /// False when the group is cancelled: it has ended already.
    func addExpected(_ number: Int, _ callOff: @escaping () -> Void) -> Bool {
        guard engine != nil, !(isCancelled || Task.isCancelled) else {
            ended.append((number, .failure(.cancelled)))
            return false
        }
        expected[number] = callOff
        inFlight += 1
        return true
    }

    func removeExpected(_ number: Int) -> Bool { expected.removeValue(forKey: number) != nil }

    /// A request has ended: called by the engine.
    func end(_ number: Int, _ outcome: Outcome) {
        inFlight -= 1
        ended.append((number, outcome))
        waiter?.resume()
        waiter = nil
    }
}
