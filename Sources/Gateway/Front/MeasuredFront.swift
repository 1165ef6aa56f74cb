import JSONSlices
import Logging
import NIOCore

// Single steps of the front, as the micro-benchmarks measure them. Nothing else uses this.

/// A router over endpoints that are only numbers.
package struct MeasuredRouter {
    private let router: Router<Int>

    /// - Parameter paths: such as `/shops/{shop}/orders`; their endpoints are their places.
    /// - Returns: nil for paths that cannot be served together.
    package init?(paths: [String]) {
        let routes = paths.enumerated().map { place, path in
            Route("GET", path.split(separator: "/").map(Self.segment), place)
        }
        guard let router = try? Router(routes) else { return nil }
        self.router = router
    }

    private static func segment(_ text: Substring) -> RouteSegment {
        text.hasPrefix("{") ? .parameter(String(text.dropFirst().dropLast())) : .literal(String(text))
    }

    package func endpoint(_ path: String) -> Int? {
        if case .found(let endpoint, _) = router.lookup(method: "GET", rawPath: path) { endpoint } else { nil }
    }
}

/// A reply of a composition, ready to be encoded and logged.
package struct MeasuredReply {
    private let reply: FrontReply
    private let context: ReplyEncoder.Context
    private let allocator = ByteBufferAllocator()
    private let log: AccessLog

    package init(body: [UInt8]) {
        reply = FrontReply(
            status: 200,
            headers: [("Content-Type", "application/json")],
            body: body,
            log: ReplyLog(endpoint: "GET /large/{userId}")
        )
        context = ReplyEncoder.Context(
            isHead: false,
            isLast: false,
            isHTTP10: false,
            requestID: "5f2c9a7be01d44d8a3c6b1f09e7d2c58",
            dateLine: Array("Date: Tue, 15 Nov 1994 08:12:31 GMT\r\n".utf8)
        )
        // A writer without room drops each line when it is complete, before its thread would have anything to do.
        let writer = LogWriter(capacity: 0)
        log = AccessLog(logger: Logger(label: "medley") { GatewayLogHandler(label: $0, writer: writer, format: .json) })
    }

    /// - Returns: the length of the message.
    package func encoded() -> Int {
        ReplyEncoder.encode(reply, context: context, allocator: allocator).message.readableBytes
    }

    /// The access log's line for a request of 150 ms.
    package func logged() {
        let summary = RequestSummary(
            id: context.requestID,
            method: "GET",
            path: "/large/42",
            isHead: false,
            isHTTP10: false,
            received: .now() - .milliseconds(150)
        )
        log.record(summary, outcome: .replied(reply, bodyBytes: reply.body.count), remoteAddress: "127.0.0.1")
    }
}
