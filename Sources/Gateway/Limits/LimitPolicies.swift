public import Composition
public import Diagnostics
import RateLimits

/// The limits of a gateway's settings. Immutable.
public struct LimitPolicies: Sendable {
    let settings: [LimitSettings]
    /// Whether an endpoint may name a limit that is not there.
    let isComplete: Bool

    public init(_ settings: [LimitSettings]) {
        self.settings = settings
        isComplete = true
    }

    private init(ignoring: Void) {
        settings = []
        isComplete = false
    }

    /// For gateways that limit nobody, whatever the endpoints name.
    public static let none = LimitPolicies(ignoring: ())

    /// - Returns: nil when one is missing, which `check` would have found. Empty: the endpoint is under no limit.
    ///
    /// - Parameter isProtected: whether it is asked who asks; what can be decided before that then is.
    func limits(
        of endpoint: CompositionSet.Endpoint,
        isProtected: Bool,
        book: LimitBook,
        tier: SharedLimits?
    ) -> (beforeAccess: EndpointLimits, others: EndpointLimits)? {
        let name = endpoint.pattern.description
        guard isComplete else {
            return (EndpointLimits(named: name, [], tier: nil), EndpointLimits(named: name, [], tier: nil))
        }
        var limits: [EndpointLimits.Limit] = []
        func add(_ settings: LimitSettings, _ cost: LimitUse.Cost) {
            let worst = endpoint.worstCaseRequests
            limits.append(
                EndpointLimits.Limit(
                    settings: settings,
                    entry: book.entry(named: settings.name, rule: settings.localRule, capacity: settings.remember),
                    cost: cost.most(worstCase: worst),
                    isSettled: cost == .calls && worst > 1
                )
            )
        }
        for use in endpoint.limits {
            guard let named = settings.first(where: { $0.name == use.policy }) else { return nil }
            add(named, use.cost)
        }
        for policy in settings where policy.isForAll && !endpoint.limits.contains(where: { $0.policy == policy.name }) {
            add(policy, .fixed(1))
        }
        let early = limits.filter { isProtected && $0.mayComeBeforeAccess }
        let others = limits.filter { !(isProtected && $0.mayComeBeforeAccess) }
        return (EndpointLimits(named: name, early, tier: nil), EndpointLimits(named: name, others, tier: tier))
    }

    /// Reports endpoints that name a limit that is not there, or that could never be let in.
    public func check(_ compositions: CompositionSet, diagnostics: DiagnosticList) {
        for endpoint in compositions.endpoints {
            for use in endpoint.limits {
                guard let named = settings.first(where: { $0.name == use.policy }) else {
                    diagnostics.error(
                        "no limit is named '\(use.policy)'",
                        in: use.place.file,
                        at: use.place.range,
                        help: suggestion(for: use.policy, among: settings.map(\.name))
                            ?? "declare it in the settings, under \"rateLimits\""
                    )
                    continue
                }
                let cost = use.cost.most(worstCase: endpoint.worstCaseRequests)
                if cost <= named.rule.most, cost > named.localRule.most {
                    diagnostics.error(
                        "a request may cost \(cost), and without Redis '\(use.policy)' never has more than "
                            + "\(named.localRule.most) to spend",
                        in: use.place.file,
                        at: use.place.range,
                        help: "raise the share of \"whenRedisFails\", or the "
                            + (named.rule.isRate ? "burst" : "quota") + ", or lower the cost"
                    )
                }
                guard cost > named.rule.most else { continue }
                diagnostics.error(
                    "a request may cost \(cost), and '\(use.policy)' never has more than \(named.rule.most) to spend",
                    in: use.place.file,
                    at: use.place.range,
                    help: "\(named.rule) would have to allow \(cost) at once: raise its "
                        + (named.rule.isRate ? "burst" : "quota") + ", or lower the cost"
                )
            }
        }
    }
}

extension EndpointLimits.Limit {
    /// Whether it can be asked before it is known who asks, so that a flood of wrong credentials is limited, too: a limit of
    /// this node alone, of a cost that is known.
    fileprivate var mayComeBeforeAccess: Bool {
        settings.withoutRedis == nil && !isSettled && settings.key?.readsCaller != true
    }
}

extension LimitUse.Cost {
    /// What has to be left for a request to be let in.
    fileprivate func most(worstCase: Int) -> Int {
        switch self {
        case .fixed(let cost): cost
        case .calls: max(1, worstCase)
        }
    }
}

extension LimitRule {
    fileprivate var isRate: Bool { if case .rate = self { true } else { false } }
}
