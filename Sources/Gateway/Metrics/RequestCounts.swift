import CurlTransport
import NIOCore

/// What has become of the requests that one event loop, or all together, have answered.
struct RequestCounts: Sendable {
    /// Of one endpoint.
    struct Endpoint: Sendable {
        /// By status; 499 for clients that left before the reply was there.
        var statuses: [Int: UInt64] = [:]
        /// Replies in which a fallback was used.
        var partial: UInt64 = 0
        var durations = DurationHistogram()
        /// Bytes of bodies, as sent.
        var bytes: UInt64 = 0

        static func += (sum: inout Endpoint, other: Endpoint) {
            sum.statuses.merge(other.statuses) { $0 &+ $1 }
            sum.partial &+= other.partial
            sum.durations += other.durations
            sum.bytes &+= other.bytes
        }
    }

    /// By the endpoint as its author wrote it; empty for requests that none answers.
    var endpoints: [String: Endpoint] = [:]
    /// Clients' connections that are open.
    var connections = 0
    /// Connections that failed before their first request, or were closed for how they were used.
    var connectionFailures: [ConnectionFailure: UInt64] = [:]

    mutating func add(_ request: RequestSummary, _ outcome: AccessLog.Outcome, now: NIODeadline) {
        let duration = UInt64(max(0, (now - request.received).nanoseconds))
        switch outcome {
        case .replied(let reply, let bodyBytes):
            add(to: reply.log.endpoint ?? "") { counts in
                counts.statuses[reply.status, default: 0] &+= 1
                counts.durations.add(nanoseconds: duration)
                counts.bytes &+= UInt64(max(0, bodyBytes))
                if !reply.log.partial.isEmpty { counts.partial &+= 1 }
            }
        case .clientGone(let log, let bodyBytes):
            add(to: log.endpoint ?? "") { counts in
                counts.statuses[499, default: 0] &+= 1
                counts.durations.add(nanoseconds: duration)
                counts.bytes &+= UInt64(max(0, bodyBytes))
            }
        }
    }

    private mutating func add(to endpoint: String, _ change: (inout Endpoint) -> Void) {
        change(&endpoints[endpoint, default: Endpoint()])
    }

    static func += (sum: inout RequestCounts, other: RequestCounts) {
        for (name, counts) in other.endpoints { sum.endpoints[name, default: Endpoint()] += counts }
        sum.connections += other.connections
        sum.connectionFailures.merge(other.connectionFailures) { $0 &+ $1 }
    }
}
