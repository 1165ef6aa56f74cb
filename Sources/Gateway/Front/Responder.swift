import NIOCore

/// Where replies go: a connection of HTTP/1, or a stream of HTTP/2. Used on its event loop only.
protocol ReplySink: AnyObject {
    /// A handler's reply. Late, second and unwanted ones are dropped.
    func reply(_ reply: FrontReply, to exchange: ConnectionState.ExchangeID)
}

/// The way back to the connection that one request came from.
struct Responder: Sendable {
    private let sink: NIOLoopBound<any ReplySink>
    private let exchange: ConnectionState.ExchangeID
    /// Added to the reply, whatever it is.
    private var fields: [(String, String)] = []

    /// The loop of the connection, to which replies from elsewhere are carried.
    let eventLoop: any EventLoop

    /// On the connection's event loop only.
    init(sink: any ReplySink, exchange: ConnectionState.ExchangeID, eventLoop: any EventLoop) {
        self.sink = NIOLoopBound(sink, eventLoop: eventLoop)
        self.exchange = exchange
        self.eventLoop = eventLoop
    }

    /// The same way back, on which fields are added to the reply.
    func adding(_ fields: [(String, String)]) -> Responder {
        guard !fields.isEmpty else { return self }
        var responder = self
        responder.fields += fields
        return responder
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
        guard fields.isEmpty else {
            var reply = reply
            reply.headers += fields
            return sink.value.reply(reply, to: exchange)
        }
        sink.value.reply(reply, to: exchange)
    }
}
