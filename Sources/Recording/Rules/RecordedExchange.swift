public import Replay

/// One exchange with a backend as it was seen, before anything is left out of it.
public struct RecordedExchange: Sendable {
    public typealias Field = (name: String, value: String)

    /// What came back.
    public enum Answer: Sendable {
        /// A whole response; the body is decoded, whatever `Content-Encoding` says.
        case response(status: Int, headers: [Field], body: [UInt8])
        /// None, or a broken one.
        case fault(CannedResponse.Fault)
    }

    public var method: String
    /// Path and query as they were sent, below the backend's URL: `/users/42?expand=plan`.
    public var target: String
    public var headers: [Field]
    public var body: [UInt8]
    public var answer: Answer
    /// From the request to the last byte of the answer; nil when nobody measured it.
    public var duration: Duration?

    public init(
        method: String,
        target: String,
        headers: [Field] = [],
        body: [UInt8] = [],
        answer: Answer,
        duration: Duration? = nil
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.answer = answer
        self.duration = duration
    }
}

/// Why an exchange makes no fixture, to stand after "left out:".
public enum Omission: String, Hashable, Sendable, CaseIterable {
    /// A 304: it has no content, and the next who asks may have none of his own.
    case notModified = "not modified since the gateway's copy (304)"
    /// A 206, unless `Range` tells requests apart.
    case partial = "a part of a body (206)"
    /// A status that a fixture cannot have.
    case status = "a status outside of 200 to 599"
}

extension RecordedExchange {
    /// Nil for an exchange that makes a fixture.
    func omission(_ rules: RecordingRules) -> Omission? {
        guard case .response(let status, _, _) = answer else { return nil }
        switch status {
        case 304: return .notModified
        case 206: return rules.matchedHeaders.contains("range") ? nil : .partial
        case 200...599: return nil
        default: return .status
        }
    }
}
