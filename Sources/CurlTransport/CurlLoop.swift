import CCurl
import Synchronization

/// One thread that owns a libcurl multi handle, a poller, and runs the tasks that prefer it.
///
/// A task with `executorPreference` of a loop, and all its child tasks, stay on this thread; so a fan-out costs no hop and
/// no lock. Work that comes from the loop itself goes to a list of its own, other work through an inbox.
///
/// ```swift
/// let loop = transport.nextLoop()
/// let response = try await withTaskExecutorPreference(loop) { try await loop.perform(request) }
/// ```
///
/// `@unchecked Sendable`: `engine`, `jobs`, `cancellations`, `messages` and the actions are touched on the loop's
/// thread alone (which `isCurrent` tells) or, by `init`, before there is one; everything else is immutable or locked.
public final class CurlLoop: TaskExecutor, @unchecked Sendable {
    /// Its number within the transport.
    public let index: Int

    /// Where the loop's tasks do what would hold it up.
    public let bulk: BulkExecutor

    private let inbox: Inbox
    let engine: TransferEngine
    private let life = LoopLife()

    private var jobs: [UnownedJob] = []
    private var running: [UnownedJob] = []
    private var cancellations: [TransferGroup] = []
    private var messages: [Inbox.Message] = []
    private var turnEndActions: [@Sendable () -> Void] = []
    private var stopActions: [() -> Void] = []
    private var isStopping = false
    let resolver: Resolver

    /// Starts the thread. It keeps the loop alive until `stop`.
    init(
        index: Int,
        backends: [Backend],
        resolver: Resolver,
        options: ResolverOptions,
        bulk: BulkExecutor
    ) throws(TransportError) {
        self.index = index
        self.bulk = bulk
        self.resolver = resolver
        let wakeUp = try WakeUp()
        let inbox = Inbox(wakeUp: wakeUp)
        self.inbox = inbox
        let poller = try Poller(wakeUp: wakeUp)
        engine = try TransferEngine(backends: backends, poller: poller, resolver: options) { name, host in
            resolver.resolve(host) { answer in _ = inbox.post(.answer(name: name, answer)) }
        }
        try life.begin(name: "medley-loop-\(index)") { self.run() }
    }

    // MARK: Requests

    /// Sends a request and returns the complete response.
    ///
    /// Call it on this loop: from a task that prefers it, or a child of one. Anywhere else is a programmer's error and
    /// stops the process; so is a call from code isolated to an actor, the main actor too, since it runs there whatever
    /// its task prefers. Cancelling the task ends the transfer at once, and closes its connection unless HTTP/2.
    ///
    /// - Throws: what went wrong; `.cancelled` after the transport was shut down.
    public nonisolated(nonsending) func perform(
        _ request: TransportRequest
    ) async throws(TransportError) -> TransportResponse {
        let end = await withTransfers { transfers in
            transfers.start(request, number: 0)
            return await transfers.next()
        }
        guard let end else { throw .cancelled }
        return try end.outcome.get()
    }

    /// Lets a task have several requests under way at a time without a child task for each: a task costs as much as the
    /// transfer's own bookkeeping.
    ///
    /// Like a task group: when `body` returns, what is still under way is cancelled and waited for; cancelling the task
    /// cancels it too. Call it on this loop, as `perform`.
    public nonisolated(nonsending) func withTransfers<Result>(
        _ body: nonisolated(nonsending) (TransferGroup) async -> Result
    ) async -> Result {
        precondition(
            isCurrent || life.isClosed,
            "a request was made by a task that is not on this CurlLoop"
        )
        let group = TransferGroup(engine: isCurrent ? engine : nil)
        return await withTaskCancellationHandler {
            let result = await body(group)
            group.cancelAll()
            while await group.next() != nil {}
            return result
        } onCancel: {
            // On whatever thread cancels, perhaps this one with libcurl further up the stack: only a note is left.
            cancel(group)
        }
    }

    /// Adds an action that runs on the loop at the end of each turn, just before it may sleep: the place to hand over,
    /// in one batch, what the turn has produced. From any thread; actions stay until the loop ends.
    public func onTurnEnd(_ action: @escaping @Sendable () -> Void) {
        if isCurrent { turnEndActions.append(action) } else { _ = inbox.post(.onTurnEnd(action)) }
    }

    /// See `onStop`.
    func addStopAction(_ action: @escaping () -> Void) {
        if isStopping { action() } else { stopActions.append(action) }
    }

    /// Leaves an action for the loop; false when it has ended.
    func post(_ action: @escaping @Sendable () -> Void) -> Bool {
        inbox.post(.action(action))
    }

    // MARK: Executor

    /// The loop whose thread this is.
    public static var current: CurlLoop? {
        medley_current_loop().map { Unmanaged<CurlLoop>.fromOpaque($0).takeUnretainedValue() }
    }

    /// True on the loop's own thread.
    public var isCurrent: Bool {
        medley_current_loop() == Unmanaged.passUnretained(self).toOpaque()
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent {
            jobs.append(job)
        } else if !inbox.post(.job(job)) {
            // The loop has ended. What is left of its tasks, which can do no more requests, ends elsewhere.
            globalConcurrentExecutor.enqueue(job)
        }
    }

    public func asUnownedTaskExecutor() -> UnownedTaskExecutor {
        UnownedTaskExecutor(ordinary: self)
    }

    private func cancel(_ group: TransferGroup) {
        if isCurrent { cancellations.append(group) } else { _ = inbox.post(.cancel(group)) }
    }

    // MARK: The thread

    /// Ends the loop: fails what is in flight with `.cancelled`, closes every connection, joins the thread.
    func stop() async {
        requestStop()
        await life.end()
    }

    /// Lets the loop end by itself.
    func requestStop() {
        _ = inbox.post(.stop)
    }

    private func run() {
        medley_set_current_loop(Unmanaged.passUnretained(self).toOpaque())
        while true {
            readMessages()
            work()
            for action in turnEndActions { action() }
            if isStopping && !hasWork && inbox.closeIfEmpty(then: life.close) { break }
            let sleeps = !hasWork && !engine.isDueBehindSockets && inbox.prepareToSleep()
            engine.wait(isAsleep: sleeps)
        }
        engine.dispose()
        medley_set_current_loop(nil)
        turnEndActions.removeAll()
        stopActions.removeAll()
    }

    private var hasWork: Bool {
        !jobs.isEmpty || !cancellations.isEmpty || engine.isDue
    }

    private func readMessages() {
        inbox.take(into: &messages)
        for message in messages {
            switch message {
            case .job(let job): jobs.append(job)
            case .cancel(let group): cancellations.append(group)
            case .answer(let name, let answer): engine.answer(name: name, answer)
            case .onTurnEnd(let action): turnEndActions.append(action)
            case .action(let action): action()
            case .stop:
                isStopping = true
                for action in stopActions { action() }
                stopActions.removeAll()
                engine.close()
            }
        }
        messages.removeAll(keepingCapacity: true)
    }

    /// Runs jobs, and what they cause, until there is none or the sockets have waited long enough.
    private func work() {
        let executor = asUnownedTaskExecutor()
        var rounds = 0
        repeat {
            swap(&jobs, &running)
            for job in running { job.runSynchronously(on: executor) }
            running.removeAll(keepingCapacity: true)
            if !cancellations.isEmpty {
                for group in cancellations { group.cancelAll() }
                cancellations.removeAll(keepingCapacity: true)
            }
            engine.advance()
            rounds += 1
        } while hasWork && rounds < 32
    }
}
