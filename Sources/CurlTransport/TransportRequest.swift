/// One header field. Names compare without regard to case; values are kept as they are.
public struct HeaderField: Hashable, Sendable {
    /// A token (RFC 9110, section 5.1).
    public var name: String

    /// What stands after the colon, surrounding whitespace removed. Bytes of a response that are not UTF-8 are read
    /// as U+FFFD.
    public var value: String

    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// What to send. Checked by `CurlLoop.perform`, which throws `.invalidRequest` for what must not reach a wire.
public struct TransportRequest: Sendable {
    /// Whose limits and settings apply.
    public var backend: Backend

    /// A token, sent as written: `GET`. Only GET and HEAD are ever sent a second time.
    public var method: String

    /// Absolute, `http` or `https`, visible ASCII, without user information. Sent as written: dot segments stay.
    public var url: String

    /// Sent in this order. Fields that frame the message or belong to the connection (`Content-Length`,
    /// `Transfer-Encoding`, `Connection`, …) are the transport's and refused here.
    public var headers: [HeaderField]

    /// Nil: no body. A body without a `Content-Type` field is sent without one.
    public var body: [UInt8]?

    /// From the call of `perform` to the last byte, time in the queue and name resolution included. Millisecond
    /// resolution, rounded up.
    public var timeout: Duration

    /// Once libcurl has the request, cancelling the task no longer ends it: for one that must not stop half-way, so
    /// that what became of it is known. Its timeout, and the transport's shutdown, still end it.
    public var finishesWhenCancelled = false

    /// Cancelling the task changes nothing, not even before the request is sent: for what must be done although nobody
    /// waits for it. Its timeout, and the transport's shutdown, still end it.
    public var ignoresCancellation = false

    public init(
        backend: Backend,
        method: String = "GET",
        url: String,
        headers: [HeaderField] = [],
        body: [UInt8]? = nil,
        timeout: Duration = .seconds(10)
    ) {
        self.backend = backend
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }
}
