/// When a batch of spans is sent, sent again, and given up. No clock of its own.
struct ExportSchedule {
    enum Verdict: Hashable {
        case delivered
        /// The collector may take the same batch later.
        case retry
        /// It never will.
        case refused
    }

    static let maximumAttempts = 5
    static let maximumPause: Duration = .seconds(30)

    private(set) var attempts = 0
    private var notBefore: ContinuousClock.Instant?

    /// What a status means (OTLP 1, "Failures" of OTLP/HTTP); nil for no response.
    static func verdict(status: Int?) -> Verdict {
        switch status {
        case nil, 429, 502, 503, 504: .retry
        case let status? where (200..<300).contains(status): .delivered
        default: .refused
        }
    }

    func mayTry(at now: ContinuousClock.Instant) -> Bool { notBefore.map { $0 <= now } ?? true }

    /// Takes note of an attempt's end.
    ///
    /// - Returns: whether the batch is done with, one way or the other.
    mutating func ended(_ verdict: Verdict, at now: ContinuousClock.Instant) -> Bool {
        attempts += 1
        guard verdict == .retry, attempts < Self.maximumAttempts else {
            self = ExportSchedule()
            // Who did not answer five times is not asked at once for the next batch.
            if verdict == .retry { notBefore = now + Self.maximumPause }
            return true
        }
        notBefore = now + min(Self.maximumPause, .seconds(1 << (attempts - 1)))
        return false
    }
}
