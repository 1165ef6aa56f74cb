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

    init(limit: Int) {
        self.limit = max(1, limit)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        open += 1
        let gate = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        Self.unwrapInboundIn(data).closeFuture.hop(to: context.eventLoop).whenComplete { _ in
            let (gate, context) = gate.value
            gate.connectionClosed(context: context)
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

    private func connectionClosed(context: ChannelHandlerContext) {
        open -= 1
        if isReadHeldBack, open < limit {
            isReadHeldBack = false
            context.read()
        }
    }
}
