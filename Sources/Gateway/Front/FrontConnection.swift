import NIOCore
import NIOHTTP1

/// The last handler of a client connection: carries out what ``ConnectionState`` decides.
///
/// Requests come decoded from NIO's `HTTPRequestDecoder`; replies go out as bytes, one buffer each. Everything here
/// happens on the connection's event loop.
///
/// **A client that has gone.** An end of input counts as the client having left, as in nginx: its requests in flight
/// are cancelled and the connection is closed. TCP cannot tell `close` from `shutdown(SHUT_WR)`, HTTP clients do not
/// half-close, and a fan-out to many backends for nobody is the greater harm. NIO notices the end even while reading
/// is paused.
final class FrontConnection: ChannelDuplexHandler, OpenConnection, ReplySink {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    /// What arrived while no further request may be begun, in order.
    enum Held {
        case part(HTTPServerRequestPart)
        case failure(Problem)
    }

    /// A client that is this far ahead (some 16 KiB of the shortest requests are 1,200 parts) gets no service.
    private static let maxHeld = 8192

    let loop: FrontLoop
    private let limits: FrontLimits
    private let meter: RequestLineMeter
    private let security: ConnectionSecurity?
    var restsOnCertificate: Bool { security?.certificate != nil }
    var state: ConnectionState
    var context: ChannelHandlerContext?
    var remoteAddress = ""

    /// The request on its way in.
    private var incoming: (head: HTTPRequestHead, checked: CheckedHead, summary: RequestSummary)?
    private var body = ByteBuffer()
    /// Where the body of the request on its way in goes, if it is passed on.
    var upload: (any RequestStream)?
    /// The client waits for `100 Continue`, which is sent when the body is wanted.
    var owesContinue = false

    var held = CircularBuffer<Held>(initialCapacity: 0)
    var isReadHeldBack = false
    var isResuming = false
    var isReading = false
    private var sawPart = false
    var needsFlush = false

    /// The large body that is being sent; replies behind it wait.
    var sender: BodySender?
    var isSendingLater = false
    /// All bytes ever written here, whether the kernel has them or not.
    var writtenBytes = 0

    /// - Parameter security: what the handshake has proved; nil for a connection that is not encrypted.
    init(loop: FrontLoop, limits: FrontLimits, meter: RequestLineMeter, security: ConnectionSecurity? = nil) {
        self.loop = loop
        self.security = security
        self.limits = limits
        self.meter = meter
        state = ConnectionState(limits: limits, now: .now())
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        remoteAddress = context.remoteAddress?.ipAddress ?? "-"
        loop.opened(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        close()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        clientLeft()
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        state.isWritable = context.channel.isWritable
        if state.isWritable { sendBody() }
        resume()
        context.fireChannelWritabilityChanged()
    }

    /// Reading stops while requests are held, so that the kernel's buffers fill and TCP slows the client down.
    func read(context: ChannelHandlerContext) {
        if held.isEmpty, upload?.isFull != true {
            context.read()
        } else {
            isReadHeldBack = true
        }
    }

    /// The loop's sweep.
    func checkDeadlines(now: NIODeadline) {
        guard let context else { return }
        let unsent = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)
        switch state.checkDeadlines(now: now, unsentBytes: unsent ?? 0, writtenBytes: writtenBytes) {
        case .none: break
        case .close: close()
        case .refuse(let problem): refuse(problem)
        }
    }

    /// See ``FrontServer/drain(within:)``.
    func drain() {
        if !held.isEmpty {
            held.removeAll()
            state.discardedInput()
        }
        if state.drain() == .close, let context {
            // Behind whatever the kernel has not taken yet of the replies before.
            write(ByteBuffer(), promise: closingPromise(context))
        }
        resume()
    }

    /// Ends the connection now, whatever is in flight.
    func close() {
        context?.close(promise: nil)
        clientLeft()
    }

