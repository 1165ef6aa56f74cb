import NIOCore

/// What one client connection is doing, and what is to be done next. No sockets, no clock: the caller passes the time
/// and carries out what is returned.
///
/// Two halves meet here. The **receiving** half follows the one request that is on its way in. The **answering** half
/// is a queue of exchanges in the order of their requests; replies may come in any order and leave in this one.
struct ConnectionState {
    typealias ExchangeID = UInt64

    /// The receiving half.
    enum Receiving: Equatable {
        /// No byte of a next request has been seen.
        case idle
        /// Some bytes of a request head have.
        case head
        /// The body of the last exchange is coming in; so many bytes so far.
        case body(received: Int)
        /// No further request will be served: the last one said so, the connection drains, or the input is broken.
        case finished
    }

    /// A request that was begun and not yet answered on the wire. A class, so that looking at one in the queue does not
    /// copy its twenty references.
    final class Exchange {
        let id: ExchangeID
        let request: RequestSummary
        let isSafe: Bool
        let keepAlive: Bool
        var reply: FrontReply?
        var cancellation: (any FrontCancellation)?

        init(id: ExchangeID, request: RequestSummary, isSafe: Bool, keepAlive: Bool) {
            self.id = id
            self.request = request
            self.isSafe = isSafe
            self.keepAlive = keepAlive
        }
    }

    /// A reply whose turn it is.
    struct Write {
        var request: RequestSummary
        var reply: FrontReply
        /// Whether it is the last of its connection, to be marked so, and followed by a close.
        var isLast: Bool
    }

    enum BeginAction: Equatable {
        /// Collect the body.
        case receive(ExchangeID)
        /// Tell the client to go on first (RFC 9110, section 15.2.1), then the same.
        case sendContinueAndReceive(ExchangeID)
    }

    enum BodyAction: Equatable {
        case append
        /// Too much: the exchange is to be refused.
        case refuse
        /// Belongs to a request that has been refused already.
        case discard
    }

    enum EndAction: Equatable {
        /// The request is complete.
        case dispatch(ExchangeID)
        case discard
    }

    enum CloseAction: Equatable {
        case none
        /// All has been said and read.
        case close
        /// All has been said, but the client may still be sending: end the output, read on for a while.
        case linger
    }

    enum ExpiryAction: Equatable {
        case none
        /// Nothing to tell anybody: close.
        case close
        /// Answer with 408.
        case refuse(Problem)
    }

    private let limits: FrontLimits
    private(set) var receiving = Receiving.idle
    private(set) var exchanges = CircularBuffer<Exchange>(initialCapacity: 2)
    private(set) var isDraining = false
    /// False while the socket takes no more: then no further request is begun.
    var isWritable = true
    private var nextID: ExchangeID = 0
    /// Whether the client may have sent bytes that nobody will read.
    private var hasUnreadInput = false
    private var isLingering = false
    /// When the receiving half, or lingering, has taken too long.
    private(set) var deadline: NIODeadline?
    /// What the kernel had taken when the client was last seen to stall, and until when it may.
    private var stall: (taken: Int, deadline: NIODeadline)?
    /// A body is being handed over in portions.
    private var isSending = false

    init(limits: FrontLimits, now: NIODeadline) {
        self.limits = limits
        deadline = now + limits.idleTimeout
    }
}

// MARK: - Receiving

extension ConnectionState {
    /// Bytes came in that completed nothing, so they are the beginning of a head.
    mutating func receivedPartOfHead(now: NIODeadline) {
        guard receiving == .idle else { return }
        receiving = .head
        deadline = now + limits.headerTimeout
    }

    /// Whether a request with this head may be begun now. When not, it must wait until a reply has been written.
    func mayBegin(isSafe: Bool, expectsContinue: Bool) -> Bool {
        guard isWritable else { return false }
        // A 100 (Continue) may not overtake the replies before it, and unsafe requests run alone.
        if exchanges.isEmpty { return !(isSending && expectsContinue) }
        return isSafe && !expectsContinue && exchanges.count < limits.maxPipelinedRequests
            && exchanges.allSatisfy(\.isSafe)
    }

