import NIOCore
import NIOHTTP1
import NIOPosix

/// The listening side of the gateway: HTTP/1.1 and 1.0 over TCP, and what ``ClientPipeline`` makes of them.
///
/// The order of an end: ``drain(within:)``, then whatever answers requests, then ``shutdown()``.
final class FrontServer: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let loops: [NIOLoopBound<FrontLoop>]
    private let channel: any Channel
    private let served: ServedHandler

    /// The address that is bound, with the real port where 0 was asked for.
    let localAddress: SocketAddress

    /// The port that is bound.
    var port: Int { localAddress.port ?? 0 }

    /// The generic types of a connection's pipeline, made known to the Swift runtime once and by one thread. Event loops
    /// that accept their first connections at the same moment would make them together, and under load the runtime of
    /// Swift 6.3 has been seen to crash there (`swift_getTypeByMangledName`, a null metadata pointer).
    private static let handlerTypes: [Any.Type] = [
        ByteToMessageHandler<HTTPRequestDecoder>.self, HTTPRequestDecoder.self,
    ]

    /// Binds and starts to accept.
    ///
    /// - Parameters:
    ///   - host: a name or an address of this machine. The first address that a name resolves to is bound.
    ///   - port: 0 takes a free port.
    ///   - threads: event-loop threads, from 1. One serves tens of thousands of requests per second; more help when
    ///     the handlers' own threads leave cores idle.
    ///   - log: nil for no access log.
    ///   - tls: what connections are encrypted with; nil: they are not.
    /// - Throws: NIO's errors when the address cannot be resolved or bound.
    static func start(
        host: String,
        port: Int,
        threads: Int = 1,
        limits: FrontLimits = FrontLimits(),
        log: AccessLog = AccessLog(logger: nil),
        tls: ServedTLS? = nil,
        http2: HTTP2Options = HTTP2Options(),
        handler: any FrontHandler
    ) async throws -> FrontServer {
        _ = handlerTypes
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, threads))
        do {
            return try await FrontServer(
                group: group,
                host: host,
                port: port,
                limits: limits,
                log: log,
                tls: tls,
                http2: http2,
                handler: handler
            )
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
    }

    private init(
        group: MultiThreadedEventLoopGroup,
        host: String,
        port: Int,
        limits: FrontLimits,
        log: AccessLog,
        tls: ServedTLS?,
        http2: HTTP2Options,
        handler: any FrontHandler
    ) async throws {
        var loops: [NIOLoopBound<FrontLoop>] = []
        for eventLoop in group.makeIterator() {
            loops.append(
                try await eventLoop.submit {
                    let loop = FrontLoop(
                        eventLoop: eventLoop,
                        limits: limits,
                        log: log,
                        tls: tls,
                        http2: http2,
                        handler: handler
                    )
                    loop.startSweeping()
                    return NIOLoopBound(loop, eventLoop: eventLoop)
                }.get()
            )
        }
        let byEventLoop = Dictionary(uniqueKeysWithValues: zip(group.makeIterator().map(ObjectIdentifier.init), loops))
        let served = ServedHandler(handler)
        self.served = served
        channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Int32(clamping: limits.backlog))
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.maxMessagesPerRead, value: 4)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        AcceptGate(
                            limit: limits.maxConnections,
                            perAddress: limits.maxConnectionsPerAddress,
                            handler: served
                        )
                    )
                }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 2048, maximum: 16 * 1024)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let loop = byEventLoop[ObjectIdentifier(channel.eventLoop)]?.value else {
                        throw ChannelError.inappropriateOperationForState
                    }
                    try ClientPipeline(loop: loop, limits: limits).configure(channel)
                }
            }
            .bind(host: host, port: port)
            .get()
        guard let localAddress = channel.localAddress else { throw ChannelError.unknownLocalAddress }
        self.group = group
        self.loops = loops
        self.localAddress = localAddress
    }

    /// Has all requests that begin after this returns answered by another handler; those that have begun stay with theirs.
    func replace(handler: any FrontHandler) async {
        served.current = handler
        await onEachLoop { $0.handler = handler }
    }

    private func onEachLoop(_ change: @escaping @Sendable (FrontLoop) -> Void) async {
        for loop in loops { try? await loop.eventLoop.submit { change(loop.value) }.get() }
    }

    /// From when this returns on, the log does not show what requests have in these fields, either.
    ///
    /// - Parameter credentialHeaders: in lower case.
    func hide(_ credentialHeaders: Set<String>) async {
        await onEachLoop { $0.hide(credentialHeaders) }
    }

    /// Encrypts connections that are accepted after this returns with other certificates; those that are open keep theirs,
    /// but those whose clients were vouched for by others than now: they end with the requests that they have begun.
    func replace(tls: ServedTLS) async {
        await onEachLoop { $0.replace(tls: tls) }
    }

    /// What has become of all requests so far.
    func counts() async -> RequestCounts {
        var sum = RequestCounts()
        for loop in loops {
            if let counts = try? await loop.eventLoop.submit({ loop.value.counts }).get() { sum += counts }
        }
        return sum
    }

    /// Stops accepting, closes idle connections, and lets requests in flight finish; their replies say
    /// `Connection: close`. What is still open after `grace` is closed, and its handlers are cancelled.
    ///
    /// - Returns: how many connections were cut. To be called once.
    func drain(within grace: Duration) async -> Int {
        try? await channel.close()
        let grace = TimeAmount.nanoseconds(
            grace.components.seconds.clampedProduct(1_000_000_000) + grace.components.attoseconds / 1_000_000_000
        )
        return await withTaskGroup(of: Int.self) { tasks in
            for loop in loops {
                tasks.addTask { await Self.drain(loop, grace: grace) }
            }
            return await tasks.reduce(0, +)
        }
    }

    private static func drain(_ loop: NIOLoopBound<FrontLoop>, grace: TimeAmount) async -> Int {
        let eventLoop = loop.eventLoop
        let drained = eventLoop.flatSubmit {
            let timer = eventLoop.scheduleTask(in: grace) { loop.value.cut() }
            return loop.value.drain().always { _ in timer.cancel() }
        }
        return (try? await drained.get()) ?? 0
    }

    /// Ends the event-loop threads. No ``Responder`` may be used afterwards. Connections still open are closed.
    func shutdown() async {
        for loop in loops {
            try? await loop.eventLoop.submit { loop.value.stopSweeping() }.get()
        }
        try? await group.shutdownGracefully()
    }
}

extension Int {
    func addingSaturated(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}

extension Int64 {
    fileprivate func clampedProduct(_ other: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max / 2 : product
    }
}
