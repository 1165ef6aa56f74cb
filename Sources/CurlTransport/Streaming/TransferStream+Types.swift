extension TransferStream {
    /// What the request's body is.
    public enum Upload: Hashable, Sendable {
        case none
        /// Sent with this `Content-Length`, from 1.
        case known(Int)
        /// Sent chunked.
        case unknown
    }

    public struct Options: Hashable, Sendable {
        /// Bytes of the response that are handed out and not taken back, at which the backend is no longer read from.
        public var highWater: Int
        /// Bytes at which it is read from again.
        public var lowWater: Int
        /// How long nothing may move while a body is under way, before the transfer ends with a timeout. Waiting for the
        /// client does not count. Half a second late at most.
        public var stall: Duration
        /// Have the backend asked whether it wants the body (`Expect: 100-continue`); it is sent after a second without
        /// an answer.
        public var expectsContinue: Bool

        public init(
            highWater: Int = 512 << 10,
            lowWater: Int = 128 << 10,
            stall: Duration = .seconds(60),
            expectsContinue: Bool = false
        ) {
            self.highWater = highWater
            self.lowWater = lowWater
            self.stall = stall
            self.expectsContinue = expectsContinue
        }
    }

    /// The head of the final response.
    public struct Head: Sendable {
        public var status: Int
        public var section: HeaderSection
    }

    /// What has happened since the last event.
    public struct Event: Sendable {
        public var head: Head?
        /// Not decoded: as the backend sent it, without its framing.
        public var body: [UInt8] = []
        /// Bytes of the request's body that have gone to libcurl.
        public var taken = 0
        /// The request's body is wanted for the first time.
        public var wantsBody = false
        /// Last of all: that the response is complete, or why it is not.
        public var end: Result<Void, TransportError>?
    }
}
