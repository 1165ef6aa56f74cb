import NIOCore

/// How the body of a streamed request is framed.
enum StreamedBody: Hashable, Sendable {
    case none
    /// From 1.
    case length(Int)
    case chunked
}

/// A request whose body is passed on while it comes in. Used on its event loop only.
///
/// Independent of the protocol it came by: a connection of HTTP/1 or a stream of HTTP/2 feeds it.
protocol RequestStream: AnyObject, FrontCancellation {
    /// Whether nothing more should be read from the client until `onRoom`.
    var isFull: Bool { get }
    /// How long the client may send nothing while there is room.
    var stall: TimeAmount { get }
    /// Called when there is room again after `isFull`.
    var onRoom: (() -> Void)? { get set }
    /// Called once, when the body is wanted for the first time: the moment for `100 Continue`.
    var onWanted: (() -> Void)? { get set }

    func receive(_ bytes: ByteBuffer)
    /// The body is complete.
    func end()
    /// The body will not be complete: what has been sent of it must not look whole.
    func abort()
}
