public import Composition
import CurlTransport
import Logging
import NIOCore
import ResponseCache
import Synchronization
public import Tracing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A gateway that serves: the front, the loops that run compositions, and what joins them.
///
/// Made by `start`, ended by `stop`, each once. Safe from any thread.
public final class Gateway: Sendable {
    private let front: FrontServer
    private let admin: FrontServer?
    private let transport: CurlTransport
    private let shop: Workshop
    /// The endpoints that are served now, and those before them that still have requests.
    private let endpoints: Endpoints
    private let logWriter: LogWriter
    /// The settings' traces, if any.
    private let tracing: RunningTracing?
    private let grace: Duration
    /// Whether what is told is JSON, a line each.
    public let logsJSON: Bool

    /// Whether clients connect encrypted.
    public let isEncrypted: Bool
    /// Where clients reach it: the host of the settings, and the port that was bound.
    public let address: String
    /// What its spans are made by, for libraries that trace through swift-distributed-tracing; nil where nothing is traced.
    public var tracer: (any Tracer)? { tracing?.tracing.tracer }
    /// Where the operator reaches it, if anywhere.
    public let adminAddress: String?

    /// Binds the address and begins to serve.
    ///
    /// - Parameters:
    ///   - backends: the settings of every backend that a composition names.
    ///   - access: those that the endpoints name.
    ///   - tls: the certificates of the settings, where they have any.
    ///   - limits: those that the endpoints name; nil: the settings'.
    ///   - metrics: what is counted through swift-metrics, for `GET /metrics` to tell.
    ///   - takesChances: whether splits draw and mirrors copy; otherwise requests go to the heaviest side alone.
    ///   - reload: what the admin address does for `POST /reload`.
    /// - Throws: `StartFailure` with a sentence for the operator.
    public static func start(
        settings: GatewaySettings,
        compositions: CompositionSet,
        backends: [BackendSettings],
        access: AccessPolicies = AccessPolicies(),
        tls: ServedTLS? = nil,
        limits: LimitPolicies? = nil,
        metrics: LibraryMetrics = LibraryMetrics(),
        takesChances: Bool = true,
        reload: Reload? = nil
    ) async throws(StartFailure) -> Gateway {
        if settings.tls != nil, tls == nil { throw StartFailure("the certificates of 'tls' are not loaded") }
        let transport: CurlTransport
        do {
            transport = try CurlTransport(
                backends: backends.map(\.options) + access.backends + (settings.tracing.map { [$0.options] } ?? []),
                loops: settings.loops ?? System.coreCount
            )
        } catch {
            throw StartFailure("the backends cannot be served: \(error)")
        }
        let logWriter = LogWriter()
        let logger = logger(settings.log, writer: logWriter)
        var frontLimits = settings.limits
        if let clamped = OpenFiles.connections(
            frontLimits.maxConnections,
            backends: backends,
            loops: transport.loops.count
        ) {
            frontLimits.maxConnections = clamped
            logger.warning(
                "fewer client connections are accepted than the settings allow, for want of file descriptors",
                metadata: [
                    "connections": .stringConvertible(clamped),
                    "wanted": .stringConvertible(settings.limits.maxConnections),
                ]
            )
        }
        let tier = settings.redis.map { redis in
            RedisTier(settings: redis) { level, message in
                logger.log(level: level == .warning ? .warning : .info, "redis: \(message)")
            }
        }
        let cache = ResponseCache(capacity: settings.cacheMemory, shared: tier, loops: transport.loops)
        do {
            access.serve(through: transport, logger: logger)
            let tracing = settings.tracing.flatMap { RunningTracing($0, through: transport, logger: logger) }
            let shop = Workshop(
                transport: transport,
                cache: cache,
                logger: logger,
                sight: Sight(
                    tracing: tracing?.tracing,
                    logsCalls: settings.log.rules.calls,
                    logsConsumers: settings.log.rules.consumer
                ),
                counts: EventCounts(metrics: metrics),
                takesChances: takesChances
            )
            let handler = try CompositionHandler(
                compositions: compositions,
                backends: bind(backends, to: transport),
                access: access,
                limits: limits ?? LimitPolicies(settings.rateLimits),
                in: shop
            )
            let front = try await FrontServer.start(
                host: settings.listen.host,
                port: settings.listen.port,
                threads: settings.threads ?? max(1, System.coreCount / 4),
                limits: frontLimits,
                log: AccessLog(
                    logger: logger,
                    rules: settings.log.rules,
                    tracing: tracing?.tracing,
                    credentialHeaders: access.credentialHeaders
                ),
                tls: tls,
                http2: settings.http2,
                handler: EdgeHandler.wrap(handler, settings.edge)
            )
            var admin: FrontServer?
            if let listen = settings.admin {
                admin = try await FrontServer.start(
                    host: listen.host,
                    port: listen.port,
                    limits: FrontLimits(),
                    handler: AdminHandler(
                        cache: cache,
                        token: settings.adminToken,
                        metrics: { await counts(front, transport, shop, tracing) },
                        reload: reload,
                        logger: logger
                    )
                )
            }
            let host = settings.listen.host.contains(":") ? "[\(settings.listen.host)]" : settings.listen.host
            return Gateway(
                front: front,
                admin: admin,
                transport: transport,
                shop: shop,
                handler: handler,
                logWriter: logWriter,
                tracing: tracing,
                grace: settings.shutdownGrace,
                logsJSON: settings.log.format == .json || settings.log.format == .auto && !logWriter.isTerminal,
                isEncrypted: tls != nil,
                address: "\(host):\(front.port)"
            )
        } catch let failure as StartFailure {
            await transport.shutdown()
            throw failure
        } catch {
            await transport.shutdown()
            throw StartFailure(listening: settings.listen, error)
        }
    }

