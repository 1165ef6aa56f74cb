/// Which of the purges that Redis counts this node has heard of. Pure.
///
/// Messages may be missed and come twice; the counter may have lost its memory, or some of it after a failover. What cannot
/// be made up for becomes a reset, after which everything older counts as purged.
struct PurgeTracker {
    enum Action: Hashable {
        case none
        case deliver([Purge])
        /// Ask Redis for epoch and count.
        case check
        /// Ask for the purges after one number up to another.
        case fetch(epoch: UInt32, after: UInt32, upTo: UInt32)
        /// Everything up to this purge counts as purged; then come those.
        case reset(epoch: UInt32, count: UInt32, then: [Purge])
        /// There is no counter, or the one there is has gone back: begin a new one.
        case establish(leaving: UInt32?)
    }

    private static let maximumRemembered = 64

    private(set) var known: PurgeGeneration?
    /// The last ones, so as to tell a message that comes twice from a number that was given twice.
    private var remembered: [Purge] = []

    /// A purge was told on the channel, or was this node's own.
    mutating func heard(_ purge: Purge) -> Action {
        let place = PurgeGeneration(purge.generation)
        guard let known, known.epoch == place.epoch else { return .check }
        if place.count <= known.count {
            return remembered.contains(purge) ? .none : .establish(leaving: known.epoch)
        }
        guard place.count == known.count + 1 else {
            return .fetch(epoch: known.epoch, after: known.count, upTo: place.count)
        }
        note([purge])
        return .deliver([purge])
    }

    /// What Redis says of its counter; nil when it has none.
    func checked(epoch: UInt32?, count: UInt32?) -> Action {
        guard let epoch, let count else { return .establish(leaving: nil) }
        guard let known, known.epoch == epoch else { return .fetch(epoch: epoch, after: 0, upTo: count) }
        if count == known.count { return .none }
        guard count > known.count else { return .establish(leaving: epoch) }
        return .fetch(epoch: epoch, after: known.count, upTo: count)
    }

    /// What the log holds of the purges that were asked for; some may be missing.
    mutating func fetched(_ purges: [Purge], epoch: UInt32, upTo count: UInt32) -> Action {
        let isSameEpoch = known?.epoch == epoch
        if isSameEpoch, let known, known.count >= count { return .none }
        // The longest run without a gap that ends with the newest one.
        var run: [Purge] = []
        var next = count
        for purge in purges.reversed() {
            let place = PurgeGeneration(purge.generation)
            guard place.epoch == epoch, place.count <= next else { continue }
            guard place.count == next, next > 0 else { break }
            if isSameEpoch, let known, place.count <= known.count { break }
            run.append(purge)
            next -= 1
        }
        run.reverse()
        if isSameEpoch, let known, next == known.count {
            note(run)
            return .deliver(run)
        }
        known = PurgeGeneration(epoch: epoch, count: next)
        remembered = []
        note(run)
        return .reset(epoch: epoch, count: next, then: run)
    }

    private mutating func note(_ purges: [Purge]) {
        guard let last = purges.last else { return }
        known = PurgeGeneration(last.generation)
        remembered += purges
        if remembered.count > Self.maximumRemembered {
            remembered.removeFirst(remembered.count - Self.maximumRemembered)
        }
    }
}