    private func clientLeft() {
        held.removeAll()
        incoming = nil
        dropUpload()
        if let sender {
            sender.write.reply.stream?.discard()
            let gone = AccessLog.Outcome.clientGone(sender.write.reply.log, bodyBytes: sender.sentBytes)
            loop.ended(sender.write.request, gone, remoteAddress: remoteAddress)
            self.sender = nil
        }
        for exchange in state.closed() {
            exchange.cancellation?.cancel()
            exchange.reply?.stream?.discard()
            loop.ended(
                exchange.request,
                .clientGone(exchange.reply?.log ?? ReplyLog()),
                remoteAddress: remoteAddress
            )
        }
        loop.closed(self)
    }
}

// MARK: - Requests

extension FrontConnection {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = true
        sawPart = true
        take(.part(Self.unwrapInboundIn(data)))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if !sawPart, held.isEmpty {
            state.receivedPartOfHead(now: .now())
        }
        sawPart = false
        isReading = false
        if needsFlush {
            needsFlush = false
            context.flush()
        }
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case let error as HTTPParserError:
            take(.failure(.undecodable(error, requestLineBytes: meter.lineBytes, limits: limits)))
        case is ByteToMessageDecoderError:
            // More bytes after the decoder gave up.
            state.discardedInput()
        default:
            close()
        }
    }

    private func take(_ arrival: Held) {
        if !held.isEmpty {
            hold(arrival)
        } else if !process(arrival) {
            state.holdHead()
            hold(arrival)
        }
    }

    private func hold(_ arrival: Held) {
        guard held.count < Self.maxHeld else {
            close()
            return
        }
        held.append(arrival)
    }

    /// - Returns: false when the arrival has to wait for its turn.
    func process(_ arrival: Held) -> Bool {
        switch arrival {
        case .part(.head(let head)):
            guard state.acceptsRequests else {
                state.discardedInput()
                return true
            }
            let isBehind = !state.exchanges.isEmpty || sender != nil
            let waits = isBehind && head.headers.contains(name: "expect")
            guard state.mayBegin(isSafe: CheckedHead.isSafe(head.method), expectsContinue: waits) else { return false }
            begin(head)
        case .part(.body(let bytes)):
            receive(bytes)
        case .part(.end):
            end()
        case .failure(let problem):
            refuse(problem)
        }
        return true
    }

    private func begin(_ head: HTTPRequestHead) {
        meter.headEnded()
        let checked: CheckedHead
        do {
            checked = try RequestHeadCheck.check(head, limits: limits, limitsBody: false)
        } catch {
            refuse(error.problem, head: head)
            return
        }
        let client = loop.handler.client(of: head.headers, peer: remoteAddress)
        let summary = RequestSummary(
            id: checked.requestID ?? loop.makeRequestID(),
            method: head.method.token,
            path: checked.target.path,
            isHead: head.method == .HEAD,
            isHTTP10: head.version.minor == 0,
            received: .now(),
            client: client,
            details: loop.log.details(
                of: head.headers,
                query: checked.target.query,
                isSecure: client?.isSecure ?? (security != nil)
            )
        )
        let question = RouteQuestion(
            method: summary.method,
            path: summary.path,
            query: checked.target.query,
            host: checked.host,
            headers: head.headers
        )
        if Self.announcesBody(head), let reply = loop.handler.refusal(of: question) {
            refuse(with: reply, summary, head.headers)
            return
        }
        // Where nothing passes it on, the body is held, within the limit.
        let isTooLong = checked.bodyLength.map { $0 > limits.maxBodyBytes } ?? false
        let mayStream = checked.bodyLength != 0 && loop.handler.streams(question)
        if isTooLong, !mayStream {
            refuse(with: Problem.bodyTooLarge(limit: limits.maxBodyBytes).reply(), summary, head.headers)
            return
        }
        incoming = (head, checked, summary)
        body.clear()
        let action = state.begin(summary, head: checked, now: summary.received)
        if mayStream {
            switch action {
            case .receive(let id), .sendContinueAndReceive(let id): beginStream(id, checked: checked)
            }
            return
        }
        switch action {
        case .receive:
            break
        case .sendContinueAndReceive:
            write(ReplyEncoder.continueHead, promise: nil)
        }
    }

    /// Begins a request whose body has still to come.
    private func beginStream(_ id: ConnectionState.ExchangeID, checked: CheckedHead) {
        guard let context, let (head, _, summary) = incoming else { return }
        let request = request(head, checked, summary, body: [])
        let responder = Responder(sink: self, exchange: id, eventLoop: context.eventLoop)
        let framing = checked.bodyLength.map(StreamedBody.length) ?? .chunked
        let stream = loop.handler.stream(request, body: framing, respond: responder)
        // It may have been answered there and then.
        guard case .body = state.receiving else { return stream.abort() }
        began(stream, expectsContinue: checked.expectsContinue)
        state.started(id, cancellation: stream)
    }

    private func receive(_ bytes: ByteBuffer) {
        if let upload { return pass(bytes, to: upload) }
        switch state.receivedBody(bytes: bytes.readableBytes) {
        case .append:
            var bytes = bytes
            body.writeBuffer(&bytes)
        case .refuse:
            refuse(.bodyTooLarge(limit: limits.maxBodyBytes))
        case .discard:
            break
        }
    }

    private func end() {
        meter.requestEnded()
        if let stream = upload {
            upload = nil
            incoming = nil
            stream.onRoom = nil
            stream.onWanted = nil
            owesContinue = false
            _ = state.receivedEnd()
            stream.end()
            return
        }
        guard let (head, checked, summary) = incoming, case .dispatch(let id) = state.receivedEnd() else { return }
        incoming = nil
        guard let context else { return }
        let bytes = body.readableBytes == 0 ? [] : Array(body.readableBytesView)
        let request = request(head, checked, summary, body: bytes)
        if body.capacity > 16 * 1024 { body = ByteBuffer() }
        let responder = Responder(sink: self, exchange: id, eventLoop: context.eventLoop)
        let isStreamed =
            request.body.isEmpty && !request.isHead
            && loop.handler.streams(request.question)
        let cancellation: any FrontCancellation =
            isStreamed
            ? loop.handler.stream(request, body: .none, respond: responder)
            : loop.handler.handle(request, respond: responder)
        state.started(id, cancellation: cancellation)
    }

    private func request(
        _ head: HTTPRequestHead,
        _ checked: CheckedHead,
        _ summary: RequestSummary,
        body: [UInt8]
    ) -> FrontRequest {
        FrontRequest(
            id: summary.id,
            method: summary.method,
            target: head.uri,
            path: summary.path,
            query: checked.target.query,
            host: checked.host,
            headers: head.headers,
            body: body,
            remoteAddress: remoteAddress,
            clientAddress: summary.client?.address ?? remoteAddress,
            forwardedField: summary.client?.field,
            isSecure: summary.client?.isSecure ?? (security != nil),
            certificate: security?.certificate,
            received: summary.received,
            span: summary.details?.span
        )
    }

    private func refuse(_ problem: Problem, head: HTTPRequestHead? = nil) {
        let summary =
            incoming?.summary
            ?? RequestSummary(
                id: loop.makeRequestID(),
                method: head?.method.token ?? "-",
                path: head.map { Self.loggablePath($0.uri) } ?? "-",
                isHead: head?.method == .HEAD,
                isHTTP10: head?.version.minor == 0,
                received: .now(),
                client: head.flatMap { loop.handler.client(of: $0.headers, peer: remoteAddress) }
            )
        refuse(with: problem.reply(), summary, incoming?.head.headers ?? head?.headers ?? [:])
    }

    private func refuse(with reply: FrontReply, _ summary: RequestSummary, _ headers: HTTPHeaders) {
        incoming = nil
        let wasStreamed = upload != nil
        dropUpload()
        let reply = loop.handler.finish(
            reply,
            headers: headers,
            isSecure: summary.client?.isSecure ?? (security != nil),
            isHead: summary.isHead
        )
        if state.refuse(reply, request: summary) {
            writeReplies()
        } else if wasStreamed {
            // The reply to it has begun: nothing else can be said.
            close()
        }
    }

    private static func announcesBody(_ head: HTTPRequestHead) -> Bool {
        head.headers.contains(name: "transfer-encoding")
            || head.headers.first(name: "content-length").map { $0 != "0" } ?? false
    }

    /// Of a target that may be anything: a path without its query, or nothing, since an authority may hold a password.
    static func loggablePath(_ target: String) -> String {
        target.hasPrefix("/") ? String(target.prefix(1024).prefix { $0 != "?" }) : "-"
    }
}
