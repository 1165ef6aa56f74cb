import RateLimits

/// What a client is told of limits: `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers-10,
/// `Retry-After` of RFC 9110, section 10.2.3.
enum LimitFields {
    /// `"perUser";q=100;w=60`: so many within so many seconds. Months have no length.
    static func policy(_ settings: LimitSettings) -> String {
        switch settings.rule {
        case .rate(let rate):
            let second: Int64 = 1_000_000_000
            // A window is whole seconds: shorter periods are told as what they make in a second.
            guard rate.period < second || rate.period % second != 0 else {
                return item(settings.name, "q=\(rate.limit);w=\(rate.period / second)", burst: rate)
            }
            let perSecond = Int64((Double(rate.limit) * Double(second) / Double(rate.period)).rounded(.down))
            guard perSecond < 1 else { return item(settings.name, "q=\(perSecond);w=1", burst: rate) }
            return item(settings.name, "q=\(rate.limit);w=\((rate.period + second - 1) / second)", burst: rate)
        case .quota(let quota):
            return "\"\(settings.name)\";q=\(quota.limit)" + (quota.window == .day ? ";w=86400" : "")
        }
    }

    private static func item(_ name: String, _ quota: String, burst rate: LimitRule.Rate) -> String {
        "\"\(name)\";\(quota)" + (rate.burst == rate.limit ? "" : ";burst=\(rate.burst)")
    }

    /// `"perUser";r=12;t=30`: so much is left, and all of it again in so many seconds.
    static func standing(_ name: String, _ standing: LimitStanding) -> String {
        "\"\(name)\";r=\(standing.remaining);t=\(standing.reset)"
    }

    /// 429 (RFC 6585, section 4), with the draft's problem type.
    static func refusal(
        endpoint: String,
        _ fields: [(String, String)],
        _ limits: [EndpointLimits.Limit],
        _ standings: [LimitStanding?]
    ) -> FrontReply {
        let violated = zip(limits, standings).filter { $1?.isAllowed == false }
        let retry = violated.compactMap { $1?.retry }.max() ?? 1
        let names = violated.map { $0.0.settings.name }
        let rules = violated.map { "\($0.0.settings.rule)" }.joined(separator: ", ")
        return Problem(
            status: 429,
            type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
            detail: "The limit of \(rules) is used up. Try again in \(retry) s.",
            extensions: [Problem.Member("violated-policies", .array(names.map { .string($0) }))]
        )
        .reply(
            headers: fields + [("Retry-After", String(retry))],
            log: ReplyLog(endpoint: endpoint, failure: "limit;reason=\(names.joined(separator: ","))")
        )
    }

    /// Nobody knows how a limit stands, and its policy is to refuse then.
    static func unavailable(endpoint: String) -> FrontReply {
        Problem(
            status: 503,
            type: Problem.type("limits-unavailable"),
            detail: "How much may still be asked for is not known at the moment."
        )
        .reply(
            headers: [("Retry-After", "5")],
            log: ReplyLog(endpoint: endpoint, failure: "limit;reason=redis_unavailable")
        )
    }
}
