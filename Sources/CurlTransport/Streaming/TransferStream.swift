/// The two bodies of a request that are passed on piece by piece, in bounded memory.
///
/// Given to a ``TransportRequest``, which is then performed as any other. The response's head and body come through
/// `receive`, in batches, and the response that `perform` returns has no body. What was received has to be given back by
/// ``took(_:)``, or the backend is no longer read from.
///
/// `@unchecked Sendable`: all state is the loop's. Everything but `init` is to be called on the loop that performs the
/// request, ``CurlLoop/execute(_:)`` being the way there.
public final class TransferStream: @unchecked Sendable {
    public let upload: Upload
    public let options: Options
    private let receive: @Sendable (Event) -> Void

    private var event = Event()
    private var isListed = false
    private var isOver = false

    private var window: StreamWindow
    private(set) var hasHead = false
    private var status = 0
    private var isAbandoned = false

    private var pieces: [[UInt8]] = []
    /// Of `pieces`: those that were sent, and how much of the next.
    private var sentPieces = 0
    private var sentOfPiece = 0
    private var sentBytes = 0
    private var isUploadComplete = false
    private var isUploadSent: Bool
    private var isSendPaused = false
    private var hasWanted = false

    private var engine: TransferEngine?
    private var transfer: Transfer?
    private var timeout: UInt64 = 0
    /// When the transfer has been still for too long, in nanoseconds; `.max` while it waits for the client.
    private(set) var deadline: UInt64 = .max

    /// - Parameter receive: called on the loop, once per turn in which something has happened, until an event says the end.
    public init(
        upload: Upload = .none,
        options: Options = Options(),
        receive: @escaping @Sendable (Event) -> Void
    ) {
        self.upload = upload
        self.options = options
        self.receive = receive
        window = StreamWindow(high: options.highWater, low: options.lowWater)
        isUploadSent = upload == .none
    }

    // MARK: From the front

    /// A piece of the request's body.
    public func append(_ piece: [UInt8]) {
        guard !isOver, !isUploadSent, !piece.isEmpty else { return }
        pieces.append(piece)
        goOnSending()
    }

    /// The request's body is complete.
    public func endUpload() {
        isUploadComplete = true
        goOnSending()
    }

    /// So many bytes of the response have been taken.
    public func took(_ count: Int) {
        guard window.took(count) else { return }
        restartDeadline()
        resume()
    }

    /// Nobody waits for the response any more. A request whose body is incomplete ends at once, any other as soon as it is
    /// known what has become of it: with the response's head.
    public func abandon() {
        isAbandoned = true
        pieces = []
        resume()
    }

    /// The transfer has ended. Later ends are none.
    public func end(_ result: Result<Void, TransportError>) {
        guard !isOver else { return }
        isOver = true
        event.end = result
        pieces = []
        flush()
        engine = nil
        transfer = nil
    }

    private func goOnSending() {
        guard isSendPaused else { return }
        isSendPaused = false
        restartDeadline()
        resume()
    }

    private func resume() {
        guard let engine, let transfer else { return }
        engine.resume(transfer)
    }

    // MARK: With the engine

    /// libcurl gets the transfer.
    func begin(_ transfer: Transfer, engine: TransferEngine, deadline: UInt64, timeout: Duration) {
        self.transfer = transfer
        self.engine = engine
        self.deadline = deadline
        self.timeout = timeout.boundedNanoseconds
    }

    /// Hands over what has happened.
    func flush() {
        isListed = false
        guard event.head != nil || !event.body.isEmpty || event.taken > 0 || event.wantsBody || event.end != nil
        else { return }
        let batch = event
        event = Event()
        receive(batch)
    }

    private func note() {
        guard !isListed else { return }
        isListed = true
        engine?.hasNews(self)
    }

    private func restartDeadline() {
        if window.isWaiting || (isSendPaused && !hasHead) {
            deadline = .max
            return
        }
        let isMoving = hasHead || (sentBytes > 0 && !isUploadSent)
        let (end, overflow) = MonotonicClock.now()
            .addingReportingOverflow(isMoving ? options.stall.boundedNanoseconds : timeout)
        deadline = overflow ? .max : end
    }
}

// MARK: - Within libcurl's callbacks

extension TransferStream {
    enum Receipt {
        case taken
        case pause
        case abort
    }

    /// - Returns: false to end the transfer: its outcome was all that was still wanted.
    func receivedHead(status: Int, section: HeaderSection) -> Bool {
        guard !hasHead else { return !isAbandoned }
        hasHead = true
        self.status = status
        event.head = Head(status: status, section: section)
        restartDeadline()
        note()
        // An upload that waits for the client has nothing more to wait for after a refusal.
        if stopsSending, isSendPaused { engine?.resumeLater(self) }
        return !isAbandoned
    }

    /// A refusal came before the request's body was sent: the rest is not.
    private var stopsSending: Bool { hasHead && status >= 300 && !isUploadSent }

    func received(_ bytes: UnsafeRawBufferPointer) -> Receipt {
        guard !isAbandoned else { return .abort }
        guard window.mayAdd() else {
            deadline = .max
            return .pause
        }
        window.add(bytes.count)
        event.body.append(contentsOf: bytes)
        restartDeadline()
        note()
        return .taken
    }

    enum Sending: Equatable {
        case bytes(Int)
        /// Also after a refusal; libcurl, where it knows the length, then ends the connection with the response.
        case end
        case pause
        case abort
    }

    /// Copies what comes next of the request's body.
    func send(into buffer: UnsafeMutableRawBufferPointer) -> Sending {
        if stopsSending { return .end }
        guard !isAbandoned else { return .abort }
        guard sentPieces < pieces.count else {
            if isUploadComplete { return finishSending() }
            isSendPaused = true
            if !hasWanted {
                hasWanted = true
                event.wantsBody = true
                note()
            }
            restartDeadline()
            return .pause
        }
        var count = 0
        while count < buffer.count, sentPieces < pieces.count {
            let piece = pieces[sentPieces]
            let part = piece[sentOfPiece...].prefix(buffer.count - count)
            UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyBytes(from: part)
            count += part.count
            sentOfPiece += part.count
            guard sentOfPiece == piece.count else { break }
            sentOfPiece = 0
            pieces[sentPieces] = []
            sentPieces += 1
        }
        if sentPieces == pieces.count {
            pieces.removeAll(keepingCapacity: true)
            sentPieces = 0
        }
        sentBytes += count
        event.taken += count
        if case .known(sentBytes) = upload { isUploadSent = true }
        restartDeadline()
        note()
        return .bytes(count)
    }

    private func finishSending() -> Sending {
        // A body shorter than it was announced is no whole one.
        if case .known(let length) = upload, sentBytes < length { return .abort }
        isUploadSent = true
        restartDeadline()
        return .end
    }

    /// Pauses that the loop undoes by itself are no matter of the client's.
    func goOnAfterHead() {
        isSendPaused = false
        resume()
    }
}