    private init(
        front: FrontServer,
        admin: FrontServer?,
        transport: CurlTransport,
        shop: Workshop,
        handler: CompositionHandler,
        logWriter: LogWriter,
        tracing: RunningTracing?,
        grace: Duration,
        logsJSON: Bool,
        isEncrypted: Bool,
        address: String
    ) {
        self.isEncrypted = isEncrypted
        self.front = front
        self.admin = admin
        adminAddress = admin.map { "\($0.localAddress.ipAddress ?? ""):\($0.port)" }
        self.transport = transport
        self.shop = shop
        endpoints = Endpoints(handler)
        self.logWriter = logWriter
        self.tracing = tracing
        self.grace = grace
        self.logsJSON = logsJSON
        self.address = address
    }

    /// Writes a line for the operator among those of the log, whatever its level, without waiting for whoever reads it. Where
    /// the log is JSON, the line is one's message.
    public func tell(_ line: String) {
        guard logsJSON else { return logWriter.write(Array((line + "\n").utf8)) }
        var bytes: [UInt8] = []
        let line = LogFormat.Line(time: WallClock.now(), level: .notice, label: "medley", message: line, metadata: [:])
        LogFormat.json.append(line, to: &bytes)
        logWriter.write(bytes)
    }

    /// Serves other endpoints, on other backends and with other certificates if need be: a request that begins after this returns is answered by the new
    /// ones, one in flight by those that it began with. No connection is closed. One at a time.
    ///
    /// - Throws: `StartFailure`, and everything stays as it was.
    /// - Returns: what was served before, which may still have requests.
    public func reload(
        compositions: CompositionSet,
        backends: [BackendSettings],
        access: AccessPolicies = AccessPolicies(),
        tls: ServedTLS? = nil,
        limits: LimitPolicies = LimitPolicies([]),
        edge: EdgeSettings = EdgeSettings()
    ) async throws(StartFailure) -> RetiredEndpoints {
        do {
            let own = tracing.map { [$0.options] } ?? []
            try await transport.adopt(backends.map(\.options) + access.backends + own)
        } catch {
            throw StartFailure("the backends cannot be served: \(error)")
        }
        access.serve(through: transport, logger: shop.logger)
        let handler = try CompositionHandler(
            compositions: compositions,
            backends: Self.bind(backends, to: transport),
            access: access,
            limits: limits,
            in: shop
        )
        // Whether connections are encrypted is settled at the start.
        if let tls, isEncrypted { await front.replace(tls: tls) }
        await front.hide(access.credentialHeaders)
        await front.replace(handler: EdgeHandler.wrap(handler, edge))
        return RetiredEndpoints(handler: endpoints.replace(with: handler), endpoints: endpoints)
    }

    /// Counts a load of the files that was asked for while it serves.
    public func count(reload isLoaded: Bool) {
        shop.counts.reloaded(isLoaded)
    }

