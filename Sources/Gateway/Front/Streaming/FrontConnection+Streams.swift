import NIOCore
import NIOHTTP1
import NIOPosix

/// Bodies that pass through: those of requests on, those of replies out, each as fast as the slower side.
extension FrontConnection {
    /// A request was begun whose body is passed on.
    func began(_ stream: any RequestStream, expectsContinue: Bool) {
        upload = stream
        owesContinue = expectsContinue
        stream.onRoom = { [weak self] in
            guard let self, self.upload === stream else { return }
            self.state.waitsForBody(until: .now() + stream.stall)
            self.resume()
        }
        stream.onWanted = { [weak self] in
            guard let self, self.upload === stream, self.owesContinue else { return }
            self.owesContinue = false
            self.write(ReplyEncoder.continueHead, promise: nil)
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
    }

    /// Hands over as much of a streamed body as is there and the socket takes.
    func sendStream(_ stream: ReplyStream, _ context: ChannelHandlerContext) {
        var portions = 0
        while context.channel.isWritable, let sender, sender.write.reply.stream === stream {
            switch stream.next() {
            case .bytes(let bytes):
                self.sender?.bodyBytes += bytes.readableBytes
                write(sender.isChunked ? Self.chunk(bytes, context.channel.allocator) : bytes, promise: nil)
                portions += 1
                guard portions < 8 else { return sendBodyLater(context) }
            case .wait:
                return
            case .end:
                return finishStream(sender, context)
            case .broken:
                return breakOff(sender, context)
            }
        }
    }

    private func finishStream(_ ended: BodySender, _ context: ChannelHandlerContext) {
        sender = nil
        let isLast = state.finishedSending(now: .now()) || ended.write.isLast
        // The backend has answered without the rest of the request.
        if isLast { dropUpload() }
        let end = ended.isChunked ? ByteBuffer(staticString: "0\r\n\r\n") : ByteBuffer()
        write(end, promise: isLast ? closingPromise(context) : nil)
        log(ended.write, bodyBytes: ended.bodyBytes)
        writeReplies()
        resume()
    }

    /// What was sent is not all: a missing last chunk, or missing bytes, say so; where neither is owed, a reset does.
    private func breakOff(_ broken: BodySender, _ context: ChannelHandlerContext) {
        sender = nil
        var written = broken.write
        written.reply.log.failure = written.reply.log.failure ?? "proxy;reason=broken_off"
        log(written, bodyBytes: broken.bodyBytes)
        if !broken.isChunked, written.reply.stream?.length == nil {
            let reset = linger(l_onoff: 1, l_linger: 0)
            // Where it cannot be set, the end looks like that of a whole body; the log says otherwise.
            _ = (context.channel as? any SocketOptionProvider)?.setSoLinger(reset)
        }
        close()
    }

    private static func chunk(_ bytes: ByteBuffer, _ allocator: ByteBufferAllocator) -> ByteBuffer {
        var bytes = bytes
        var chunk = allocator.buffer(capacity: bytes.readableBytes + 12)
        chunk.writeString(String(bytes.readableBytes, radix: 16))
        chunk.writeStaticString("\r\n")
        chunk.writeBuffer(&bytes)
        chunk.writeStaticString("\r\n")
        return chunk
    }
}
