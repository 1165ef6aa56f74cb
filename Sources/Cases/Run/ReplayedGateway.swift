public import Composition
public import CurlTransport
public import Gateway
public import Replay

/// A gateway on recorded backends, each on a loopback port of its own, and what the backends were asked.
///
/// Safe from any thread; `stop()` ends it.
public final class ReplayedGateway: Sendable {
    /// `127.0.0.1:PORT`
    public let address: String
    private let gateway: Gateway
    private let servers: ReplayServers
    private let client: GatewayClient

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
    /// - Parameters:
    ///   - client: sends the requests; not shut down by `stop()`.
    ///   - onMiss: told in one line of each request that no fixture answers.
    /// - Throws: `StartFailure`, or an error of NIO when no port can be had.
    public static func start(
        _ configuration: Configuration,
        client: GatewayClient,
        onMiss: (@Sendable (String) -> Void)? = nil
    ) async throws -> ReplayedGateway {
        let servers = try await ReplayServers.start(
            set: configuration.fixtures,
            keepsJournal: true,
            onMiss: onMiss
        )
        var settings = configuration.settings
        settings.listen.host = "127.0.0.1"
        settings.listen.port = 0
        settings.threads = 1
        settings.loops = 1
        settings.admin = nil
        settings.redis = nil
        settings.log.level = .error
        settings.shutdownGrace = .seconds(5)
        do {
            let gateway = try await Gateway.start(
                settings: settings,
                compositions: configuration.compositions,
                backends: replayed(settings.backends, by: servers)
            )
            return ReplayedGateway(gateway: gateway, servers: servers, client: client)
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

    private init(gateway: Gateway, servers: ReplayServers, client: GatewayClient) {
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

    func forget(requestID: String) {
        servers.forget(requestID: requestID)
    }

    /// Lets requests in flight end, and releases everything.
    public func stop() async {
        _ = await gateway.stop()
        await servers.shutdown()
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
            switch response.delay {
            case nil: response.delay = .fixed(delay)
            case .fixed(let own): response.delay = .fixed(max(own, delay))
            case .between, .spread: break
            }
            return response
        }
        return FixtureSet(
            backends: backends.mapValues { fixtures in
                fixtures.map { $0.answering(held) }
            },
            catchAlls: catchAlls.mapValues { CatchAll(name: $0.name, response: held($0.response)) }
        )
    }
}
