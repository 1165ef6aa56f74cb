public import CurlTransport
public import ResponseCache

/// What is spent of a rule by one request.
public struct LimitSpending: Hashable, Sendable {
    public var rule: LimitRule
    /// Names the policy and whoever is limited; at most 256 bytes.
    public var key: String
    /// From 1 on.
    public var cost: Int

    public init(rule: LimitRule, key: String, cost: Int) {
        self.rule = rule
        self.key = key
        self.cost = cost
    }
}

/// Limits that several nodes share through one Redis, exactly: see ``LimitScript``.
public struct SharedLimits: Sendable {
    private let tier: RedisTier

    public init(tier: RedisTier) {
        self.tier = tier
    }

    /// Spends of all, or of none when one of them refuses. On `loop`; answers within the tier's timeout.
    ///
    /// - Returns: how each stands, in the same order.
    public nonisolated(nonsending) func take(
        _ spendings: [LimitSpending],
        on loop: CurlLoop
    ) async -> Result<[LimitStanding], RedisFailure> {
        await tier.evaluate(LimitScript.script, keys: keys(spendings), Self.arguments("take", spendings), on: loop)
            .flatMap { numbers in
                guard numbers.count == 4 * spendings.count else {
                    return .failure(.invalidReply(detail: "the limits' script has answered something else"))
                }
                return .success(
                    spendings.indices.map { index in
                        let place = 4 * index
                        return LimitStanding(
                            isAllowed: numbers[place] == 1,
                            remaining: Int(clamping: numbers[place + 1]),
                            reset: Self.seconds(numbers[place + 2]),
                            retry: Self.seconds(numbers[place + 3])
                        )
                    }
                )
            }
    }

    /// Takes back what was spent and not needed after all. Nobody waits for it; when it fails, it counts as spent.
    public func giveBack(_ spendings: [LimitSpending], on loop: CurlLoop) {
        tier.evaluate(LimitScript.script, keys: keys(spendings), Self.arguments("give", spendings), on: loop) { _ in }
    }

    private func keys(_ spendings: [LimitSpending]) -> [String] {
        spendings.map { "\(tier.prefix):limit:\($0.key)" }
    }

    private static func arguments(_ mode: String, _ spendings: [LimitSpending]) -> [String] {
        var arguments = [mode]
        for spending in spendings {
            switch spending.rule {
            case .rate(let rate):
                arguments += ["rate", "\(rate.limit)", "\(Double(rate.period) / 1_000)", "\(rate.burst)"]
            case .quota(let quota):
                arguments += [quota.window.rawValue, "\(quota.limit)", "0", "\(quota.limit)"]
            }
            arguments.append("\(spending.cost)")
        }
        return arguments
    }

    /// Milliseconds as whole seconds that are long enough.
    private static func seconds(_ milliseconds: Int64) -> Int {
        let capped = min(max(0, milliseconds), 1_000_000_000_000)
        return Int((capped + 999) / 1_000)
    }
}
