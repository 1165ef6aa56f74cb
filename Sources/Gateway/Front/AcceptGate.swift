import NIOCore
import Synchronization

/// Stops accepting while `limit` connections are open: those who come then wait in the kernel's backlog. Closes connections
/// of addresses that are refused, or have as many as one may have.
///
/// Stands in the listening socket's pipeline, before NIO's own handlers, and is used on its event loop only.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never

    private let limit: Int
    private let handler: ServedHandler
    private var byAddress: AddressCounts?
    private var open = 0
    private var isReadHeldBack = false
    private var context: ChannelHandlerContext?

    /// - Parameter perAddress: connections that one address may have; nil for any number.
    init(limit: Int, perAddress: Int?, handler: ServedHandler) {
        self.limit = max(1, limit)
        byAddress = perAddress.map { AddressCounts(limit: $0) }
        self.handler = handler
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let channel = Self.unwrapInboundIn(data)
        let peer = channel.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
        var counted: IPAddress?
        switch peer.map(handler.current.welcome) {
        case .refused:
            return channel.close(promise: nil)
        case .counted where byAddress != nil:
            guard let peer, byAddress?.opened(peer) == true else { return channel.close(promise: nil) }
            counted = peer
        case .counted, .uncounted, nil:
            break
        }
        open += 1
        let gate = NIOLoopBound(self, eventLoop: context.eventLoop)
        let address = counted
        channel.closeFuture.hop(to: context.eventLoop).whenComplete { _ in
            gate.value.connectionClosed(address)
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

    private func connectionClosed(_ address: IPAddress?) {
        open -= 1
        if let address { byAddress?.closed(address) }
        if isReadHeldBack, open < limit {
            isReadHeldBack = false
            context?.read()
        }
    }
}

/// The handler of requests that begin now, for who is not on a connection's event loop. Safe from any thread.
final class ServedHandler: Sendable {
    private let handler: Mutex<any FrontHandler>

    init(_ handler: any FrontHandler) {
        self.handler = Mutex(handler)
    }

    var current: any FrontHandler {
        get { handler.withLock { $0 } }
        set { handler.withLock { $0 = newValue } }
    }
}
