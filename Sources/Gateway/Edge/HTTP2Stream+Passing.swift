import NIOCore
import NIOHTTP2

/// Bodies that pass through, as in HTTP/1: those of requests on, those of replies out, each as fast as the slower side. The
/// windows of the stream do in both directions what TCP's do there (RFC 9113, section 5.2).
extension HTTP2Stream {
    /// A request was begun whose body is passed on.
    func began(_ stream: any RequestStream, expectsContinue: Bool) {
        upload = stream
        owesContinue = expectsContinue
        stream.onRoom = { [weak self] in
            guard let self, self.upload === stream else { return }
            self.state.waitsForBody(until: .now() + stream.stall)
            guard self.isReadHeldBack else { return }
            self.isReadHeldBack = false
            self.context?.read()
        }
        stream.onWanted = { [weak self] in
            guard let self, self.upload === stream, self.owesContinue else { return }
            self.owesContinue = false
            self.goOn()
            self.state.waitsForBody(until: .now() + stream.stall)
        }
        state.waitsForBody(until: expectsContinue ? nil : .now() + stream.stall)
    }

    func pass(_ bytes: ByteBuffer, to stream: any RequestStream) {
        stream.receive(bytes)
        // It may have been refused meanwhile.
        guard upload === stream else { return }
        state.waitsForBody(until: stream.isFull ? nil : .now() + stream.stall)
    }

    /// Nothing more of the request's body is passed on.
    func dropUpload() {
        owesContinue = false
        guard let stream = upload else { return }
        upload = nil
        stream.onRoom = nil
        stream.onWanted = nil
        stream.abort()
        // What comes now is thrown away.
        guard isReadHeldBack else { return }
        isReadHeldBack = false
        context?.read()
    }

    /// Hands over as much of a body as is there and the client takes.
    ///
    /// - Returns: whether there may be more to hand over at once.
    func send(_ stream: ReplyStream, _ context: ChannelHandlerContext) -> Bool {
        var portions = 0
        while context.channel.isWritable, let sender, sender.write.reply.stream === stream {
            switch stream.next() {
            case .bytes(let bytes):
                self.sender?.bodyBytes += bytes.readableBytes
                write(.data(.init(data: .byteBuffer(bytes))))
                portions += 1
                guard portions < 8 else {
                    context.flush()
                    return true
                }
            case .wait:
                context.flush()
                return false
            case .end:
                self.sender = nil
                // The backend has answered without the rest of the request.
                dropUpload()
                write(.data(.init(data: .byteBuffer(ByteBuffer()), endStream: true)), isLast: true)
                finished(sender.write, bodyBytes: sender.bodyBytes)
                context.flush()
                return false
            case .broken:
                breakOff(sender, context)
                return false
            }
        }
        context.flush()
        return false
    }

    /// What was sent is not all: a reset says so (RFC 9113, section 8.1.1).
    private func breakOff(_ broken: BodySender, _ context: ChannelHandlerContext) {
        sender = nil
        dropUpload()
        var written = broken.write
        written.reply.log.failure = written.reply.log.failure ?? "proxy;reason=broken_off"
        finished(written, bodyBytes: broken.bodyBytes)
        write(.rstStream(.internalError))
        context.flush()
    }
}
