import NIOCore

/// Stops accepting while `limit` connections are open. Those who come then wait in the kernel's backlog.
///
/// Stands in the listening socket's pipeline, before NIO's own handlers, and is used on its event loop only.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never

    private let limit: Int
    private var open = 0
    private var isReadHeldBack = false
    private var context: ChannelHandlerContext?

    init(limit: Int) {
        self.limit = max(1, limit)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        open += 1
        let gate = NIOLoopBound(self, eventLoop: context.eventLoop)
        Self.unwrapInboundIn(data).closeFuture.hop(to: context.eventLoop).whenComplete { _ in
            gate.value.connectionClosed()
        }
        context.fireChannelRead(data)
    }

    func read(context: ChannelHandlerContext) {
        if open < limit {
            context.read()
        } else {
            isReadHeldBack = true
        }
    }

    private func connectionClosed() {
        open -= 1
        if isReadHeldBack, open < limit {
            isReadHeldBack = false
            context?.read()
        }
    }
}
