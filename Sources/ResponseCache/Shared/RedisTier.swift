public import CurlTransport
import Synchronization

/// What the shared tier says of a key.
public enum SharedAnswer: Sendable {
    case found(StoredEntry)
    case absent
    /// As good as absent: nobody knows.
    case unavailable(RedisFailure)
}

/// Entries and purges that several nodes share through one Redis or Valkey.
///
/// Each loop has a connection of its own, the first one a second one that hears of purges. Whatever becomes of Redis, a
/// request has its answer within `RedisSettings.timeout`: while Redis is known to fail, at once.
public final class RedisTier: Sendable {
    /// Bodies of more bytes are compressed away from the loop.
    private static let bulkFrom = 64 << 10

    let settings: RedisSettings
    private let keys: SharedKey
    private let limits: SharedEntry.Limits
    let health: RedisHealth
    private let attachment = AtomicLazyReference<Attachment>()

    /// The loops' lanes, by the loops' numbers.
    private final class Attachment: Sendable {
        let lanes: [RedisLane]
        let byIndex: [RedisLane?]
        let purges: RedisPurges

        init(lanes: [RedisLane], purges: RedisPurges) {
            self.lanes = lanes
            self.purges = purges
            var byIndex: [RedisLane?] = []
            for lane in lanes {
                while byIndex.count <= lane.loop.index { byIndex.append(nil) }
                byIndex[lane.loop.index] = lane
            }
            self.byIndex = byIndex
        }
    }

    /// - Parameter log: called on a loop for each change of state, never for a request; it must not block.
    public init(settings: RedisSettings, log: @escaping RedisLog = { _, _ in }) {
        self.settings = settings
        keys = SharedKey(prefix: settings.prefix)
        limits = SharedEntry.Limits(maxEntry: settings.maxEntry, compressFrom: settings.compressFrom)
        health = RedisHealth(settings: settings, log: log)
    }

    public var statistics: RedisStatistics { health.snapshot() }

    /// Connects on each loop. Once; the loops are those of one transport.
    ///
    /// - Parameters:
    ///   - onPurges: purges in the order of their numbers, this node's own too. On the first loop.
    ///   - onReset: everything older than this number counts as purged: at the start, and when purges were missed that
    ///     cannot be had any more. On the first loop. Returns false when it cannot be told from numbers given before.
    public func attach(
        to loops: [CurlLoop],
        onPurges: @escaping @Sendable ([Purge]) -> Void = { _ in },
        onReset: @escaping @Sendable (_ epoch: UInt32, _ generation: UInt32) -> Bool = { _, _ in true }
    ) {
        guard let home = loops.first, attachment.load() == nil else { return }
        let act: @Sendable (RedisBreaker.Action) -> Void = { [weak self] in self?.carryOut($0) }
        let lanes = loops.map { RedisLane(loop: $0, settings: settings, health: health, act: act) }
        let purges = RedisPurges(
            lane: lanes[0],
            settings: settings,
            keys: keys,
            receiver: RedisPurges.Receiver(onPurges: onPurges, onReset: onReset)
        )
        _ = attachment.storeIfNil(Attachment(lanes: lanes, purges: purges))
        for lane in lanes {
            lane.loop.onTurnEnd { [weak lane] in lane?.flush() }
            lane.loop.execute {
                lane.loop.onStop { [weak lane] in lane?.close() }
                lane.start()
            }
        }
        home.onTurnEnd { [weak purges] in purges?.flush() }
        home.execute {
            home.onStop { [weak purges] in purges?.close() }
            lanes[0].onChange = { [weak purges] in purges?.laneChanged(isReady: $0) }
            purges.start()
        }
    }

    private func carryOut(_ action: RedisBreaker.Action) {
        guard let attachment = attachment.load() else { return }
        switch action {
        case .none, .pauseWrites, .resumeWrites: break
        case .open(let pause):
            for lane in attachment.lanes { lane.loop.execute { lane.drop() } }
            probe(attachment, after: pause)
        case .probe(let pause): probe(attachment, after: pause)
        case .close:
            for lane in attachment.lanes { lane.loop.execute { lane.connect() } }
        }
    }

    private func probe(_ attachment: Attachment, after pause: Int64) {
        let lane = attachment.lanes[0]
        lane.loop.execute { lane.probe(after: pause) }
    }

    func lane(of loop: CurlLoop) -> RedisLane? {
        guard loop.isCurrent, let lanes = attachment.load()?.byIndex, lanes.indices.contains(loop.index),
            let lane = lanes[loop.index], lane.loop === loop
        else { return nil }
        return lane
    }

