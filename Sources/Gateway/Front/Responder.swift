import NIOCore

/// The way back to the connection that one request came from.
struct Responder: Sendable {
    private let connection: NIOLoopBound<FrontConnection>
    private let exchange: ConnectionState.ExchangeID

    /// The loop of the connection, to which replies from elsewhere are carried.
    let eventLoop: any EventLoop

    /// On the connection's event loop only.
    init(connection: FrontConnection, exchange: ConnectionState.ExchangeID, eventLoop: any EventLoop) {
        self.connection = NIOLoopBound(connection, eventLoop: eventLoop)
        self.exchange = exchange
        self.eventLoop = eventLoop
    }

    /// Answers the request. From any thread; the first reply wins, later ones and those to a client that has gone are
    /// dropped. Costs one `eventLoop.execute` when called from another thread: see ``ReplyOutbox`` for many at once.
    func send(_ reply: consuming FrontReply) {
        let reply = reply
        if eventLoop.inEventLoop {
            deliver(reply)
        } else {
            eventLoop.execute { self.deliver(reply) }
        }
    }

    /// On the connection's event loop only.
    func deliver(_ reply: FrontReply) {
        connection.value.reply(reply, to: exchange)
    }
}
