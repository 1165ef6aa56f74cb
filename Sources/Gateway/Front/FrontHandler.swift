import NIOCore
import NIOHTTP1

/// What answers requests. One value serves all connections of all event loops.
protocol FrontHandler: Sendable {
    /// Called on the connection's event loop with a complete, checked request; must not block.
    ///
    /// `respond` is to be used once, now or later, from any thread. Until then the request counts as in flight and
    /// the connection waits: the front sets no time limit on handlers.
    /// - Returns: what the connection cancels when the client goes away before the reply is there.
    func handle(_ request: FrontRequest, respond: Responder) -> any FrontCancellation

    /// Whether the bodies of a request, and of its reply, are passed on piece by piece: then `stream` gets it.
    func streams(_ question: RouteQuestion) -> Bool

    /// Called on the connection's event loop at the end of the header section of a request that `streams`, with nothing in
    /// `request.body`. As `handle` otherwise; the reply's ``FrontReply/stream`` is the way back.
    func stream(_ request: FrontRequest, body: StreamedBody, respond: Responder) -> any RequestStream

    /// Called on the connection's event loop when a request announces a body, before any of it is kept.
    ///
    /// - Returns: the reply that does not need the body, because nothing would read it; the connection ends with it.
    ///   Nil to go on.
    func refusal(of question: RouteQuestion) -> FrontReply?

    /// What the front has to say by itself, as the client shall see it. Called on the connection's event loop.
    ///
    /// - Parameter headers: the request's; none where they could not be read.
    func finish(_ refusal: FrontReply, headers: HTTPHeaders, isSecure: Bool, isHead: Bool) -> FrontReply

    /// The name of the endpoint that such a request would most likely have been for, as far as method and path tell; nil for
    /// none. Called on the connection's event loop.
    func endpoint(method: String, path: String) -> String?

    /// Who a request comes from; nil for the peer itself. Called on the connection's event loop.
    func client(of headers: HTTPHeaders, peer: String) -> RequestClient?

    /// Whether connections from an address are served. Called on the event loop that accepts.
    func welcome(_ peer: IPAddress) -> PeerWelcome
}

extension FrontHandler {
    func refusal(of question: RouteQuestion) -> FrontReply? { nil }
    func finish(_ refusal: FrontReply, headers: HTTPHeaders, isSecure: Bool, isHead: Bool) -> FrontReply { refusal }
    func endpoint(method: String, path: String) -> String? { nil }
    func client(of headers: HTTPHeaders, peer: String) -> RequestClient? { nil }
    func welcome(_ peer: IPAddress) -> PeerWelcome { .counted }
    func streams(_ question: RouteQuestion) -> Bool { false }

    func stream(_ request: FrontRequest, body: StreamedBody, respond: Responder) -> any RequestStream {
        respond.send(Problem(status: 501).reply())
        return NoStream()
    }
}

/// A request in flight, seen by the connection that waits for it.
protocol FrontCancellation: Sendable {
    /// The client has gone: nobody will read the reply. Called on the connection's event loop, at most once, never
    /// after a reply was accepted; must not block. Replying after it is allowed and has no effect.
    func cancel()
}

/// For handlers that have answered before they return, or have nothing to stop.
struct NothingToCancel: FrontCancellation {
    func cancel() {}
}

/// For requests that were answered before anything was passed on: reads nothing more.
final class NoStream: RequestStream, @unchecked Sendable {
    let isFull = false
    let stall = TimeAmount.seconds(30)
    var onRoom: (() -> Void)?
    var onWanted: (() -> Void)?

    func receive(_ bytes: ByteBuffer) {}
    func end() {}
    func abort() {}
    func cancel() {}
}
