public import CurlTransport
public import Diagnostics
import NIOCore
public import ResponseCache

/// Everything an operator can set, with the defaults of what is left out. Checked; made once at start.
public struct GatewaySettings: Sendable {
    public struct Listen: Hashable, Sendable {
        public var host: String
        /// 0 takes a free port.
        public var port: Int
    }

    public struct Log: Hashable, Sendable {
        public enum Level: String, Sendable, CaseIterable {
            case debug, info, warning, error
        }

        public enum Format: String, Sendable, CaseIterable {
            /// Text on a terminal, JSON otherwise.
            case auto
            case text, json, logfmt
        }

        public var level: Level = .info
        public var format: Format = .auto
        public var rules = LogRules()
    }

    public var listen = Listen(host: "127.0.0.1", port: 8080)
    /// The directory of the compositions, relative to the working directory.
    public var compositions = "compositions"
    /// Threads that serve client connections. Nil: one per four processor cores. A request costs such a thread a fifth of
    /// what it costs a loop, so that one of them keeps four loops busy and is not idle itself.
    public var threads: Int?
    /// Threads that run compositions, each with its own connections to the backends. Nil: one per processor core.
    public var loops: Int?
    /// How long requests in flight may take to end after SIGTERM.
    public var shutdownGrace: Duration = .seconds(30)
    public var log = Log()
    public var backends: [BackendSettings] = []
    /// The most requests to backends that one request of a client may cause, `limits.backendRequests`. An endpoint that
    /// could cause more is refused.
    public var maxBackendRequests = 1000
    /// Where an operator asks for purges; nil: nowhere.
    public var admin: Listen?
    /// What stands in `Authorization: Bearer …` of such requests; nil: nothing is asked for.
    public var adminToken: String?
    /// Bytes that the cache keeps in memory, `cache.memory`.
    public var cacheMemory = 64 << 20
    /// Where nodes share what they keep, `cache.redis` and what belongs to it.
    public var redis: RedisSettings?
    /// The access policies, in the order of the file.
    public var access: [AccessSettings] = []
    /// How clients connect encrypted; nil: they do not.
    public var tls: TLSSettings?
    var http2 = HTTP2Options()
    /// Whom the gateway believes and lets in, and what it adds to replies.
    public var edge = EdgeSettings()
    /// Where traces go; nil: nowhere, and what the client says of its own is passed on as it is.
    public var tracing: TracingSettings?
    /// The limits that endpoints may be under, in the order of the file.
    public var rateLimits: [LimitSettings] = []
    var limits = FrontLimits()

    public init() {}

    /// The keys whose values a running gateway cannot take over from other settings: the backends are not among them, nor
    /// are the compositions.
    public func fixedKeys(changedIn other: GatewaySettings) -> [String] {
        var keys: [String] = []
        func compare(_ key: String, _ isEqual: Bool) { if !isEqual { keys.append(key) } }
        compare("listen", listen == other.listen)
        compare("threads", threads == other.threads)
        compare("loops", loops == other.loops)
        compare("shutdownGrace", shutdownGrace == other.shutdownGrace)
        compare("log", log == other.log)
        compare("tracing", tracing == other.tracing)
        compare("admin", admin == other.admin && adminToken == other.adminToken)
        compare(
            "cache",
            cacheMemory == other.cacheMemory && redis?.address == other.redis?.address
                && redis?.prefix == other.redis?.prefix && redis?.timeout == other.redis?.timeout
        )
        compare("limits", limits == other.limits)
        // Certificates are taken over; whether there are any is not.
        compare("tls", (tls == nil) == (other.tls == nil))
        compare("http2", http2 == other.http2)
        return keys
    }
}

/// One backend of the settings.
public struct BackendSettings: Sendable {
    /// Scheme, authority and base path, without a slash at its end.
    public var url: String
    /// For calls that set none of their own.
    public var timeout: Duration?
    public var headers: [(name: String, value: String)] = []
    /// The path of its OpenAPI document, relative to the settings file, and where it stands.
    public var document: (path: String, place: Diagnostic.Place)?
    /// Its name, and everything that the transport has to know; the defaults are the transport's.
    public var options: BackendOptions

    public var name: String { options.name }

    public init(name: String, url: String) {
        self.url = url
        self.options = BackendOptions(name: name)
    }
}
