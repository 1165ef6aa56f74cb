import Composition

/// What a request to a backend came to, for the access log.
struct LoggedCall: Hashable, Sendable {
    var name: String
    var backend: String
    /// The backend's status, or that of what was kept.
    var status: Int?
    /// `kept` for an answer without a request, a proxy error of RFC 9209 for none, `unfinished`; nil for a response.
    var outcome: String?
    var microseconds: Int64
    var attempts: Int

    /// Such as `users:200:12.345ms`.
    var summary: String {
        var time: [UInt8] = []
        LogFormat.appendMilliseconds(microseconds, to: &time)
        let words = [backend, status.map { "\($0)" }, outcome, String(decoding: time, as: UTF8.self) + "ms"]
        return words.compactMap(\.self).joined(separator: ":")
    }

    init(_ record: CallRecorder.Record) {
        name = record.call
        backend = record.backend
        microseconds = Int64(clamping: (record.end &- min(record.start, record.end)) / 1_000)
        attempts = record.attempts
        switch record.outcome {
        case .none: outcome = "unfinished"
        case .status(let status): self.status = status
        case .failed(let word): outcome = word
        case .kept(let status): (self.status, outcome) = (status, "kept")
        }
    }
}
