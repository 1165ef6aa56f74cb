import CCurl

/// One request on its way, with the easy handle it uses. Pooled: used by many requests, one after the other.
///
/// `@unchecked Sendable`: everything but the immutable members is read and written on the owning loop's thread alone.
/// Other threads hold a transfer only to post it back to that loop together with the ticket they know.
final class Transfer: @unchecked Sendable {
    typealias Outcome = Result<TransportResponse, TransportError>

    /// Who is to hear of the outcome, and by which number.
    typealias Waiter = (group: TransferGroup, number: Int)

    enum State {
        /// In the pool.
        case idle
        /// Taken from the pool; `submit` comes next.
        case prepared
        /// Among the waiters of its lane.
        case queued(place: Int)
        /// Has its place among those in flight; passed through between two other states.
        case admitted
        /// Admitted; its name is being looked up.
        case resolving(name: Int)
        /// libcurl has it.
        case running
    }

    /// Its place among the loop's transfers, for ever.
    let slot: Int
    let easy: UnsafeMutableRawPointer
    /// The option that libcurl would not take, for the log.
    var refusedOption: Int?
    private let errorBuffer: UnsafeMutablePointer<CChar>

    /// Goes up when the transfer returns to its pool, so that a cancellation that comes late meets another number.
    private(set) var ticket: UInt64 = 0
    var state = State.idle
    var isRunning: Bool { if case .running = state { true } else { false } }
    /// The request, while there is one.
    var request: TransportRequest?
    /// Where its bodies come from and go to, piece by piece.
    @exclusivity(unchecked) private(set) var stream: TransferStream?
    var lane = 0
    /// The number of the name to be looked up, if any.
    var name: Int?
    /// `begun`: `perform` was called; `started`: handed to libcurl; `restarted`: the last time it was; `deadline`: the
    /// end of its time. Nanoseconds.
    var begun: UInt64 = 0
    var started: UInt64 = 0
    var restarted: UInt64 = 0
    var deadline: UInt64 = 0

    /// Unchecked, like `progress`: touched by libcurl's callbacks, which never nest, and by the loop between them.
    @exclusivity(unchecked) var sink = ResponseSink()
    @exclusivity(unchecked) var progress = TransferProgress()
    /// What has arrived of a body since the loop last looked at its other sockets.
    @exclusivity(unchecked) private var bytesOfTurn = 0
    private let pauses: PauseList

    /// GET or HEAD: may be sent a second time.
    var isSafe = false
    var isRetry = false
    var origin: KnownOrigin?
    /// Where in the URL the request's target begins, if it can be sent as it is.
    var target: Int?
    /// What `CURLOPT_RESOLVE` carries, and for which name.
    var resolve: (name: Int, line: String)?

    /// What the handle is set up for, where the next request of the same kind can go without a reset: after a plain GET,
    /// sent once and answered.
    private var setUp: (lane: Int, origin: KnownOrigin)?

    private var headerList = HeaderList()
    private var resolveList: UnsafeMutablePointer<curl_slist>?
    private var waiter: Waiter?

