import NIOCore
import NIOHTTP1
import NIOPosix

/// The least that answering with SwiftNIO costs: a fixed body to every request, on one thread, nothing looked at.
///
/// `bare-nio PORT SIZE` listens on the loopback address and answers with SIZE bytes. Half of the floor that
/// `Benchmarks/run` prints; the other half is `../curl.c`. No access log, no limits, no timeouts: what a gateway adds
/// to this is its own.
@main
enum BareNIO {
    static func main() throws {
        let numbers = CommandLine.arguments.dropFirst().map { Int($0) }
        guard numbers.count == 2, let port = numbers[0], let size = numbers[1], size >= 0 else {
            fatalError("usage: bare-nio PORT SIZE")
        }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let server = try ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // A client that waits for its reply has sent no more than one request: one read per wake-up is enough.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // Without what makes a server safe: this is to be the floor, and not a server.
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                        withPipeliningAssistance: false,
                        withErrorHandling: false,
                        withOutboundHeaderValidation: false
                    )
                    try channel.pipeline.syncOperations.addHandler(FixedReply(size: size))
                }
            }
            .bind(host: "127.0.0.1", port: port)
            .wait()
        try server.closeFuture.wait()
    }
}

/// Answers each request once it is complete. Bodies of requests are let go.
private final class FixedReply: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let head: HTTPResponseHead
    private let body: ByteBuffer

    init(size: Int) {
        let headers: HTTPHeaders = ["Content-Type": "application/json", "Content-Length": String(size)]
        head = HTTPResponseHead(version: .http1_1, status: .ok, headers: headers)
        body = ByteBuffer(repeating: UInt8(ascii: "x"), count: size)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .end = unwrapInboundIn(data) else { return }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
