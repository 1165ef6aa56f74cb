/// What has become of the requests to a backend since the transport began, of all loops.
public struct BackendCounts: Hashable, Sendable {
    public var name: String
    /// Responses, by status.
    public var statuses: [Int: UInt64] = [:]
    /// Requests without one, by ``TransportError/proxyStatusError``.
    public var failures: [String: UInt64] = [:]
    /// From the call of `perform` to the end, waiting included.
    public var durations = DurationHistogram()
    /// Requests that are being sent or answered now.
    public var inFlight = 0
    /// Requests that wait for one of those places now.
    public var queued = 0

    init(name: String) {
        self.name = name
    }

    mutating func add(_ outcome: Transfer.Outcome, nanoseconds: UInt64) {
        switch outcome {
        case .success(let response): statuses[response.status, default: 0] &+= 1
        case .failure(let error): failures[error.proxyStatusError, default: 0] &+= 1
        }
        durations.add(nanoseconds: nanoseconds)
    }

    static func += (sum: inout BackendCounts, other: BackendCounts) {
        sum.statuses.merge(other.statuses) { $0 &+ $1 }
        sum.failures.merge(other.failures) { $0 &+ $1 }
        sum.durations += other.durations
        sum.inFlight += other.inFlight
        sum.queued += other.queued
    }
}

extension CurlTransport {
    /// What every backend has seen, also those that are known no more, sorted by name. Off the loops; what a loop that has
    /// ended knew is gone.
    public func counts() async -> [BackendCounts] {
        var sums: [String: BackendCounts] = [:]
        for loop in loops {
            for counts in await loop.counts() { sums[counts.name, default: BackendCounts(name: counts.name)] += counts }
        }
        return sums.values.sorted { $0.name < $1.name }
    }
}

extension CurlLoop {
    fileprivate func counts() async -> [BackendCounts] {
        await withUnsafeContinuation { continuation in
            if !execute({ continuation.resume(returning: self.engine.counts) }) { continuation.resume(returning: []) }
        }
    }
}
