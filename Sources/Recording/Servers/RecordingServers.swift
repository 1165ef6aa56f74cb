public import CurlTransport
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import NIOPosix

/// A server on a loopback port for each backend: it passes requests on to the backend, the answers back, and records both.
///
/// Safe from any thread. `start`, then `run`, which serves until its task is cancelled and then ends everything.
public final class RecordingServers: Sendable {
    private typealias Listener = NIOAsyncChannel<RecordingConnection.Stream, Never>

    /// By backend: `"http://127.0.0.1:PORT"`.
    public let urls: [String: String]

    private let listeners: [(forwarder: Forwarder, listener: Listener)]
    private let transport: CurlTransport
    private let group: MultiThreadedEventLoopGroup
    /// One thread: the files are written one after the other.
    private let files: NIOThreadPool
    private let store: FixtureStore
    private let options: Options
    private let onEvent: @Sendable (Event) -> Void
    private let replayed = NIOLockedValueBox(0)

    public struct Options: Sendable {
        /// Whether failures of the backends become fixtures with a `fault`.
        public var recordsFaults = false
        /// In bytes. A request with a longer body is answered 413.
        public var maxRequestBody = 64 << 20

        public init() {}
    }

    /// What happened to one request.
    public struct Event: Sendable {
        public let backend: String
        public let method: String
        /// Path and query as they were sent.
        public let target: String
        public let outcome: Outcome

        public enum Outcome: Sendable {
            case recorded(FixtureStore.Event)
            /// No response, and nothing recorded.
            case failed(TransportError)
        }
    }

    /// How many requests fixtures have answered.
    public var replayedCount: Int { replayed.withLockedValue(\.self) }

    /// As for `ReplayServers`: the generic types of a connection, made known to the runtime by one thread.
    private static let handlerTypes: [Any.Type] = [
        ByteToMessageHandler<HTTPRequestDecoder>.self, HTTPRequestDecoder.self, RecordingConnection.Stream.self,
        Listener.self,
    ]

    /// Binds a port for every backend.
    ///
    /// - Parameter onEvent: told of each request that was not answered by a fixture, once it is recorded; on one thread,
    ///   which it may block.
    /// - Throws: `TransportError` when a backend's settings cannot work, an `IOError` when a port cannot be bound.
    public static func start(
        _ backends: [RecordedBackend],
        store: FixtureStore,
        options: Options = Options(),
        onEvent: @escaping @Sendable (Event) -> Void
    ) async throws -> RecordingServers {
        _ = handlerTypes
        let replays = backends.compactMap { backend in
            backend.replay.map { _ in BackendOptions(name: Self.replayName(of: backend)) }
        }
        let transport = try CurlTransport(backends: backends.map(\.options) + replays, loops: 1)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var listeners: [(Forwarder, Listener)] = []
        do {
            for backend in backends {
                guard let own = transport.backend(named: backend.options.name) else { continue }
                let other = backend.replay.flatMap { replay in
                    transport.backend(named: Self.replayName(of: backend)).map { (backend: $0, with: replay) }
                }
                let forwarder = Forwarder(
                    name: backend.options.name,
                    url: backend.url,
                    timeout: backend.timeout,
                    transport: transport,
                    backend: own,
                    replay: other
                )
                listeners.append((forwarder, try await listen(on: group)))
            }
        } catch {
            for (_, listener) in listeners { try? await listener.executeThenClose { _ in } }
            await transport.shutdown()
            try? await group.shutdownGracefully()
            throw error
        }
        let files = NIOThreadPool(numberOfThreads: 1)
        files.start()
        return RecordingServers(
            listeners: listeners,
            transport: transport,
            group: group,
            files: files,
            store: store,
            options: options,
            onEvent: onEvent
        )
    }

    private init(
        listeners: [(Forwarder, Listener)],
        transport: CurlTransport,
        group: MultiThreadedEventLoopGroup,
        files: NIOThreadPool,
        store: FixtureStore,
        options: Options,
        onEvent: @escaping @Sendable (Event) -> Void
    ) {
        var urls: [String: String] = [:]
        for (forwarder, listener) in listeners {
            urls[forwarder.name] = "http://127.0.0.1:\(listener.channel.localAddress?.port ?? 0)"
        }
        self.urls = urls
        self.listeners = listeners
        self.transport = transport
        self.group = group
        self.files = files
        self.store = store
        self.options = options
        self.onEvent = onEvent
    }

    /// Serves. When the task is cancelled, closes all ports and connections, and returns once what was answered is
    /// recorded and everything has ended. Call it once.
    public func run() async {
        await withDiscardingTaskGroup { servers in
            for (forwarder, listener) in listeners {
                let connection = RecordingConnection(
                    forwarder: forwarder,
                    maxRequestBody: options.maxRequestBody,
                    record: { outcome in await self.record(outcome, of: forwarder) }
                )
                servers.addTask { await Self.accept(listener, connection) }
            }
        }
        await transport.shutdown()
        try? await files.shutdownGracefully()
        try? await group.shutdownGracefully()
    }

    private static func accept(_ listener: Listener, _ connection: RecordingConnection) async {
        try? await listener.executeThenClose { clients in
            try await withThrowingDiscardingTaskGroup { group in
                for try await client in clients {
                    group.addTask { await connection.serve(client) }
                }
            }
        }
    }

    private static func listen(on group: MultiThreadedEventLoopGroup) async throws -> Listener {
        try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
                    return try RecordingConnection.Stream(wrappingChannelSynchronously: channel)
                }
            }
    }

    private static func replayName(of backend: RecordedBackend) -> String { "\(backend.options.name) (fixtures)" }

    /// Writes what there is to write, off the loops; waits for it, cancelled or not.
    private func record(_ outcome: Forwarder.Outcome, of forwarder: Forwarder) async {
        if outcome.isReplayed { replayed.withLockedValue { $0 += 1 } }
        let request = outcome.request
        let isRecorded = outcome.failure == nil || options.recordsFaults
        guard !outcome.isReplayed, outcome.failure != .cancelled else { return }
        await withCheckedContinuation { continuation in
            files.submit { _ in
                var event: Event.Outcome?
                if let exchange = outcome.exchange, isRecorded {
                    event = .recorded(self.store.record(exchange, backend: forwarder.name))
                } else if let failure = outcome.failure {
                    event = .failed(failure)
                }
                if let event {
                    self.onEvent(
                        Event(
                            backend: forwarder.name,
                            method: request.method,
                            target: request.target,
                            outcome: event
                        )
                    )
                }
                continuation.resume()
            }
        }
    }
}
