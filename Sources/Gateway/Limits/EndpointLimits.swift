import CurlTransport
import NIOCore
import RateLimits
import ResponseCache

/// The limits that one endpoint is under. A request is let in when all of them let it; one that is refused has spent nothing.
struct EndpointLimits: Sendable {
    struct Limit: Sendable {
        let settings: LimitSettings
        let entry: LimitBook.Entry
        /// The most that a request can cost, which is what is spent at first.
        let cost: Int
        /// Whether what was not needed is given back.
        let isSettled: Bool
    }

    /// What a request has spent.
    struct Receipt: Sendable {
        /// What the reply says of the limits.
        var fields: [(String, String)] = []
        /// By the limit's place, as far as what was not needed is to be given back.
        fileprivate var local: [(limit: Int, key: String)] = []
        fileprivate var shared: [(limit: Int, key: String)] = []
    }

    enum Decision: Sendable {
        case admitted(Receipt)
        case refused(FrontReply)
    }

    /// What a request is counted under, by the limit's place.
    struct Keys: Sendable {
        fileprivate var texts: [String]
    }

    let endpoint: String
    let limits: [Limit]
    private let tier: SharedLimits?
    private let policyField: String

    init(named endpoint: String, _ limits: [Limit], tier: SharedLimits?) {
        self.endpoint = endpoint
        self.limits = limits
        self.tier = tier
        policyField = limits.map { LimitFields.policy($0.settings) }.joined(separator: ", ")
    }

    var isEmpty: Bool { limits.isEmpty }
    var areShared: Bool { limits.contains { $0.settings.withoutRedis != nil } }
    private var areSettled: Bool { limits.contains(where: \.isSettled) }

    func keys(_ request: FrontRequest) -> Keys {
        // Those without a key of their own share one, which no text can be.
        Keys(texts: limits.map { $0.settings.key?.text(request, endpoint: endpoint) ?? "" })
    }

    static func now() -> LimitTime {
        LimitTime(
            monotonic: Int64(clamping: NIODeadline.now().uptimeNanoseconds),
            calendar: Int64(WallClock.now().seconds)
        )
    }

    // MARK: Deciding

    /// Where no limit is shared: at once, on any thread.
    func decide(_ keys: Keys, at time: LimitTime) -> Decision {
        conclude(keys, local(keys, at: time, where: { _ in true }), isShared: { _ in false })
    }

    /// Where some are: on `loop`, within the deadline of Redis.
    nonisolated(nonsending) func decide(_ keys: Keys, on loop: CurlLoop) async -> Decision {
        let time = Self.now()
        let isShared: (Limit) -> Bool = { $0.settings.withoutRedis != nil }
        var standings = local(keys, at: time) { !isShared($0) }
        guard standings.allSatisfy({ $0?.isAllowed != false }) else {
            return conclude(keys, standings, isShared: { _ in false })
        }
        let places = limits.indices.filter { isShared(limits[$0]) }
        let spendings = places.map { spending(keys, $0, cost: limits[$0].cost) }
        let result: Result<[LimitStanding], RedisFailure> =
            if let tier { await tier.take(spendings, on: loop) } else { .failure(.notConnected) }
        switch result {
        case .success(let shared):
            for (place, standing) in zip(places, shared) {
                standings[place] = standing
                note(standing, keys, place, at: time)
            }
            return conclude(keys, standings, isShared: isShared)
        case .failure:
            return withoutRedis(keys, standings, places)
        }
    }

    /// Redis has not said how its limits stand.
    private func withoutRedis(_ keys: Keys, _ standings: [LimitStanding?], _ places: [Int]) -> Decision {
        var standings = standings
        let time = Self.now()
        for place in places {
            let limit = limits[place]
            limit.entry.countUnshared()
            switch limit.settings.withoutRedis {
            case .closed:
                giveBack(standings, keys, at: time)
                return .refused(LimitFields.unavailable(endpoint: endpoint))
            case .local:
                standings[place] = limit.entry.limit.take(limit.cost, by: keys.texts[place], at: time)
            case .open, nil:
                break
            }
        }
        return conclude(keys, standings, isShared: { _ in false })
    }

