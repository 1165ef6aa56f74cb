import CurlTransport

/// Purges that travel through Redis: hears of them on a connection of its own, and asks once in a while whether one was
/// missed, which also tells a Redis that is idle from one that is gone.
///
/// `@unchecked Sendable`: confined to the loop's thread.
final class RedisPurges: @unchecked Sendable {
    /// Where purges go. Called on the loop.
    struct Receiver: Sendable {
        var onPurges: @Sendable ([Purge]) -> Void
        /// False when the epoch was left before, or the number is smaller than one that is known.
        var onReset: @Sendable (_ epoch: UInt32, _ generation: UInt32) -> Bool
    }

    /// Nobody waits for these but an operator.
    private static let timeout = Duration.seconds(1)

    private let lane: RedisLane
    private let settings: RedisSettings
    private let keys: SharedKey
    private let receiver: Receiver
    private var tracker = PurgeTracker()

    private var subscriber: RedisConnection?
    /// The subscription holds.
    private var hears = false
    private var failedAttempts = 0
    private var retryTimer: LoopTimer?
    private var checkTimer: LoopTimer?
    /// A question about the counter is under way, and perhaps another one is to follow.
    private var isAsking = false
    /// When an epoch was last begun: not more than one a second.
    private var lastEstablished = Int64.min
    private var asksAgain = false
    private var isClosed = false

    init(lane: RedisLane, settings: RedisSettings, keys: SharedKey, receiver: Receiver) {
        self.lane = lane
        self.settings = settings
        self.keys = keys
        self.receiver = receiver
    }

    func start() {
        scheduleCheck()
        laneChanged(isReady: true)
    }

    /// Redis can be asked, or no more.
    func laneChanged(isReady: Bool) {
        guard !isClosed else { return }
        if isReady {
            check()
            subscribe()
        } else if lane.health.isOpen {
            cancelRetry()
            dropSubscriber()
        }
    }

    /// Whether purges are heard of, and no question about missed ones is under way.
    var isUpToDate: Bool { hears && !isAsking }

    func flush() {
        subscriber?.flush()
    }

    func close() {
        isClosed = true
        cancelRetry()
        if let checkTimer { lane.loop.cancel(checkTimer) }
        checkTimer = nil
        dropSubscriber()
    }

    // MARK: The channel

    private func subscribe() {
        guard !isClosed, subscriber == nil, !lane.health.isOpen else { return }
        cancelRetry()
        let connection = RedisConnection(loop: lane.loop, options: settings.connection)
        connection.onReady = { [unowned connection, keys] in connection.subscribe(to: keys.channel) }
        connection.onMessage = { [weak self] in self?.received($0) }
        connection.onEnd = { [weak self, unowned connection] _ in self?.ended(connection) }
        subscriber = connection
        connection.open()
    }

    private func received(_ message: [UInt8]?) {
        guard let message else {
            // The subscription holds: from here on nothing is missed unnoticed.
            failedAttempts = 0
            hears = true
            return check()
        }
        if let purge = PurgeScripts.purge(message) { carryOut(tracker.heard(purge)) }
    }

    private func ended(_ connection: RedisConnection) {
        guard subscriber === connection else { return }
        subscriber = nil
        hears = false
        guard !isClosed, !lane.health.isOpen else { return }
        let pause = lane.health.pause(after: failedAttempts)
        failedAttempts = min(failedAttempts + 1, 16)
        retryTimer = lane.loop.schedule(after: .milliseconds(pause)) { [weak self] in
            self?.retryTimer = nil
            self?.subscribe()
        }
    }

    private func dropSubscriber() {
        let connection = subscriber
        subscriber = nil
        hears = false
        connection?.close()
    }

    private func cancelRetry() {
        if let retryTimer { lane.loop.cancel(retryTimer) }
        retryTimer = nil
    }

    // MARK: The counter

    private func scheduleCheck() {
        guard !isClosed else { return }
        checkTimer = lane.loop.schedule(after: settings.purgeCheckInterval) { [weak self] in
            self?.check()
            self?.scheduleCheck()
        }
    }

