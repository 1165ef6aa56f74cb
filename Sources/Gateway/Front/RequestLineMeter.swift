import NIOCore

/// Stands before the decoder and measures the request line that is coming in.
///
/// The decoder has one error for everything that is too long. Whether that was the target (414) or the fields (431)
/// can be told only by who saw the bytes. A request line that begins in the middle of a read, behind a pipelined
/// request, is not measured from its start; it may get the 431.
final class RequestLineMeter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private var isInLine = true
    private(set) var lineBytes = 0

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isInLine {
            let view = Self.unwrapInboundIn(data).readableBytesView
            if let end = view.firstIndex(of: UInt8(ascii: "\n")) {
                lineBytes += end - view.startIndex
                isInLine = false
            } else {
                lineBytes += view.count
            }
        }
        context.fireChannelRead(data)
    }

    /// The head is complete.
    func headEnded() {
        isInLine = false
        lineBytes = 0
    }

    /// The next byte begins a request.
    func requestEnded() {
        isInLine = true
        lineBytes = 0
    }
}
