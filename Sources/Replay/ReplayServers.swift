import NIOConcurrencyHelpers
public import NIOCore
import NIOHTTP1
import NIOPosix

/// The fixture backends, each a real HTTP/1.1 server on a loopback port of its own.
///
/// Safe from any thread. `shutdown()` must be called before the last reference goes away.
public final class ReplayServers: Sendable {
    /// By backend: `"http://127.0.0.1:PORT"`.
    public let urls: [String: String]

    private let backends: [String: ReplayBackend]
    let journal: ReplayJournal?
    private let listeners: [any Channel]
    private let openChannels: OpenChannels
    /// The group that is this object's own, or nil when the caller brought one.
    private let ownGroup: MultiThreadedEventLoopGroup?
    private let isShutDown = NIOLockedValueBox(false)

    /// The generic types of a connection's pipeline, made known to the Swift runtime once and by one thread. Event loops
    /// that accept their first connections at the same moment would make them together, and under load the runtime of
    /// Swift 6.3 has been seen to crash there (`swift_getTypeByMangledName`, a null metadata pointer).
    private static let handlerTypes: [Any.Type] = [
        ByteToMessageHandler<HTTPRequestDecoder>.self, HTTPRequestDecoder.self,
    ]

    /// Binds a port for every backend of the set.
    ///
    /// - Parameters:
    ///   - group: the event loops to run on; with nil one thread is started, and ended by `shutdown()`.
    ///   - onMiss: told in one line of each request that no fixture answers; on an event loop, so it must not block.
    ///   - keepsJournal: whether ``exchanges(requestID:)`` and ``allExchanges()`` tell what was asked; costs memory.
    ///   - journalLimits: how much the journal keeps.
    ///   - maxRequestBody: in bytes; a request with a longer body is answered 413, and its connection closed.
    /// - Throws: an `IOError` when a port cannot be bound; the ports bound so far are then closed.
    public static func start(
        set: FixtureSet,
        group: (any EventLoopGroup)? = nil,
        keepsJournal: Bool = false,
        journalLimits: JournalLimits = JournalLimits(),
        maxRequestBody: Int = 8 << 20,
        onMiss: (@Sendable (String) -> Void)? = nil
    ) async throws -> ReplayServers {
        _ = handlerTypes
        let ownGroup = group == nil ? MultiThreadedEventLoopGroup(numberOfThreads: 1) : nil
        let journal = keepsJournal ? ReplayJournal(limits: journalLimits) : nil
        let backends = set.backends.map { name, fixtures in
            ReplayBackend(
                name: name,
                fixtures: fixtures,
                catchAll: set.catchAlls[name],
                journal: journal,
                onMiss: onMiss
            )
        }
        let openChannels = OpenChannels()
        var listeners: [any Channel] = []
        do {
            for backend in backends {
                guard let group = group ?? ownGroup else { continue }
                listeners.append(try await listen(backend, on: group, openChannels, maxRequestBody: maxRequestBody))
            }
        } catch {
            await close(listeners, openChannels, ownGroup)
            throw error
        }
        return ReplayServers(
            backends: backends,
            journal: journal,
            listeners: listeners,
            openChannels: openChannels,
            ownGroup: ownGroup
        )
    }

    private init(
        backends: [ReplayBackend],
        journal: ReplayJournal?,
        listeners: [any Channel],
        openChannels: OpenChannels,
        ownGroup: MultiThreadedEventLoopGroup?
    ) {
        var urls: [String: String] = [:]
        for (backend, listener) in zip(backends, listeners) {
            urls[backend.name] = "http://127.0.0.1:\(listener.localAddress?.port ?? 0)"
        }
        self.urls = urls
        self.backends = Dictionary(backends.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.journal = journal
        self.listeners = listeners
        self.openChannels = openChannels
        self.ownGroup = ownGroup
    }

    /// What a backend has seen so far; nil for a name that is no backend.
    public func counts(of backend: String) -> ReplayCounts? {
        backends[backend]?.recorder.counts
    }

    /// Returns as soon as a backend's counts fulfil a condition, for a test that waits for an event: a request that has
    /// arrived, a connection that was closed. Returns at once for a name that is no backend.
    ///
    /// - Parameter condition: called under a lock on whichever thread counts; quick, and without calls to this object.
    /// - Throws: `CancellationError` when the task is cancelled first.
    public func waitUntil(
        _ backend: String,
        _ condition: @escaping @Sendable (ReplayCounts) -> Bool
    ) async throws {
        try await backends[backend]?.recorder.waitUntil(condition)
    }

    /// Lets the fixtures of all backends begin anew: with the first of their answers, and the first of their delays that
    /// differ. What was counted and what is in the journal stays.
    public func reset() {
        for backend in backends.values { backend.recorder.resetSequences() }
    }

    /// Closes all ports and connections, answered or not, and returns when they are closed. Further calls do nothing: an
    /// event loop that has ended completes no promise.
    public func shutdown() async {
        let wasShutDown = isShutDown.withLockedValue { isShutDown in
            defer { isShutDown = true }
            return isShutDown
        }
        guard !wasShutDown else { return }
        await Self.close(listeners, openChannels, ownGroup)
    }

    private static func close(
        _ listeners: [any Channel],
        _ openChannels: OpenChannels,
        _ ownGroup: MultiThreadedEventLoopGroup?
    ) async {
        // A listener that is closed already is what is wanted: there is nothing to report.
        for listener in listeners { try? await listener.close() }
        await openChannels.closeAll()
        try? await ownGroup?.shutdownGracefully()
    }

    private static func listen(
        _ backend: ReplayBackend,
        on group: any EventLoopGroup,
        _ openChannels: OpenChannels,
        maxRequestBody: Int
    ) async throws -> any Channel {
        try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(
                        ByteToMessageHandler(HTTPRequestDecoder()),
                        ReplayConnection(backend: backend, openChannels: openChannels, maxRequestBody: maxRequestBody)
                    )
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
    }
}