    /// The head is complete, but `mayBegin` said no. Waiting for its turn is no fault of the client's.
    mutating func holdHead() {
        guard acceptsRequests else { return }
        receiving = .idle
        deadline = nil
    }

    /// What arrived is thrown away unread.
    mutating func discardedInput() {
        hasUnreadInput = true
    }

    /// Whether input is still of interest.
    var acceptsRequests: Bool { receiving == .idle || receiving == .head }

    /// A checked head. The caller has asked `mayBegin`.
    mutating func begin(_ request: RequestSummary, head: CheckedHead, now: NIODeadline) -> BeginAction {
        let id = append(request, isSafe: head.isSafe, keepAlive: head.keepAlive)
        receiving = .body(received: 0)
        deadline = now + limits.bodyTimeout
        return head.expectsContinue ? .sendContinueAndReceive(id) : .receive(id)
    }

    mutating func receivedBody(bytes: Int) -> BodyAction {
        guard case .body(let received) = receiving else {
            hasUnreadInput = true
            return .discard
        }
        guard bytes <= limits.maxBodyBytes - received else { return .refuse }
        receiving = .body(received: received + bytes)
        return .append
    }

    /// The body that comes in is passed on, and the client has until then for the next piece; nil: it is not waited for.
    mutating func waitsForBody(until deadline: NIODeadline?) {
        if case .body = receiving { self.deadline = deadline }
    }

    mutating func receivedEnd() -> EndAction {
        guard case .body = receiving else { return .discard }
        guard let exchange = exchanges.last else {
            // It was answered before its end, and its reply is under way: the last of the connection.
            receiving = .finished
            deadline = nil
            return .discard
        }
        receiving = exchange.keepAlive && !isDraining ? .idle : .finished
        deadline = nil
        return .dispatch(exchange.id)
    }

    /// The input cannot be served: answers the request on its way in, or a new exchange when there is none.
    ///
    /// - Returns: false when the connection is ending anyway and nothing is to be said.
    mutating func refuse(_ reply: FrontReply, request: RequestSummary) -> Bool {
        hasUnreadInput = true
        switch receiving {
        case .finished:
            return false
        case .idle, .head:
            _ = append(request, isSafe: false, keepAlive: false)
        case .body:
            break
        }
        receiving = .finished
        deadline = nil
        guard !exchanges.isEmpty else { return false }
        exchanges[exchanges.index(before: exchanges.endIndex)].reply = reply
        return true
    }

    private mutating func append(_ request: RequestSummary, isSafe: Bool, keepAlive: Bool) -> ExchangeID {
        nextID += 1
        exchanges.append(Exchange(id: nextID, request: request, isSafe: isSafe, keepAlive: keepAlive))
        return nextID
    }
}

// MARK: - Answering

extension ConnectionState {
    /// Keeps what stops the handler; no effect when the reply is there already.
    mutating func started(_ id: ExchangeID, cancellation: any FrontCancellation) {
        guard let index = index(of: id), exchanges[index].reply == nil else { return }
        exchanges[index].cancellation = cancellation
    }

    /// - Returns: false for a second reply, or one that nobody waits for any more.
    mutating func replied(_ reply: FrontReply, to id: ExchangeID) -> Bool {
        guard let index = index(of: id), exchanges[index].reply == nil else { return false }
        exchanges[index].reply = reply
        exchanges[index].cancellation = nil
        return true
    }

    /// The next reply in order, if it is there. To be written, and asked for again.
    mutating func nextWrite(now: NIODeadline) -> Write? {
        guard let first = exchanges.first, let reply = first.reply else { return nil }
        exchanges.removeFirst()
        if endsConnection(reply, to: first.request), acceptsRequests { receiving = .finished }
        var isLast = exchanges.isEmpty && receiving == .finished
        if exchanges.isEmpty, case .body = receiving {
            // A streamed request is answered before its end. While the reply is under way the body may be.
            isLast = true
            if reply.stream == nil { giveUpBody() }
        }
        if exchanges.isEmpty, receiving == .idle {
            deadline = now + limits.idleTimeout
        }
        return Write(request: first.request, reply: reply, isLast: isLast)
    }

