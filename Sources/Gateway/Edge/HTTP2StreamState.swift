import NIOCore

/// What one request of HTTP/2 is doing, and what is to be done next. No sockets, no clock: the caller passes the time and
/// carries out what is returned.
struct HTTP2StreamState {
    enum Phase: Equatable {
        /// No header section yet.
        case head
        /// The body is coming in; so many bytes so far.
        case body(received: Int)
        /// The handler works on it.
        case handling
        /// The reply is being sent.
        case replying
        /// All of the reply is with the channel.
        case replied
        /// The stream has ended.
        case over
    }

    enum BodyAction: Equatable {
        case append
        case refuse
        case discard
    }

    enum ExpiryAction: Equatable {
        case none
        /// Answer with 408.
        case refuse
        /// Reset the stream.
        case reset
    }

    private let limits: FrontLimits
    private(set) var phase = Phase.head
    /// The client has sent the end of its request.
    private(set) var isRequestComplete = false
    /// For the request to be complete.
    private var deadline: NIODeadline?
    /// Writes that the connection has not taken, and since when it has taken none.
    private var pendingWrites = 0
    private var stalledSince: NIODeadline?

    init(limits: FrontLimits) {
        self.limits = limits
    }

    /// The header section is complete and well-formed.
    mutating func begin(isComplete: Bool, now: NIODeadline) {
        isRequestComplete = isComplete
        phase = isComplete ? .handling : .body(received: 0)
        deadline = isComplete ? nil : now + limits.bodyTimeout
    }

    mutating func receivedBody(bytes: Int) -> BodyAction {
        guard case .body(let received) = phase else { return .discard }
        guard bytes <= limits.maxBodyBytes - received else { return .refuse }
        phase = .body(received: received + bytes)
        return .append
    }

    /// The body is passed on, and the client is to send more of it by then; nil while it is not the client's turn.
    mutating func waitsForBody(until deadline: NIODeadline?) {
        self.deadline = isRequestComplete || phase == .replied || phase == .over ? nil : deadline
    }

    /// - Returns: whether the request is complete now and to be handled.
    mutating func receivedEnd() -> Bool {
        isRequestComplete = true
        deadline = nil
        guard case .body = phase else { return false }
        phase = .handling
        return true
    }

    /// - Returns: whether the reply is to be sent: false for a second one, and for a stream that has ended.
    mutating func replied() -> Bool {
        switch phase {
        case .head, .body, .handling:
            phase = .replying
            deadline = nil
            return true
        case .replying, .replied, .over:
            return false
        }
    }

    mutating func finishedSending() {
        if phase == .replying { phase = .replied }
    }

    /// - Returns: whether a request was left without its whole reply.
    mutating func closed() -> Bool {
        defer {
            phase = .over
            deadline = nil
            stalledSince = nil
        }
        switch phase {
        case .body, .handling, .replying: return true
        case .head, .replied, .over: return false
        }
    }

    mutating func wrote(now: NIODeadline) {
        pendingWrites += 1
        stalledSince = stalledSince ?? now
    }

    mutating func written(now: NIODeadline) {
        pendingWrites -= 1
        stalledSince = pendingWrites > 0 ? now : nil
    }

    func checkDeadlines(now: NIODeadline) -> ExpiryAction {
        if let stalledSince, now >= stalledSince + limits.writeTimeout { return .reset }
        guard let deadline, now >= deadline else { return .none }
        // Where the reply has begun, nothing else can be said.
        return phase == .replying ? .reset : .refuse
    }
}