    private func check() {
        guard !isAsking else {
            asksAgain = true
            return
        }
        isAsking = true
        lane.send(PurgeScripts.check(keys: keys), .read, timeout: Self.timeout) { [weak self] result in
            guard let self else { return }
            isAsking = false
            guard case .success(let reply) = result else { return asksAgain = false }
            lane.health.succeeded(.read, \.checks)
            let counter = PurgeScripts.counter(reply)
            carryOut(tracker.checked(epoch: counter?.epoch, count: counter?.count))
            askAgain()
        }
    }

    private func askAgain() {
        guard asksAgain, !isAsking else { return }
        asksAgain = false
        check()
    }

    private func carryOut(_ action: PurgeTracker.Action) {
        guard !isClosed else { return }
        switch action {
        case .none: break
        case .check: check()
        case .deliver(let purges):
            if !purges.isEmpty { receiver.onPurges(purges) }
        case .reset(let epoch, let count, let purges):
            guard receiver.onReset(epoch, count) else { return establish(leaving: epoch) }
            if !purges.isEmpty { receiver.onPurges(purges) }
        case .fetch(let epoch, let after, let upTo): fetch(epoch, after: after, upTo: upTo, [])
        case .establish(let epoch): establish(leaving: epoch)
        }
    }

    private func establish(leaving epoch: UInt32?) {
        let now = RedisHealth.now()
        guard !isAsking, lastEstablished == .min || now - lastEstablished >= 1_000 else { return }
        lastEstablished = now
        isAsking = true
        let command = PurgeScripts.establish(leaving: epoch, keys: keys, epoch: .random(in: 1 ... .max))
        lane.send(command, .write, timeout: Self.timeout) { [weak self] result in
            guard let self else { return }
            isAsking = false
            guard case .success(let reply) = result, let counter = PurgeScripts.counter(reply) else {
                return asksAgain = false
            }
            lane.health.succeeded(.write, \.checks)
            carryOut(tracker.checked(epoch: counter.epoch, count: counter.count))
            askAgain()
        }
    }

    /// Fetches page after page what the log has.
    private func fetch(_ epoch: UInt32, after: UInt32, upTo: UInt32, _ before: [Purge]) {
        guard !isAsking else {
            asksAgain = true
            return
        }
        // An empty log need not be asked for.
        guard upTo > after else { return carryOut(tracker.fetched(before, epoch: epoch, upTo: upTo)) }
        isAsking = true
        lane.send(PurgeScripts.log(after: after, keys: keys), .read, timeout: Self.timeout) { [weak self] result in
            guard let self else { return }
            isAsking = false
            guard case .success(.array(let page)) = result else { return asksAgain = false }
            lane.health.succeeded(.read, \.checks)
            let purges = page.compactMap { element -> Purge? in
                guard case .bytes(let bytes) = element else { return nil }
                return PurgeScripts.purge(bytes)
            }
            let all = before + purges
            let last = purges.last.map { PurgeGeneration($0.generation) }
            if page.count == PurgeScripts.page, let last, last.epoch == epoch, last.count > after, last.count < upTo {
                fetch(epoch, after: last.count, upTo: upTo, all)
            } else {
                carryOut(tracker.fetched(all, epoch: epoch, upTo: upTo))
            }
            askAgain()
        }
    }

    // MARK: Purging

    func publish(_ target: Purge.Target, completion: @escaping @Sendable (PurgeOutcome) -> Void) {
        let command = PurgeScripts.publish(
            target,
            keys: keys,
            epoch: .random(in: 1 ... .max),
            logLength: settings.purgeLogLength
        )
        lane.send(command, .write, timeout: Self.timeout) { [weak self] result in
            switch result {
            case .failure(let failure): completion(.unavailable(failure))
            case .success(let reply):
                guard let self, let counter = PurgeScripts.counter(reply) else {
                    return completion(.unavailable(.invalidReply(detail: "no number for the purge")))
                }
                lane.health.succeeded(.write, \.purges)
                let generation = PurgeGeneration(epoch: counter.epoch, count: counter.count).number
                let purge = Purge(generation: generation, target: target)
                carryOut(tracker.heard(purge))
                completion(.published(purge))
            }
        }
    }
}

/// What became of a purge.
public enum PurgeOutcome: Hashable, Sendable {
    /// Redis has it: nodes that are connected hear of it now, others when they ask, within a second of being connected.
    case published(Purge)
    /// Nothing was told: no node has purged anything.
    case unavailable(RedisFailure)
    /// Its text is longer than 8 KiB.
    case tooLong
}
