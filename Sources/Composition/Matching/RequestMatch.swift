/// What an endpoint asks of a request besides method and path, as `match` states it.
public struct RequestMatch: Hashable, Sendable {
    /// Any one of them; empty for every host.
    public let hosts: [HostPattern]
    /// All of them.
    public let headers: [FieldCondition]
    public let query: [FieldCondition]

    /// One way to be meant: a host, or any, and every condition.
    public struct Alternative: Sendable {
        public let host: HostPattern?
        public let match: RequestMatch

        /// Which of two that both hold is taken: the one of the greater rank. First by host, then by the number of
        /// conditions.
        public var rank: Rank {
            Rank(host: host?.rank ?? 0, conditions: match.headers.count + match.query.count)
        }

        /// Whether one request can be meant by both, and nothing tells which comes first.
        public func isAmbiguous(with other: Alternative) -> Bool {
            guard rank == other.rank, host == other.host else { return false }
            func compatible(_ one: [FieldCondition], _ two: [FieldCondition]) -> Bool {
                one.allSatisfy { condition in two.allSatisfy { condition.isCompatible(with: $0) } }
            }
            return compatible(match.headers, other.match.headers) && compatible(match.query, other.match.query)
        }

        /// Whether a request is meant.
        public func holds(for request: some MatchedRequest) -> Bool {
            if let host, !host.matches(request.matchedHost) { return false }
            for condition in match.headers where !condition.holds(request.matchedHeader(condition.name)) {
                return false
            }
            guard !match.query.isEmpty else { return true }
            let fields = QueryText.fields(of: request.matchedQuery)
            return match.query.allSatisfy { condition in
                condition.holds(fields.compactMap { $0.name == condition.name ? $0.value : nil })
            }
        }
    }

    public struct Rank: Hashable, Comparable, Sendable {
        let host: Int
        let conditions: Int

        public static func < (one: Rank, two: Rank) -> Bool {
            (one.host, one.conditions) < (two.host, two.conditions)
        }
    }

    /// One for each host.
    public var alternatives: [Alternative] {
        hosts.isEmpty ? [Alternative(host: nil, match: self)] : hosts.map { Alternative(host: $0, match: self) }
    }

    /// The alternative of an endpoint that asks nothing.
    public static let anything = Alternative(host: nil, match: RequestMatch(hosts: [], headers: [], query: []))

    /// `host api.example.com, x-version=2, ?preview=1`
    var sketch: String {
        var parts: [String] = []
        if !hosts.isEmpty { parts.append("host " + hosts.map(\.description).joined(separator: " or ")) }
        parts += headers.map(\.sketch)
        parts += query.map { $0.test == .absent ? "no ?\($0.name)" : "?" + $0.sketch }
        return parts.joined(separator: ", ")
    }
}

/// What conditions are asked of.
public protocol MatchedRequest {
    /// As ``HostPattern/normalized(_:)`` gives it; empty for none.
    var matchedHost: String { get }
    /// As received, without the `?`.
    var matchedQuery: String? { get }
    /// The values of a header, by lower-case name.
    func matchedHeader(_ name: String) -> [String]
}

/// A query's fields as web forms write them.
enum QueryText {
    /// A field that is no percent-encoded UTF-8 is left out: no condition can be about it.
    static func fields(of query: String?) -> [(name: String, value: String)] {
        (query ?? "").utf8.split(separator: UInt8(ascii: "&")).compactMap { field in
            let parts = field.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentDecoding.decode(parts[0], plusIsSpace: true),
                let value = parts.count > 1 ? PercentDecoding.decode(parts[1], plusIsSpace: true) : ""
            else { return nil }
            return (name, value)
        }
    }
}
