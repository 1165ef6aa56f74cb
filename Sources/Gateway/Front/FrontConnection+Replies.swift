import NIOCore

/// The answering half: replies in order, large bodies a portion at a time.
extension FrontConnection {
    func reply(_ reply: FrontReply, to exchange: ConnectionState.ExchangeID) {
        guard state.replied(reply, to: exchange) else {
            reply.stream?.discard()
            return
        }
        owesContinue = false
        writeReplies()
        resume()
    }

    func writeReplies() {
        guard let context else { return }
        let now = NIODeadline.now()
        while sender == nil, var next = state.nextWrite(now: now) {
            next.reply = ReplyEncoder.sendable(next.reply)
            let (message, bodyBytes) = ReplyEncoder.encode(
                next.reply,
                context: ReplyEncoder.Context(
                    isHead: next.request.isHead,
                    isLast: next.isLast,
                    isHTTP10: next.request.isHTTP10,
                    requestID: next.request.id,
                    dateLine: loop.dateLine()
                ),
                allocator: context.channel.allocator
            )
            if let stream = next.reply.stream {
                sender = BodySender(streaming: next)
                stream.listener = { [weak self] in self?.sendBody() }
                state.beganSending()
                write(message, promise: nil)
                sendBody()
                continue
            }
            // The reply has come before the request's body, which nobody will read.
            if next.isLast { dropUpload() }
            guard let large = BodySender(next, bodyBytes: bodyBytes) else {
                write(message, promise: next.isLast ? closingPromise(context) : nil)
                log(next, bodyBytes: bodyBytes)
                continue
            }
            // In this order: a socket that gets full and empty within the write asks for the rest there and then.
            sender = large
            state.beganSending()
            write(message, promise: nil)
            sendBody()
        }
    }

    /// Hands over as much of a large body as the socket takes; and no more than eight portions without giving way to the
    /// loop's other connections.
    func sendBody() {
        guard let context, !isSendingLater else { return }
        if let stream = sender?.write.reply.stream { return sendStream(stream, context) }
        var portions = 0
        while context.channel.isWritable, let portion = sender?.next(context.channel.allocator) {
            guard let sender, sender.isAtEnd else {
                write(portion, promise: nil)
                portions += 1
                guard portions < 8 else { return sendBodyLater(context) }
                continue
            }
            self.sender = nil
            let isLast = state.finishedSending(now: .now()) || sender.write.isLast
            write(portion, promise: isLast ? closingPromise(context) : nil)
            log(sender.write, bodyBytes: sender.bodyBytes)
            return writeReplies()
        }
    }

    func sendBodyLater(_ context: ChannelHandlerContext) {
        isSendingLater = true
        context.eventLoop.assumeIsolated().execute {
            self.isSendingLater = false
            self.sendBody()
            self.resume()
        }
    }

    func log(_ written: ConnectionState.Write, bodyBytes: Int) {
        loop.ended(written.request, .replied(written.reply, bodyBytes: bodyBytes), remoteAddress: remoteAddress)
    }

    func closingPromise(_ context: ChannelHandlerContext) -> EventLoopPromise<Void> {
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { result in
            switch result {
            case .success: self.carryOut(self.state.wroteLast(now: .now()))
            case .failure: self.close()
            }
        }
        return promise
    }

    /// While reading, one flush at the end serves all replies.
    func write(_ message: ByteBuffer, promise: EventLoopPromise<Void>?) {
        guard let context else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        writtenBytes &+= message.readableBytes
        if isReading {
            needsFlush = true
            context.write(Self.wrapOutboundOut(message), promise: promise)
        } else {
            context.writeAndFlush(Self.wrapOutboundOut(message), promise: promise)
        }
    }

    func carryOut(_ action: ConnectionState.CloseAction) {
        switch action {
        case .none: break
        case .close: close()
        case .linger: context?.close(mode: .output, promise: nil)
        }
    }

    /// Goes on with what was held, as far as it may begin.
    ///
    /// A handler that replies at once gets here again from within `process`. The loop that is already running goes on
    /// instead, or the stack would grow with the number of requests that a client has pipelined.
    func resume() {
        guard !isResuming else { return }
        isResuming = true
        defer { isResuming = false }
        while let next = held.popFirst() {
            guard process(next) else {
                held.prepend(next)
                return
            }
        }
        if isReadHeldBack, upload?.isFull != true {
            isReadHeldBack = false
            context?.read()
        }
    }
}
