public import Composition
public import CurlTransport
public import Gateway
public import Replay
import Synchronization

/// A gateway on recorded backends, each on a loopback port of its own, and what the backends were asked.
///
/// Safe from any thread; `stop()` ends it.
public final class ReplayedGateway: Sendable {
    /// `127.0.0.1:PORT`
    public let address: String
    private let gateway: Gateway
    private let servers: ReplayServers
    private let client: GatewayClient
    private let misses: MissList
    /// As in ``FixtureSet/inTurn``.
    private let inTurn: Set<String>

    /// What to serve, and how.
    public struct Configuration: Sendable {
        public var settings: GatewaySettings
        public var compositions: CompositionSet
        public var fixtures: FixtureSet

        /// - Parameter settings: where the gateway listens, and how many threads it has, is not taken from them; of
        ///   backends everything but their addresses is.
        public init(
            settings: GatewaySettings = GatewaySettings(),
            compositions: CompositionSet,
            fixtures: FixtureSet
        ) {
            self.settings = settings
            self.compositions = compositions
            self.fixtures = fixtures
        }
    }

    /// Binds a port for each backend and one for the gateway, and begins to serve.
    ///
    /// - Parameter client: sends the requests; not shut down by `stop()`.
    /// - Throws: `StartFailure`, or an error of NIO when no port can be had.
    public static func start(
        _ configuration: Configuration,
        client: GatewayClient
    ) async throws -> ReplayedGateway {
        let misses = MissList()
        let servers = try await ReplayServers.start(set: configuration.fixtures, keepsJournal: true) { misses.add($0) }
        var settings = configuration.settings
        settings.listen.host = "127.0.0.1"
        settings.listen.port = 0
        settings.threads = 1
        settings.loops = 1
        settings.admin = nil
        settings.tls = nil
        settings.redis = nil
        settings.edge.admitEverybody()
        settings.log.level = .error
        settings.shutdownGrace = .seconds(5)
        do {
            let gateway = try await Gateway.start(
                settings: settings,
                compositions: configuration.compositions,
                backends: replayed(settings.backends, by: servers),
                access: .asserted(by: ClientRequest.claimsHeader, for: configuration.compositions),
                // Cases ask for what an endpoint makes of its backends, however often.
                limits: LimitPolicies.none,
                // One run is like another.
                takesChances: false
            )
            return ReplayedGateway(
                gateway: gateway,
                servers: servers,
                client: client,
                misses: misses,
                inTurn: configuration.fixtures.inTurn
            )
        } catch {
            await servers.shutdown()
            throw error
        }
    }

    /// Serves for the time of `body`.
    ///
    /// - Throws: what `start` and `body` throw; everything is released then, too.
    public static func serving<Result>(
        _ configuration: Configuration,
        _ body: (ReplayedGateway) async throws -> Result
    ) async throws -> Result {
        let client = try GatewayClient()
        do {
            let gateway = try await start(configuration, client: client)
            do {
                let result = try await body(gateway)
                await gateway.stop()
                await client.shutdown()
                return result
            } catch {
                await gateway.stop()
                throw error
            }
        } catch {
            await client.shutdown()
            throw error
        }
    }

    /// The backends with their addresses replaced by those of the fixture servers. Everything else that the settings
    /// say of them holds.
    public static func replayed(_ backends: [BackendSettings], by servers: ReplayServers) -> [BackendSettings] {
        servers.urls.sorted { $0.key < $1.key }.map { name, url in
            var settings = backends.first { $0.name == name } ?? BackendSettings(name: name, url: url)
            settings.url = url
            settings.options.proxy = nil
            return settings
        }
    }

    private init(
        gateway: Gateway,
        servers: ReplayServers,
        client: GatewayClient,
        misses: MissList,
        inTurn: Set<String>
    ) {
        self.misses = misses
        self.inTurn = inTurn
        self.gateway = gateway
        self.servers = servers
        self.client = client
        address = gateway.address
    }

    /// - Throws: `TransportError` when there is no reply.
    public func reply(to request: ClientRequest) async throws -> TransportResponse {
        try await client.reply(to: request, from: address)
    }

    /// What backends were asked for the sake of one request of a client, in the order in which it arrived.
    public func received(requestID: String) -> [ReceivedRequest] {
        servers.exchanges(requestID: requestID).map { ReceivedRequest($0) }
    }

    /// What backends were asked for all requests, in the order in which it arrived.
    public func received() -> [ReceivedRequest] {
        servers.allExchanges().map { ReceivedRequest($0) }
    }

    /// Why no fixture answered a request, in one line; nil when one did.
    func miss(of request: ReceivedRequest) -> String? {
        guard request.fixture == nil else { return nil }
        return misses.first(containing: "'\(request.backend)' was asked \(request.method) \(request.target);")
    }

    /// Whether a fixture answered that answers differently each time.
    func answersInTurn(_ request: ReceivedRequest) -> Bool {
        request.fixture.map { inTurn.contains("\(request.backend)/\($0)") } ?? false
    }

    func forget(requestID: String) {
        servers.forget(requestID: requestID)
    }

    /// Lets requests in flight end, and releases everything.
    public func stop() async {
        _ = await gateway.stop()
        await servers.shutdown()
    }
}

/// What fixture servers have told of requests that no fixture answers.
private final class MissList: Sendable {
    /// Further ones are not kept.
    private static let limit = 1000
    private let lines = Mutex<[String]>([])

    func add(_ line: String) {
        lines.withLock { if $0.count < Self.limit { $0.append(line) } }
    }

    func first(containing text: String) -> String? {
        lines.withLock { lines in lines.first { $0.contains(text) } }
    }
}

extension ReceivedRequest {
    init(_ exchange: ReplayedExchange) {
        self.init(
            backend: exchange.backend,
            method: exchange.method,
            target: exchange.target,
            headers: exchange.headers,
            body: exchange.body,
            fixture: exchange.fixture,
            began: exchange.began,
            ended: exchange.ended
        )
    }
}

extension FixtureSet {
    /// The same backends, each answering no sooner than after a delay.
    func heldBack(by delay: Duration) -> FixtureSet {
        func held(_ response: CannedResponse) -> CannedResponse {
            guard response.fault != .slow, response.fault != .timeout else { return response }
            var response = response
            response.delay = (response.delay ?? .fixed(.zero)).notShorter(than: delay)
            return response
        }
        return FixtureSet(
            backends: backends.mapValues { fixtures in fixtures.map { $0.answering(held) } },
            catchAlls: catchAlls.mapValues { CatchAll(name: $0.name, response: held($0.response)) }
        )
    }

    /// The fixtures that answer differently each time, as in ``ReceivedRequest/fixture`` behind the backend's name and a
    /// slash.
    var inTurn: Set<String> {
        let fixtures = backends.values.joined().filter { !$0.laterResponses.isEmpty }
        return Set(fixtures.map { "\($0.backend)/\($0.name)" })
    }
}

extension ReplayDelay {
    fileprivate func notShorter(than least: Duration) -> ReplayDelay {
        switch self {
        case .fixed(let duration): .fixed(max(duration, least))
        case .between(let low, let high, let seed): .between(max(low, least), max(high, least), seed: seed)
        case .spread(let median, _, _): .fixed(max(median, least))
        }
    }
}
