import NIOCore

/// Stands in an unencrypted connection until its first bytes say whether the client speaks HTTP/2 (RFC 9113, section 3.4), and
/// makes way.
final class CleartextEntrance: ChannelInboundHandler, RemovableChannelHandler, OpenConnection {
    let restsOnCertificate = false

    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    private let pipeline: ClientPipeline
    private var deadline: NIODeadline
    private var context: ChannelHandlerContext?
    private var first = ByteBuffer()
    private var isDone = false

    init(_ pipeline: ClientPipeline) {
        self.pipeline = pipeline
        deadline = .now() + pipeline.limits.idleTimeout
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        pipeline.loop.opened(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDone else { return context.fireChannelRead(data) }
        if first.readableBytes == 0 { deadline = .now() + pipeline.limits.headerTimeout }
        var bytes = Self.unwrapInboundIn(data)
        first.writeBuffer(&bytes)
        let seen = first.readableBytesView.prefix(Self.preface.count)
        guard seen.elementsEqual(Self.preface.prefix(seen.count)) else { return goOn(context, asHTTP2: false) }
        if seen.count == Self.preface.count { goOn(context, asHTTP2: true) }
    }

    private func goOn(_ context: ChannelHandlerContext, asHTTP2 isHTTP2: Bool) {
        do {
            if isHTTP2 {
                try pipeline.addHTTP2(to: context.channel, security: nil)
            } else {
                try pipeline.addHTTP1(to: context.channel, security: nil)
            }
        } catch {
            return close()
        }
        end()
        context.fireChannelRead(Self.wrapInboundOut(first))
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if isDone { context.fireErrorCaught(error) } else { close() }
    }

    func checkDeadlines(now: NIODeadline) {
        if now >= deadline { close() }
    }

    func drain() {
        close()
    }

    func close() {
        end()
        context?.close(promise: nil)
    }

    private func end() {
        guard !isDone else { return }
        isDone = true
        pipeline.loop.closed(self)
    }
}