    /// Stops accepting, lets requests in flight end within the settings' grace time, and releases everything.
    ///
    /// - Returns: how many connections had to be cut.
    public func stop() async -> Int {
        let end = ContinuousClock.now + grace
        shop.health.beginDraining()
        let cut = await front.drain(within: grace)
        for handler in endpoints.all {
            await handler.running.waitForLast(within: end - ContinuousClock.now)
        }
        await shop.cache.shutdown(within: end - ContinuousClock.now)
        await tracing?.stop(within: end - ContinuousClock.now)
        await transport.shutdown()
        if let admin {
            _ = await admin.drain(within: .seconds(1))
            await admin.shutdown()
        }
        await front.shutdown()
        await logWriter.flush()
        return cut
    }

    /// What has become of all requests so far, and how things stand.
    func counts() async -> GatewayMetrics {
        await Self.counts(front, transport, shop, tracing)
    }

    private static func counts(
        _ front: FrontServer,
        _ transport: CurlTransport,
        _ shop: Workshop,
        _ tracing: RunningTracing?
    ) async -> GatewayMetrics {
        GatewayMetrics(
            requests: await front.counts(),
            inFlight: shop.requestsInFlight,
            backends: await transport.counts(),
            cache: shop.cache.store.statistics,
            redis: shop.cache.shared?.statistics,
            limits: shop.limitBook.counts.map { LimitCounts(name: $0.name, $0.entry) },
            tracing: tracing?.counts,
            library: shop.counts.metrics,
            process: .now()
        )
    }

    private static func bind(_ backends: [BackendSettings], to transport: CurlTransport) -> [String: BoundBackend] {
        var bound: [String: BoundBackend] = [:]
        for settings in backends {
            guard let backend = transport.backend(named: settings.name) else { continue }
            bound[settings.name] = BoundBackend(
                backend: backend,
                base: settings.url,
                headers: settings.headers.map { HeaderField(name: $0.name, value: $0.value) },
                timeout: settings.timeout
            )
        }
        return bound
    }

    private static func logger(_ settings: GatewaySettings.Log, writer: LogWriter) -> Logger {
        let format: LogFormat? =
            switch settings.format {
            case .auto: nil
            case .text: .text(colour: writer.isTerminal)
            case .json: .json
            case .logfmt: .logfmt
            }
        var logger = Logger(label: "medley") { GatewayLogHandler(label: $0, writer: writer, format: format) }
        logger.logLevel =
            switch settings.level {
            case .debug: .debug
            case .info: .info
            case .warning: .warning
            case .error: .error
            }
        return logger
    }
}

/// Those that are served, and those that are served no more but still have requests. Safe from any thread.
final class Endpoints: Sendable {
    private let handlers: Mutex<[CompositionHandler]>

    init(_ handler: CompositionHandler) {
        handlers = Mutex([handler])
    }

    /// The one that is served is the last.
    var all: [CompositionHandler] { handlers.withLock { $0 } }

    /// - Returns: the one that was served.
    func replace(with handler: CompositionHandler) -> CompositionHandler? {
        handlers.withLock { handlers in
            handlers.append(handler)
            return handlers.dropLast().last
        }
    }

    func forget(_ handler: CompositionHandler) {
        handlers.withLock { $0.removeAll { $0 === handler } }
    }
}

/// Endpoints that are served no more, and may still have requests.
public struct RetiredEndpoints: Sendable {
    let handler: CompositionHandler?
    let endpoints: Endpoints

    /// Whether the last of their requests is known to have ended.
    public var hasEnded: Bool { handler?.running.isOver ?? true }

    /// Returns when the last of their requests has ended, or `limit` is over. A stop of the gateway waits for them, too.
    public func wait(within limit: Duration) async {
        guard let handler else { return }
        await handler.running.waitForLast(within: limit)
        endpoints.forget(handler)
    }
}

/// Why the gateway did not start, in a sentence for the operator.
public struct StartFailure: Error, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }

    fileprivate init(listening listen: GatewaySettings.Listen, _ error: any Error) {
        let address = "\(listen.host):\(listen.port)"
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE:
            self.init(
                "cannot listen on \(address): another process does\n"
                    + "  help: choose another port, for instance MEDLEY_LISTEN=127.0.0.1:0 for a free one"
            )
        case EACCES:
            self.init("cannot listen on \(address): ports below 1024 need privileges")
        case EADDRNOTAVAIL:
            self.init("cannot listen on \(address): this machine has no such address")
        default:
            self.init("cannot listen on \(address): \(error)")
        }
    }
}
