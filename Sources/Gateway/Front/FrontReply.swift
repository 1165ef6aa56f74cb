import JSONSlices

/// What is to be answered. Framing, `Date`, `Server`, `Connection` and `X-Request-Id` are the front's own.
struct FrontReply: Sendable {
    /// 200 to 599. Anything else is answered by 500.
    var status: Int
    /// Fields in the order in which they shall be sent. `Content-Length`, `Transfer-Encoding`, `Connection`,
    /// `Keep-Alive`, `Upgrade`, `Date`, `Server` and `X-Request-Id` are left out, and so is a field that could break
    /// the message (a name that is no token; CR, LF or NUL in a value).
    var headers: [(String, String)]
    /// Sent whole with a `Content-Length`; for a HEAD request only its length is. Pieces after the first are handed to the
    /// socket as it takes them.
    var body: JSONPieces
    /// A body that is sent while it comes in, in place of `body`.
    var stream: ReplyStream?
    /// When the origin made a reply that is passed on: sent in place of the time of day (RFC 9110, section 6.6.1).
    var date: String?
    /// What a reply to HEAD says of the length of the body that GET has (RFC 9110, section 8.6).
    var headLength = HeadLength.ofBody
    /// Whether it is one that a cache keeps, to be sent again and again.
    var isKept = false
    /// What the access log says about this reply beyond what the front knows by itself.
    var log: ReplyLog

    init(status: Int, headers: [(String, String)] = [], body: [UInt8] = [], log: ReplyLog = ReplyLog()) {
        self.init(status: status, headers: headers, body: JSONPieces(body), log: log)
    }

    init(status: Int, headers: [(String, String)], body: JSONPieces, log: ReplyLog) {
        self.status = status
        self.headers = headers
        self.body = body
        self.log = log
    }
}

/// The length that a reply to HEAD states.
enum HeadLength: Hashable, Sendable {
    /// That of the reply's own body.
    case ofBody
    /// Another's, which is not here.
    case known(Int)
    /// None: nobody knows.
    case unknown
}

/// Fields of the access log that only the handler knows.
struct ReplyLog: Hashable, Sendable {
    /// The endpoint that answered, as its author wrote it (`GET /home/{userId}`); nil when none matched.
    var endpoint: String?
    /// Calls whose fallback was used.
    var partial: [String]
    /// Calls that were answered by what the cache keeps.
    var cached: [String] = []
    /// The call that failed the request, and why (`user;reason=http_response_timeout`).
    var failure: String?
    /// Who asked, where the log is to say so.
    var consumer: String?
    /// What the requests to backends came to, where the log is to say so.
    var calls: [LoggedCall] = []

    init(endpoint: String? = nil, partial: [String] = [], failure: String? = nil) {
        self.endpoint = endpoint
        self.partial = partial
        self.failure = failure
    }
}
