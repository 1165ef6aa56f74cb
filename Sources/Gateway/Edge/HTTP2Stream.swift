import NIOCore
import NIOHPACK
import NIOHTTP1
import NIOHTTP2

/// One request of HTTP/2 and its reply: carries out what ``HTTP2StreamState`` decides.
///
/// The only handler of the stream's channel, which has flow control in both directions. Everything here happens on the
/// connection's event loop.
final class HTTP2Stream: ChannelDuplexHandler, ReplySink {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias OutboundIn = Never
    typealias OutboundOut = HTTP2Frame.FramePayload

    let connection: HTTP2Connection
    var state: HTTP2StreamState
    private(set) var context: ChannelHandlerContext?
    private var head: HTTPRequestHead?
    private var checked: CheckedHead?
    private var summary: RequestSummary?
    private var body = ByteBuffer()
    private var cancellation: (any FrontCancellation)?
    /// Where the body of the request goes, if it is passed on.
    var upload: (any RequestStream)?
    /// The client waits for `100 Continue`, which is sent when the body is wanted.
    var owesContinue = false
    var isReadHeldBack = false

    /// The reply's body that is being sent.
    var sender: BodySender?
    private var isSending = false
    private var mayGoOn = false

    private var loop: FrontLoop { connection.loop }

