import NIOCore

/// How the answer to one request goes out: which bytes when, and what becomes of the connection. A value; carried out
/// by `ReplayConnection`.
struct Delivery: Hashable, Sendable {
    /// Bytes to write, and when: the time since the request was read.
    struct Step: Hashable, Sendable {
        let after: TimeAmount
        let bytes: ByteBuffer
    }

    enum Ending: Sendable {
        /// The connection is ready for the next request.
        case nextRequest
        /// The connection is closed in order, all bytes sent.
        case close
        /// The connection is torn down with a TCP reset.
        case reset
        /// Nothing more happens on the connection.
        case hang
    }

    let steps: [Step]
    let ending: Ending
    /// When the ending happens: the time since the request was read.
    let endsAfter: TimeAmount
    /// Whether the steps are a whole response.
    let isWhole: Bool

    init(steps: [Step], ending: Ending, endsAfter: TimeAmount, isWhole: Bool) {
        self.steps = steps
        self.ending = ending
        self.endsAfter = endsAfter
        self.isWhole = isWhole
    }

    /// Everything at one time.
    init(_ bytes: ByteBuffer, after delay: TimeAmount = .zero, ending: Ending, isWhole: Bool) {
        self.init(steps: [Step(after: delay, bytes: bytes)], ending: ending, endsAfter: delay, isWhole: isWhole)
    }
}