    /// Nil when libcurl is out of memory.
    init?(slot: Int, pauses: PauseList) {
        guard let easy = curl_easy_init() else { return nil }
        self.slot = slot
        self.pauses = pauses
        self.easy = easy
        errorBuffer = .allocate(capacity: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(resolveList)
        errorBuffer.deallocate()
    }

    /// Who waits for the outcome. Kept in this one place and taken out of it, so told exactly once.
    func await(_ waiter: Waiter) {
        self.waiter = waiter
    }

    /// Makes the transfer ready for its next use and returns who waits for this one.
    func recycle() -> Waiter? {
        ticket &+= 1
        state = .idle
        request = nil
        stream = nil
        origin = nil
        target = nil
        resolve = nil
        isRetry = false
        progress = TransferProgress()
        sink = ResponseSink()
        bytesOfTurn = 0
        defer { waiter = nil }
        return waiter
    }

    /// Whether a piece of the body may come now. libcurl reads up to 1.6 MB from a socket before it lets go of it, which
    /// takes a millisecond or two; a quarter of a megabyte is enough for a turn of the loop.
    ///
    /// An encoded body is not paused: libcurl would keep what it has decoded, unbounded by any limit of ours.
    func mayReceive(_ count: Int) -> Bool {
        bytesOfTurn += count
        guard bytesOfTurn > Self.bytesPerTurn, !sink.isEncoded else { return true }
        bytesOfTurn = 0
        pauses.add(self)
        return false
    }

    private static let bytesPerTurn = 256 << 10

    /// Whether libcurl may hold the request back until another one's connection can be shared: over HTTP/2.
    var mayWaitForAnother: Bool {
        request?.backend.options.http2 == true && request?.stream == nil && origin?.origin.isTLS == true
    }

    /// What libcurl wrote about a failure, or its words for the code.
    func detail(of code: CURLcode) -> String {
        let words = errorBuffer[0] != 0 ? String(cString: errorBuffer) : String(cString: curl_easy_strerror(code))
        return refusedOption.map { "option \($0): \(words)" } ?? words
    }

    /// The request was not answered by a byte, and went out on a connection that had been used before: most likely the
    /// backend had closed it meanwhile, or refused one more stream on it.
    func isLostOnReuse(_ code: CURLcode) -> Bool {
        switch code {
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_HTTP2, CURLE_HTTP2_STREAM:
            return !sink.hasBegun && medley_easy_get_long(easy, CURLINFO_NUM_CONNECTS) == 0
        default:
            return false
        }
    }

    /// Where the time went. Only after libcurl is done with the transfer.
    func timings() -> TransferTimings {
        let before = Int((restarted &- begun) / 1_000)
        func point(_ info: CURLINFO) -> Int { before + Int(medley_easy_get_offset(easy, info)) }
        let isTLS = origin?.origin.isTLS == true
        return TransferTimings(
            queue: Int((started &- begun) / 1_000),
            connect: point(isTLS ? CURLINFO_APPCONNECT_TIME_T : CURLINFO_CONNECT_TIME_T),
            firstByte: point(CURLINFO_STARTTRANSFER_TIME_T),
            total: point(CURLINFO_TOTAL_TIME_T),
            attempts: isRetry ? 2 : 1
        )
    }
}

extension Transfer {
    /// The transfer behind a callback's context. Libcurl calls back only for handles of the multi handle, whose
    /// transfers the loop keeps.
    static func of(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

    /// Makes the easy handle ready for the request. Unless it was last used for one of the same kind, it is reset and every
    /// option set anew: what an earlier use has left behind is gone, `retrycount` among it, which only a reset clears and
    /// of which libcurl has five in a handle's life.
    ///
    /// - Returns: libcurl's first complaint, if any.
    func configure(_ options: TransferOptions, engine: UnsafeMutableRawPointer) -> CURLcode {
        errorBuffer[0] = 0
        refusedOption = nil
        progress = TransferProgress()
        guard let request, let origin else { return CURLE_BAD_FUNCTION_ARGUMENT }
        sink = ResponseSink(options: request.backend.options)
        stream = request.stream
        let isPlain =
            request.method == "GET" && request.body == nil && !request.passesThrough && !isRetry && target != nil

        let oldResolveList = resolveList
        resolveList = resolve.flatMap { curl_slist_append(nil, $0.line) }
        defer { curl_slist_free_all(oldResolveList) }
        let headers = headerList.fill(request.headers, adding: TransferOptions.headerLines(of: request))

        var setter = OptionSetter(easy: easy)
        if !isPlain || setUp?.lane != lane || setUp?.origin !== origin {
            curl_easy_reset(easy)
            setter.set(CURLOPT_ERRORBUFFER, pointer: errorBuffer)
            setter.setCallbacks(transfer: context, engine: engine)
            options.apply(request, to: origin, target: target, isSafe: isSafe, isFresh: isRetry, with: &setter)
            if let stream { setter.set(upload: stream.upload, of: self) }
        } else {
            options.apply(target: target, of: request, with: &setter)
        }
        setter.set(CURLOPT_HTTPHEADER, pointer: headers)
        if resolveList != nil || oldResolveList != nil { setter.set(CURLOPT_RESOLVE, pointer: resolveList) }
        setUp = isPlain && setter.code == CURLE_OK ? (lane, origin) : nil
        if let refused = setter.refused { refusedOption = Int(refused.rawValue) }
        return setter.code
    }

    /// The handle has a past: it is reset before its next use.
    func forgetSetUp() {
        setUp = nil
    }

    /// The request is about to be sent, perhaps not for the first time.
    ///
    /// - Returns: false to end the transfer instead.
    func willSend() -> Bool {
        if progress.requested {
            setUp = nil
            guard isSafe else { return false }
            dropHeadersForOtherOrigin()
        }
        progress = TransferProgress(requested: true, responded: false)
        return true
    }

    /// Once redirected to another origin, the request goes on without its header fields: any of them may be a
    /// credential, and libcurl itself leaves out `Authorization` and `Cookie` only.
    private func dropHeadersForOtherOrigin() {
        guard let origin, let request, let url = medley_easy_get_string(easy, CURLINFO_EFFECTIVE_URL) else { return }
        let current = try? Origin(url: String(cString: url))
        if let current, current.host == origin.origin.host, current.port == origin.origin.port,
            current.isTLS == origin.origin.isTLS
        {
            return
        }
        let kept = request.headers.filter { TransferOptions.isKeptOnRedirect($0.name) }
        let headers = headerList.fill(kept, adding: TransferOptions.headerLines(of: request))
        _ = medley_easy_set_pointer(easy, CURLOPT_HTTPHEADER, headers)
    }
}
