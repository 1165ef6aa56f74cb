import NIOCore

/// Lets what is written reach the socket before its connection is closed: NIO throws away what the kernel has not taken yet.
///
/// Stands before the handlers of HTTP/2, one of which closes the connection as soon as its last stream has ended, whether the
/// client has taken the end of it or not. Used on the connection's event loop only.
final class CloseAfterWrites: ChannelOutboundHandler {
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// The longest that a close waits for a client that takes nothing.
    private let timeout: TimeAmount
    private var isWaiting = false
    private var timer: Scheduled<Void>?

    init(timeout: TimeAmount) {
        self.timeout = timeout
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
    }

    /// A second close does not wait.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        let unsent = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        guard mode == .all, !isWaiting, unsent > 0, context.channel.isActive else {
            context.close(mode: mode, promise: promise)
            return
        }
        isWaiting = true
        let end = context.eventLoop.assumeIsolated()
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in context.close(mode: .all, promise: promise) }
        context.writeAndFlush(Self.wrapOutboundOut(.byteBuffer(ByteBuffer())), promise: written)
        timer = end.scheduleTask(in: timeout) { context.close(mode: .all, promise: nil) }
    }
}