    init(of connection: HTTP2Connection) {
        self.connection = connection
        state = HTTP2StreamState(limits: connection.limits)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        connection.opened(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        ended()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        ended()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { sendBody() }
        context.fireChannelWritabilityChanged()
    }

    /// Reading stops while what was read cannot be passed on: the client's window is then not opened again.
    func read(context: ChannelHandlerContext) {
        if upload?.isFull == true {
            isReadHeldBack = true
        } else {
            context.read()
        }
    }

    /// The connection's sweep.
    func checkDeadlines(now: NIODeadline) {
        switch state.checkDeadlines(now: now) {
        case .none: break
        case .refuse: refuse(.slowBody)
        case .reset: context?.close(promise: nil)
        }
    }

    /// The stream is over: by its reply, by a reset, or with its connection.
    private func ended() {
        if state.closed(), let summary {
            cancellation?.cancel()
            let gone = sender.map { AccessLog.Outcome.clientGone($0.write.reply.log, bodyBytes: $0.sentBytes) }
            loop.ended(summary, gone ?? .clientGone(), remoteAddress: connection.remoteAddress)
        }
        cancellation = nil
        dropUpload()
        sender?.write.reply.stream?.discard()
        sender = nil
        connection.closed(self)
    }
}

// MARK: - The request

extension HTTP2Stream {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .headers(let headers):
            // A second header section is the trailers, which are dropped.
            if state.phase == .head { begin(headers.headers, isComplete: headers.endStream) }
            if headers.endStream { end() }
        case .data(let data):
            if case .byteBuffer(let bytes) = data.data { receive(bytes) }
            if data.endStream { end() }
        default:
            break
        }
    }

    private func begin(_ fields: HPACKHeaders, isComplete: Bool) {
        let head: HTTPRequestHead
        let checked: CheckedHead
        do throws(RequestHeadCheck.Refusal) {
            head = try HTTP2RequestHead.make(fields)
            checked = try RequestHeadCheck.check(head, limits: connection.limits, limitsBody: false)
        } catch {
            let path = fields.first(name: ":path") ?? ""
            summary = RequestSummary(
                id: loop.makeRequestID(),
                method: fields.first(name: ":method").map { String($0.prefix(32)) } ?? "-",
                path: FrontConnection.loggablePath(path),
                isHead: fields.first(name: ":method") == "HEAD",
                isHTTP10: false,
                received: .now()
            )
            refuse(error.problem)
            return
        }
        let client = loop.handler.client(of: head.headers, peer: connection.remoteAddress)
        let summary = RequestSummary(
            id: checked.requestID ?? loop.makeRequestID(),
            method: head.method.token,
            path: checked.target.path,
            isHead: head.method == .HEAD,
            isHTTP10: false,
            received: .now(),
            client: client,
            details: loop.log.details(
                of: head.headers,
                query: checked.target.query,
                isSecure: client?.isSecure ?? (connection.security != nil)
            )
        )
        self.summary = summary
        let question = RouteQuestion(
            method: summary.method,
            path: summary.path,
            query: checked.target.query,
            host: checked.host,
            headers: head.headers
        )
        if !isComplete, let reply = loop.handler.refusal(of: question) {
            refuse(with: reply)
            return
        }
        // One that is announced as empty ends in a moment.
        let isEmpty = isComplete || (checked.bodyLength == 0 && head.headers.contains(name: "content-length"))
        let isStreamed = !isEmpty && loop.handler.streams(question)
        let limit = connection.limits.maxBodyBytes
        if !isStreamed, let length = checked.bodyLength, length > limit {
            refuse(.bodyTooLarge(limit: limit))
            return
        }
        self.head = head
        self.checked = checked
        state.begin(isComplete: false, now: summary.received)
        if isStreamed {
            beginStream(expectsContinue: checked.expectsContinue)
        } else if !isComplete, checked.expectsContinue {
            goOn()
        }
    }

    /// Begins a request whose body is passed on.
    private func beginStream(expectsContinue: Bool) {
        guard let context, let request = request(body: []) else { return }
        // Without a length, it is as long as it turns out to be: HTTP/2 has no chunks.
        let isMeasured = request.headers.contains(name: "content-length")
        let framing = checked?.bodyLength.flatMap { isMeasured ? StreamedBody.length($0) : nil } ?? .chunked
        let responder = Responder(sink: self, exchange: 1, eventLoop: context.eventLoop)
        let stream = loop.handler.stream(request, body: framing, respond: responder)
        // It may have been answered there and then.
        guard case .body = state.phase else { return stream.abort() }
        cancellation = stream
        began(stream, expectsContinue: expectsContinue)
    }

    func goOn() {
        write(.headers(.init(headers: HTTP2ReplyHead.goOn)))
        context?.flush()
    }

    private func receive(_ bytes: ByteBuffer) {
        if let upload { return pass(bytes, to: upload) }
        switch state.receivedBody(bytes: bytes.readableBytes) {
        case .append:
            var bytes = bytes
            body.writeBuffer(&bytes)
        case .refuse:
            refuse(.bodyTooLarge(limit: connection.limits.maxBodyBytes))
        case .discard:
            break
        }
    }

    private func end() {
        if let upload {
            self.upload = nil
            upload.onRoom = nil
            upload.onWanted = nil
            owesContinue = false
            _ = state.receivedEnd()
            return upload.end()
        }
        guard state.receivedEnd(), let context else { return }
        let bytes = body.readableBytes == 0 ? [] : Array(body.readableBytesView)
        guard let request = request(body: bytes) else { return }
        self.head = nil
        body = ByteBuffer()
        let responder = Responder(sink: self, exchange: 1, eventLoop: context.eventLoop)
        let isStreamed = request.body.isEmpty && !request.isHead && loop.handler.streams(request.question)
        let cancellation: any FrontCancellation =
            isStreamed
            ? loop.handler.stream(request, body: .none, respond: responder)
            : loop.handler.handle(request, respond: responder)
        if state.phase == .handling { self.cancellation = cancellation }
    }

    private func request(body: [UInt8]) -> FrontRequest? {
        guard let head, let checked, let summary else { return nil }
        return FrontRequest(
            id: summary.id,
            method: summary.method,
            target: head.uri,
            path: summary.path,
            query: checked.target.query,
            host: checked.host,
            headers: head.headers,
            body: body,
            remoteAddress: connection.remoteAddress,
            clientAddress: summary.client?.address ?? connection.remoteAddress,
            forwardedField: summary.client?.field,
            isSecure: isSecure,
            certificate: connection.security?.certificate,
            received: summary.received,
            span: summary.details?.span
        )
    }

    /// The front's own words, as clients shall see them.
    private func refuse(with reply: FrontReply) {
        send(
            loop.handler.finish(
                reply,
                headers: head?.headers ?? [:],
                isSecure: isSecure,
                isHead: summary?.isHead ?? false
            )
        )
    }

    private var isSecure: Bool { summary?.client?.isSecure ?? (connection.security != nil) }

    private func refuse(_ problem: Problem) {
        refuse(with: problem.reply())
    }
}

