import CurlTransport
import Foundation
public import JSONSlices
import Replay

/// A request that a recorded backend received.
public struct ReceivedRequest: Sendable {
    public let backend: String
    public let method: String
    /// Path and query as they were sent.
    public let target: String
    public let headers: [(name: String, value: String)]
    public let body: [UInt8]
    /// The name of the fixture that answered; nil when none did.
    public let fixture: String?
    /// When it was read in full.
    public let began: ContinuousClock.Instant
    /// When the answer was sent in full, or else the connection ended; nil: not yet.
    public let ended: ContinuousClock.Instant?

    /// The target without its query.
    public var path: String { String(target.prefix { $0 != "?" }) }

    /// The values of a query's parameter, decoded, in the order sent.
    public func queryValues(_ name: String) -> [String] {
        let query = target.drop { $0 != "?" }.dropFirst()
        return query.split(separator: "&").compactMap { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard Self.decoded(parts.first ?? "").utf8.elementsEqual(name.utf8) else { return nil }
            return Self.decoded(parts.dropFirst().first ?? "")
        }
    }

    /// The values of a header field, its name in any case, in the order sent.
    public func headerValues(_ name: String) -> [String] {
        headers.filter { HeaderValidation.equal($0.name, name) }.map(\.value)
    }

    /// The body as JSON; nil when it is none.
    public var json: JSONSlice? {
        body.isEmpty ? nil : (try? JSONDocument(parsing: body))?.root
    }

    private static func decoded(_ text: Substring) -> String {
        let spaced = String(text.replacing("+", with: " "))
        return spaced.removingPercentEncoding ?? spaced
    }

    func overlaps(_ other: ReceivedRequest) -> Bool { !endedBefore(other) && !other.endedBefore(self) }

    func endedBefore(_ other: ReceivedRequest) -> Bool { ended.map { $0 <= other.began } ?? false }

    /// `12–53 ms`, counted from `start`.
    func span(since start: ContinuousClock.Instant?) -> String {
        let start = start ?? began
        let end = ended.map { Milliseconds.text($0 - start) } ?? "…"
        return "\(Milliseconds.text(began - start))–\(end) ms"
    }
}

/// Durations in milliseconds, for a person.
enum Milliseconds {
    /// Rounded: `12`, and `0.4` below ten.
    static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let value = Double(seconds) * 1000 + Double(attoseconds) / 1e15
        return value < 10 ? String(format: "%.1f", value) : String(format: "%.0f", value)
    }
}