    // MARK: Entries

    /// Asks for an entry, on `loop`, on which `onEnd` is called once: at once when Redis is not asked, and within the
    /// timeout in any case.
    public func get(_ key: CacheKey, on loop: CurlLoop, onEnd: @escaping (SharedAnswer) -> Void) {
        guard let lane = lane(of: loop) else { return onEnd(.unavailable(.closed)) }
        lane.send(RedisCommand("GET", [keys.entry(key)]), .read) { [health, limits] result in
            switch result {
            case .failure(let failure):
                onEnd(.unavailable(failure))
            case .success(.bytes(let bytes)):
                // What cannot be read is another version's or another key's: a miss.
                let entry = SharedEntry.decode(bytes, key: key, limits: limits)
                health.succeeded(.read, entry == nil ? \.misses : \.hits)
                onEnd(entry.map(SharedAnswer.found) ?? .absent)
            case .success(.null):
                health.succeeded(.read, \.misses)
                onEnd(.absent)
            case .success:
                health.succeeded(.read, \.errors)
                onEnd(.unavailable(.invalidReply(detail: "GET was not answered with a string")))
            }
        }
    }

    /// The same for a task on `loop`. Cancelling the task does not end the wait, which is short.
    public nonisolated(nonsending) func get(_ key: CacheKey, on loop: CurlLoop) async -> SharedAnswer {
        await withUnsafeContinuation { continuation in
            get(key, on: loop) { continuation.resume(returning: $0) }
        }
    }

    /// Stores an entry for some milliseconds, on `loop`. Nobody waits for it, and nobody is told when it fails.
    public func set(_ entry: StoredEntry, for key: CacheKey, ttl: Int64, on loop: CurlLoop) {
        guard ttl > 0, let lane = lane(of: loop), health.refusal(of: .write) == nil else { return }
        guard case .response(let response) = entry, response.body.count > Self.bulkFrom,
            response.body.count <= limits.maxEntry
        else {
            guard let bytes = SharedEntry.encode(entry, key: key, limits: limits) else { return }
            return store(bytes, for: key, ttl: ttl, in: lane)
        }
        Task(executorPreference: loop.bulk) { [self] in
            guard let bytes = SharedEntry.encode(entry, key: key, limits: limits) else { return }
            loop.execute { self.store(bytes, for: key, ttl: ttl, in: lane) }
        }
    }

    private func store(_ bytes: [UInt8], for key: CacheKey, ttl: Int64, in lane: RedisLane) {
        let arguments = [keys.entry(key), bytes, Array("PX".utf8), Array(String(ttl).utf8)]
        lane.send(RedisCommand("SET", arguments), .write) { [health] result in
            if case .success = result { health.succeeded(.write, \.writes) }
        }
    }

    // MARK: Purges

    /// Tells every node to forget responses. From anywhere; within a second or so it is known what became of it.
    public func publish(_ target: Purge.Target) async -> PurgeOutcome {
        guard PurgeScripts.text(of: target).utf8.count <= PurgeScripts.maximumTarget else { return .tooLong }
        guard let attachment = attachment.load() else { return .unavailable(.closed) }
        return await withUnsafeContinuation { continuation in
            let isTaken = attachment.lanes[0].loop.execute {
                attachment.purges.publish(target) { continuation.resume(returning: $0) }
            }
            if !isTaken { continuation.resume(returning: .unavailable(.closed)) }
        }
    }

    /// Whether this node hears of purges, and has missed none that it knows of. From anywhere.
    func isUpToDate() async -> Bool {
        guard let attachment = attachment.load() else { return false }
        return await withUnsafeContinuation { continuation in
            let isTaken = attachment.lanes[0].loop.execute {
                continuation.resume(returning: attachment.purges.isUpToDate)
            }
            if !isTaken { continuation.resume(returning: false) }
        }
    }

    // MARK: The end

    /// Ends every connection: who waits for a reply goes on without. Before the transport is shut down, which does the same
    /// for its loops; to be awaited off them.
    public func shutdown() async {
        guard let attachment = attachment.load() else { return }
        for lane in attachment.lanes {
            await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
                let isTaken = lane.loop.execute {
                    if lane === attachment.lanes[0] { attachment.purges.close() }
                    lane.close()
                    continuation.resume()
                }
                if !isTaken { continuation.resume() }
            }
        }
    }
}