// MARK: - The reply

extension HTTP2Stream {
    func reply(_ reply: FrontReply, to exchange: ConnectionState.ExchangeID) {
        send(reply)
    }

    func send(_ reply: FrontReply) {
        guard state.replied(), let summary else {
            reply.stream?.discard()
            return
        }
        head = nil
        body = ByteBuffer()
        cancellation = nil
        owesContinue = false
        let reply = ReplyEncoder.sendable(reply)
        let (fields, hasBody) = HTTP2ReplyHead.make(
            reply,
            isHead: summary.isHead,
            requestID: summary.id,
            dateLine: loop.dateLine()
        )
        let message = ConnectionState.Write(request: summary, reply: reply, isLast: false)
        if let stream = reply.stream, hasBody {
            sender = BodySender(streaming: message)
            stream.listener = { [weak self] in self?.sendBody() }
            state.waitsForBody(until: upload.map { $0.isFull ? nil : .now() + $0.stall } ?? nil)
        } else {
            reply.stream?.discard()
            // The reply has come before the request's body, which nobody will read.
            dropUpload()
            if hasBody { sender = BodySender(whole: message) }
        }
        write(.headers(.init(headers: fields, endStream: !hasBody)), isLast: !hasBody)
        if hasBody {
            sendBody()
        } else {
            finished(message, bodyBytes: 0)
            context?.flush()
        }
    }

    /// Hands over as much of the body as the client's windows and the socket take; and no more than eight portions without
    /// giving way to other streams.
    func sendBody() {
        guard let context else { return }
        // A flush may make room at once, and then gets here from within.
        guard !isSending else {
            mayGoOn = true
            return
        }
        isSending = true
        defer { isSending = false }
        for _ in 0..<8 {
            mayGoOn = false
            if let stream = sender?.write.reply.stream {
                // A flush within may have made room.
                guard send(stream, context) || mayGoOn else { return }
                continue
            }
            while context.channel.isWritable, let portion = sender?.next(context.channel.allocator) {
                guard let sender, sender.isAtEnd else {
                    write(.data(.init(data: .byteBuffer(portion))))
                    continue
                }
                self.sender = nil
                write(.data(.init(data: .byteBuffer(portion), endStream: true)), isLast: true)
                finished(sender.write, bodyBytes: sender.bodyBytes)
            }
            context.flush()
            guard mayGoOn, sender != nil else { return }
        }
        context.eventLoop.assumeIsolated().execute { self.sendBody() }
    }

    func finished(_ message: ConnectionState.Write, bodyBytes: Int) {
        guard state.phase == .replying else { return }
        state.finishedSending()
        loop.ended(
            message.request,
            .replied(message.reply, bodyBytes: bodyBytes),
            remoteAddress: connection.remoteAddress
        )
    }

    func write(_ payload: HTTP2Frame.FramePayload, isLast: Bool = false) {
        guard let context else { return }
        let promise = context.eventLoop.makePromise(of: Void.self)
        state.wrote(now: .now())
        promise.futureResult.assumeIsolated().whenComplete { result in
            self.state.written(now: .now())
            if isLast, case .success = result { self.wroteLast() }
        }
        context.write(Self.wrapOutboundOut(payload), promise: promise)
    }

    /// The reply is with the connection. What the client may still send of its request is not wanted any more
    /// (RFC 9113, section 8.1).
    private func wroteLast() {
        guard !state.isRequestComplete, state.phase == .replied, let context else { return }
        context.writeAndFlush(Self.wrapOutboundOut(.rstStream(.noError)), promise: nil)
    }
}
