import Synchronization

/// What all keys have spent of one rule on this node. Safe from any thread.
///
/// Bounded: keys that have spent nothing of late are forgotten, which changes nothing for them; when there is still no room,
/// those that have spent the least are forgotten too.
public final class LocalLimit: Sendable {
    private struct Shard: ~Copyable {
        let states = Mutex<[String: LimitState]>([:])
    }

    /// Neighbours of no other thread most of the time: a power of two.
    private static let shardCount = 16

    public let rule: LimitRule
    private let shards: [ShardBox]
    private let shardCapacity: Int
    private let forgottenKeys = Atomic<Int>(0)

    private final class ShardBox: Sendable {
        let shard = Shard()
    }

    /// - Parameter capacity: the most keys that are remembered, from 16.
    public init(rule: LimitRule, capacity: Int) {
        self.rule = rule
        shards = (0..<Self.shardCount).map { _ in ShardBox() }
        shardCapacity = max(1, capacity / Self.shardCount)
    }

    /// Keys that had spent something and were forgotten for want of room.
    public var forgotten: Int { forgottenKeys.load(ordering: .relaxed) }

    /// Keys that are remembered.
    public var count: Int { shards.reduce(0) { $0 + $1.shard.states.withLock { $0.count } } }

    /// Spends, if that much is left.
    ///
    /// - Parameter cost: from 1 on.
    public func take(_ cost: Int, by key: String, at time: LimitTime) -> LimitStanding {
        withState(of: key, at: time) { $0.take(cost, of: rule, at: time) }
    }

    /// Takes back what was spent and not needed after all.
    public func giveBack(_ cost: Int, to key: String, at time: LimitTime) {
        withState(of: key, at: time) { $0.giveBack(cost, of: rule, at: time) }
    }

    /// Takes note of what is known from elsewhere: the part of the rule that is used up.
    ///
    /// - Parameter share: from 0 to 1.
    public func note(used share: Double, by key: String, at time: LimitTime) {
        withState(of: key, at: time) { state in
            state = state.current(rule, at: time)
            state.used = min(max(0, share), 1) * Double(rule.most)
        }
    }

    private func withState<Result>(
        of key: String,
        at time: LimitTime,
        _ body: (inout LimitState) -> Result
    ) -> Result {
        let shard = shards[Int(truncatingIfNeeded: UInt(bitPattern: key.hashValue) % UInt(Self.shardCount))]
        return shard.shard.states.withLock { states in
            if states.count >= shardCapacity, states[key] == nil { makeRoom(in: &states, at: time) }
            return body(&states[key, default: LimitState()])
        }
    }

    /// Once for every eighth of the capacity that comes in.
    private func makeRoom(in states: inout [String: LimitState], at time: LimitTime) {
        states = states.compactMapValues { state in
            let current = state.current(rule, at: time)
            return current.used > 0 ? current : nil
        }
        let wanted = shardCapacity - max(1, shardCapacity / 8)
        guard states.count > wanted else { return }
        let spent = states.values.map(\.used).sorted()
        let excess = states.count - wanted
        let bound = spent[excess - 1]
        var left = excess
        states = states.filter { _, state in
            guard left > 0, state.used <= bound else { return true }
            left -= 1
            return false
        }
        forgottenKeys.wrappingAdd(excess, ordering: .relaxed)
    }
}
