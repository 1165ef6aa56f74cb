import CurlTransport
import Synchronization

/// The purges of the last while, for several threads at once. See `PurgeHistory` for the decisions.
///
/// `@unchecked Sendable`: the history is touched under the lock only.
public final class PurgeLog: @unchecked Sendable {
    /// What became of a purge that came from others.
    public enum Outcome: Hashable, Sendable {
        case applied
        /// It was known already.
        case known
        /// It is applied, and the purges of these numbers were not heard of. Until they are applied too, every response
        /// older than the last of them counts as purged.
        case missing(ClosedRange<UInt64>)
        /// It is not applied: the shared counter is in another epoch than this log. Ask the counter, then `reset`.
        case otherEpoch
    }

    public static let defaultLimit = 10_000

    private let lock = Lock()
    private var history: PurgeHistory
    private let newest = Atomic<UInt64>(0)

    /// - Parameter limit: how many purges are remembered. A response that is older than a forgotten one counts as purged.
    public init(limit: Int = PurgeLog.defaultLimit) {
        history = PurgeHistory(limit: limit)
    }

    /// The newest purge that is known: what a response carries whose request is sent now. Without a lock.
    @inline(__always)
    public var current: UInt64 { newest.load(ordering: .acquiring) }

    /// Whether a purge that is newer than a response's generation is for it.
    public func isPurged(generation: UInt64, url: String, tags: [String]) -> Bool {
        lock.lock()
        defer { lock.unlock() }
        return history.isPurged(generation: generation, url: url, tags: tags)
    }

    /// Gives a purge the next number: for a node by itself.
    @discardableResult
    public func record(_ target: Purge.Target) -> Purge {
        lock.lock()
        defer { lock.unlock() }
        let purge = history.record(target)
        newest.store(history.current, ordering: .releasing)
        return purge
    }

    /// Takes in a purge whose number a shared counter gave: late, twice or out of order, as it comes.
    public func apply(_ purge: Purge) -> Outcome {
        lock.lock()
        defer { lock.unlock() }
        let outcome = history.apply(purge)
        newest.store(history.current, ordering: .releasing)
        return outcome
    }

    /// Begins at what the shared counter says, and counts everything older as purged: when a node starts, when missing
    /// purges are not to be had, and when the counter has lost its memory and has a new epoch.
    /// - Returns: false, and nothing changes, when the counter has gone back: to a smaller number, or to an epoch that was
    ///   left. Its numbers cannot be told from those given before, so it needs a new epoch.
    public func reset(epoch: UInt32, generation: UInt32) -> Bool {
        lock.lock()
        defer { lock.unlock() }
        let isReset = history.reset(epoch: epoch, count: generation)
        newest.store(history.current, ordering: .releasing)
        return isReset
    }

    /// The numbers whose purges were not heard of, in order.
    public var missing: [ClosedRange<UInt64>] {
        lock.lock()
        defer { lock.unlock() }
        return history.gaps
    }
}
