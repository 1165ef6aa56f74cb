/// The time, by two clocks: rates need one that never steps, quotas that of the calendar.
public struct LimitTime: Hashable, Sendable {
    /// Nanoseconds of a monotonic clock.
    public var monotonic: Int64
    /// Seconds since 1970, UTC.
    public var calendar: Int64

    public init(monotonic: Int64, calendar: Int64) {
        self.monotonic = monotonic
        self.calendar = calendar
    }
}

/// What one key has spent of a rule.
///
/// A rate is the Generic Cell Rate Algorithm, in its form of a leaky bucket with a continuous state (ITU-T I.371, annex A,
/// figure A.1; the form with a theoretical arrival time is shown there to be the same). What is spent fills the bucket,
/// which leaks at the rate; what would make it flow over is refused, and fills nothing. So over any time t no more than
/// `burst + limit / period * t` is admitted, and no request has to be remembered.
struct LimitState: Hashable, Sendable {
    /// How full the bucket is; or what is spent within the window.
    var used = 0.0
    /// When it was so full, on the monotonic clock; or the window's number.
    var mark: Int64 = 0

    /// What is left of it at a time.
    func current(_ rule: LimitRule, at time: LimitTime) -> LimitState {
        switch rule {
        case .rate(let rate):
            let (elapsed, overflow) = time.monotonic.subtractingReportingOverflow(mark)
            let leaked = Double(overflow ? 0 : max(0, elapsed)) * rate.pace
            return LimitState(used: max(0, used - leaked), mark: time.monotonic)
        case .quota(let quota):
            let window = quota.window.window(at: time.calendar).number
            return window == mark ? self : LimitState(used: 0, mark: window)
        }
    }

    /// Spends, if that much is left.
    ///
    /// - Parameter cost: from 1 on.
    mutating func take(_ cost: Int, of rule: LimitRule, at time: LimitTime) -> LimitStanding {
        var now = current(rule, at: time)
        let isAllowed = now.used + Double(cost) <= Double(rule.most) + Self.rounding
        if isAllowed { now.used += Double(cost) }
        self = now
        return now.standing(rule, at: time, isAllowed: isAllowed, cost: cost)
    }

    /// Takes back what was spent and not needed after all.
    mutating func giveBack(_ cost: Int, of rule: LimitRule, at time: LimitTime) {
        self = current(rule, at: time)
        used = max(0, used - Double(cost))
    }

    /// What a sum of a thousand million may be wrong by, and more.
    private static let rounding = 1e-6

    /// - Parameter cost: what was asked for.
    func standing(_ rule: LimitRule, at time: LimitTime, isAllowed: Bool, cost: Int) -> LimitStanding {
        let most = Double(rule.most)
        let remaining = Int(max(0, (most - used + Self.rounding).rounded(.down)))
        switch rule {
        case .rate(let rate):
            // A thousand million at one in 366 days is less than an Int64's nanoseconds by far only as a Double.
            func seconds(_ count: Double) -> Int {
                Int(min(max(0, count / rate.pace / 1e9), 1e9).rounded(.up))
            }
            return LimitStanding(
                isAllowed: isAllowed,
                remaining: remaining,
                reset: seconds(used),
                retry: isAllowed ? 0 : max(1, seconds(used + Double(cost) - most))
            )
        case .quota(let quota):
            let end = quota.window.window(at: time.calendar).end
            let reset = Int(clamping: max(1, end &- time.calendar))
            return LimitStanding(
                isAllowed: isAllowed,
                remaining: remaining,
                reset: reset,
                retry: isAllowed ? 0 : reset
            )
        }
    }
}

/// How a key stands with a rule.
public struct LimitStanding: Hashable, Sendable {
    public var isAllowed: Bool
    /// What may be spent now.
    public var remaining: Int
    /// Seconds until all of it may be spent again.
    public var reset: Int
    /// Seconds until what was refused will be allowed, if nothing else is spent; 0 where it is allowed.
    public var retry: Int

    public init(isAllowed: Bool, remaining: Int, reset: Int, retry: Int) {
        self.isAllowed = isAllowed
        self.remaining = remaining
        self.reset = reset
        self.retry = retry
    }
}