    private func local(
        _ keys: Keys,
        at time: LimitTime,
        where isAsked: (Limit) -> Bool
    ) -> [LimitStanding?] {
        limits.indices.map { place in
            isAsked(limits[place])
                ? limits[place].entry.limit.take(limits[place].cost, by: keys.texts[place], at: time) : nil
        }
    }

    /// - Parameters:
    ///   - standings: nil for a limit that was not asked.
    ///   - isShared: whether what was spent is Redis's, where it is all or nothing.
    private func conclude(
        _ keys: Keys,
        _ standings: [LimitStanding?],
        isShared: (Limit) -> Bool
    ) -> Decision {
        let isAllowed = standings.allSatisfy { $0?.isAllowed != false }
        for (limit, standing) in zip(limits, standings) {
            guard let standing else { continue }
            if isAllowed || !standing.isAllowed { limit.entry.count(isAllowed: standing.isAllowed) }
        }
        guard isAllowed else {
            giveBack(zip(limits, standings).map { isShared($0) ? nil : $1 }, keys, at: Self.now())
            // Those that would have let it in have spent nothing.
            let unspent = zip(limits, standings).map { limit, standing in
                var standing = standing
                if let known = standing, known.isAllowed {
                    standing?.remaining = min(known.remaining.addingSaturated(limit.cost), limit.settings.rule.most)
                }
                return standing
            }
            return .refused(LimitFields.refusal(endpoint: endpoint, fields(unspent), limits, unspent))
        }
        var receipt = Receipt(fields: fields(standings))
        guard areSettled else { return .admitted(receipt) }
        for place in limits.indices where limits[place].isSettled && standings[place] != nil {
            if isShared(limits[place]) {
                receipt.shared.append((place, keys.texts[place]))
            } else {
                receipt.local.append((place, keys.texts[place]))
            }
        }
        return .admitted(receipt)
    }

    private func fields(_ standings: [LimitStanding?]) -> [(String, String)] {
        let known = zip(limits, standings).compactMap { limit, standing in
            standing.map { LimitFields.standing(limit.settings.name, $0) }
        }
        guard !known.isEmpty else { return [("RateLimit-Policy", policyField)] }
        return [("RateLimit-Policy", policyField), ("RateLimit", known.joined(separator: ", "))]
    }

    private func giveBack(_ standings: [LimitStanding?], _ keys: Keys, at time: LimitTime) {
        for (place, standing) in standings.enumerated() where standing?.isAllowed == true {
            limits[place].entry.limit.giveBack(limits[place].cost, to: keys.texts[place], at: time)
        }
    }

    private func spending(_ keys: Keys, _ place: Int, cost: Int) -> LimitSpending {
        spending(key: keys.texts[place], place, cost: cost)
    }

    private func spending(key: String, _ place: Int, cost: Int) -> LimitSpending {
        let settings = limits[place].settings
        return LimitSpending(rule: settings.rule, key: "\(settings.name):\(key)", cost: cost)
    }

    /// Remembers what Redis has said, for a node that has to go on by itself.
    private func note(_ standing: LimitStanding, _ keys: Keys, _ place: Int, at time: LimitTime) {
        guard case .local? = limits[place].settings.withoutRedis else { return }
        let most = Double(limits[place].settings.rule.most)
        limits[place].entry.limit.note(
            used: (most - Double(standing.remaining)) / most,
            by: keys.texts[place],
            at: time
        )
    }

    // MARK: Settling

    /// Gives back what a request turned out not to cost. On any thread; on `loop` shared limits hear of it at once.
    ///
    /// - Parameter requests: those that were sent to backends for it.
    func settle(_ receipt: Receipt, requests: Int, on loop: CurlLoop) {
        guard !receipt.local.isEmpty || !receipt.shared.isEmpty else { return }
        let time = Self.now()
        let cost = max(1, requests)
        for (place, key) in receipt.local where limits[place].cost > cost {
            limits[place].entry.limit.giveBack(limits[place].cost - cost, to: key, at: time)
        }
        let spendings = receipt.shared.compactMap { place, key in
            limits[place].cost > cost ? spending(key: key, place, cost: limits[place].cost - cost) : nil
        }
        guard !spendings.isEmpty, let tier else { return }
        if loop.isCurrent {
            tier.giveBack(spendings, on: loop)
        } else {
            loop.execute { tier.giveBack(spendings, on: loop) }
        }
    }
}