    /// The reply just taken for writing has a body that is handed over in portions. Replies behind it wait.
    mutating func beganSending() {
        isSending = true
    }

    /// Such a body is with the channel.
    ///
    /// - Returns: whether it is the last of its connection, though its head may not have said so.
    mutating func finishedSending(now: NIODeadline) -> Bool {
        isSending = false
        if exchanges.isEmpty, case .body = receiving { giveUpBody() }
        if exchanges.isEmpty, receiving == .idle { deadline = now + limits.idleTimeout }
        return exchanges.isEmpty && receiving == .finished
    }

    /// The last reply is with the kernel.
    mutating func wroteLast(now: NIODeadline) -> CloseAction {
        guard hasUnreadInput else { return .close }
        isLingering = true
        deadline = now + limits.lingerTimeout
        return .linger
    }

    private mutating func giveUpBody() {
        hasUnreadInput = true
        receiving = .finished
        deadline = nil
    }

    /// A reply to a client of HTTP/1.0 whose length nobody knows ends with its connection.
    private func endsConnection(_ reply: FrontReply, to request: RequestSummary) -> Bool {
        request.isHTTP10 && reply.stream.map { $0.length == nil } ?? false
    }

    private func index(of id: ExchangeID) -> CircularBuffer<Exchange>.Index? {
        exchanges.firstIndex { $0.id == id }
    }
}

// MARK: - Time and ends

extension ConnectionState {
    /// Looks at the deadlines.
    ///
    /// - Parameters:
    ///   - unsentBytes: those the kernel has not taken yet.
    ///   - writtenBytes: all that were ever written, these among them.
    mutating func checkDeadlines(now: NIODeadline, unsentBytes: Int, writtenBytes: Int) -> ExpiryAction {
        if isStalled(now: now, unsentBytes: unsentBytes, takenBytes: writtenBytes - unsentBytes) { return .close }
        guard let deadline, now >= deadline else { return .none }
        switch receiving {
        case .head:
            return .refuse(.slowHeaders)
        case .body:
            return .refuse(.slowBody)
        case .idle:
            return exchanges.isEmpty && unsentBytes == 0 && !isSending ? .close : .none
        case .finished:
            return isLingering ? .close : .none
        }
    }

    /// A client is given up when it took nothing for the whole of the write timeout, however long the whole takes.
    private mutating func isStalled(now: NIODeadline, unsentBytes: Int, takenBytes: Int) -> Bool {
        guard unsentBytes > 0 else {
            stall = nil
            return false
        }
        if let stall, takenBytes == stall.taken { return now >= stall.deadline }
        stall = (takenBytes, now + limits.writeTimeout)
        return false
    }

    /// Begins nothing new. What was begun is finished, and the last reply says `Connection: close`.
    mutating func drain() -> CloseAction {
        isDraining = true
        switch receiving {
        case .idle:
            receiving = .finished
            deadline = nil
            return exchanges.isEmpty && !isSending ? .close : .none
        case .head, .body, .finished:
            return .none
        }
    }

    /// The client is gone. Returns what was in flight.
    mutating func closed() -> CircularBuffer<Exchange> {
        receiving = .finished
        deadline = nil
        isSending = false
        let open = exchanges
        exchanges.removeAll()
        return open
    }
}

/// What is remembered of a request until its line in the access log is written.
final class RequestSummary: Sendable {
    let id: String
    let method: String
    /// Without the query, whose values may be secrets.
    let path: String
    let isHead: Bool
    /// Whether the client speaks HTTP/1.0, and must be told about a connection that stays open.
    let isHTTP10: Bool
    let received: NIODeadline
    /// Who it comes from, where that is not the connection's peer.
    let client: RequestClient?
    /// What the log and the trace want to know beside.
    let details: RequestDetails?

    init(
        id: String,
        method: String,
        path: String,
        isHead: Bool,
        isHTTP10: Bool,
        received: NIODeadline,
        client: RequestClient? = nil,
        details: RequestDetails? = nil
    ) {
        self.details = details
        self.id = id
        self.method = method
        self.path = path
        self.isHead = isHead
        self.isHTTP10 = isHTTP10
        self.received = received
        self.client = client
    }
}
