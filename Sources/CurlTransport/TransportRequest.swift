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
///
/// A value, copied on writing: handing it on costs one reference count.
public struct TransportRequest: Sendable {
    private var storage: Storage

    /// Whose limits and settings apply.
    public var backend: Backend {
        get { storage.backend }
        set { own().backend = newValue }
    }

    /// A token, sent as written: `GET`. Only GET and HEAD are ever sent a second time.
    public var method: String {
        get { storage.method }
        set { own().method = newValue }
    }

    /// Absolute, `http` or `https`, visible ASCII, without user information. Sent as written: dot segments stay.
    public var url: String {
        get { storage.url }
        set { own().url = newValue }
    }

    /// Sent in this order. Fields that frame the message or belong to the connection (`Content-Length`,
    /// `Transfer-Encoding`, `Connection`, …) are the transport's and refused here.
    public var headers: [HeaderField] {
        get { storage.headers }
        set { own().headers = newValue }
    }

    /// Nil: no body. A body without a `Content-Type` field is sent without one.
    public var body: [UInt8]? {
        get { storage.body }
        set { own().body = newValue }
    }

    /// From the call of `perform` to the last byte, time in the queue and name resolution included. Millisecond
    /// resolution, rounded up.
    public var timeout: Duration {
        get { storage.timeout }
        set { own().timeout = newValue }
    }

    /// Once libcurl has the request, cancelling the task no longer ends it: for one that must not stop half-way, so
    /// that what became of it is known. Its timeout, and the transport's shutdown, still end it.
    public var finishesWhenCancelled: Bool {
        get { storage.finishesWhenCancelled }
        set { own().finishesWhenCancelled = newValue }
    }

    /// Cancelling the task changes nothing, not even before the request is sent: for what must be done although nobody
    /// waits for it. Its timeout, and the transport's shutdown, still end it.
    public var ignoresCancellation: Bool {
        get { storage.ignoresCancellation }
        set { own().ignoresCancellation = newValue }
    }

    /// For a message that is somebody else's: its body comes as the backend sends it, content coding and all, and libcurl
    /// adds no `Accept` and no `Accept-Encoding`. `Backend`'s limit then counts the bytes as they are sent.
    public var passesThrough: Bool {
        get { storage.passesThrough }
        set { own().passesThrough = newValue }
    }

    /// The bodies that are passed on piece by piece: `body` is nil then where the stream has one. Such a request speaks
    /// HTTP/1.1, its `timeout` ends with the response's head and its response may be of any length.
    public var stream: TransferStream? {
        get { storage.stream }
        set { own().stream = newValue }
    }

    public init(
        backend: Backend,
        method: String = "GET",
        url: String,
        headers: [HeaderField] = [],
        body: [UInt8]? = nil,
        timeout: Duration = .seconds(10)
    ) {
        storage = Storage(
            backend: backend,
            method: method,
            url: url,
            headers: headers,
            body: body,
            timeout: timeout
        )
    }

    /// The storage, this request's alone.
    private mutating func own() -> Storage {
        if !isKnownUniquelyReferenced(&storage) { storage = Storage(copying: storage) }
        return storage
    }
}

extension TransportRequest {
    /// `@unchecked Sendable`: written through `own` alone, while no other request refers to it.
    private final class Storage: @unchecked Sendable {
        var backend: Backend
        var method: String
        var url: String
        var headers: [HeaderField]
        var body: [UInt8]?
        var timeout: Duration
        var finishesWhenCancelled = false
        var ignoresCancellation = false
        var passesThrough = false
        var stream: TransferStream?

        init(
            backend: Backend,
            method: String,
            url: String,
            headers: [HeaderField],
            body: [UInt8]?,
            timeout: Duration
        ) {
            self.backend = backend
            self.method = method
            self.url = url
            self.headers = headers
            self.body = body
            self.timeout = timeout
        }

        init(copying other: Storage) {
            backend = other.backend
            method = other.method
            url = other.url
            headers = other.headers
            body = other.body
            timeout = other.timeout
            finishesWhenCancelled = other.finishesWhenCancelled
            ignoresCancellation = other.ignoresCancellation
            passesThrough = other.passesThrough
            stream = other.stream
        }
    }
}
