import NIOCore

/// Everything an operator can set, with the defaults of what is left out. Checked; made once at start.
public struct GatewaySettings: Sendable {
    public struct Listen: Sendable {
        public var host: String
        /// 0 takes a free port.
        public var port: Int
    }

    public struct Log: Sendable {
        public enum Level: String, Sendable, CaseIterable {
            case debug, info, warning, error
        }

        public enum Format: String, Sendable, CaseIterable {
            /// Text on a terminal, JSON otherwise.
            case auto
            case text, json
        }

        public var level: Level = .info
        public var format: Format = .auto
    }

    public var listen = Listen(host: "127.0.0.1", port: 8080)
    /// The directory of the compositions, relative to the working directory.
    public var compositions = "compositions"
    /// Threads that serve client connections.
    public var threads = 1
    /// Threads that run compositions, each with its own connections to the backends. Nil: one per processor core.
    public var loops: Int?
    /// How long requests in flight may take to end after SIGTERM.
    public var shutdownGrace: Duration = .seconds(30)
    public var log = Log()
    public var backends: [BackendSettings] = []
    var limits = FrontLimits()

    public init() {}
}

/// One backend of the settings.
public struct BackendSettings: Sendable {
    public var name: String
    /// Scheme, authority and base path, without a slash at its end.
    public var url: String
    /// For calls that set none of their own.
    public var timeout: Duration?
    public var headers: [(name: String, value: String)] = []
    public var connectTimeout: Duration = .seconds(3)
    public var maxResponseBody = 8 << 20
    public var maxConnections = 64
    public var maxInFlight = 64
    public var maxQueued = 1024
    public var idleConnectionAge: Duration = .seconds(4)
    public var followRedirects = 0
    public var proxy: String?
    public var caFile: String?
    public var clientCertificate: String?
    public var clientKey: String?
    public var http2 = false

    public init(name: String, url: String) {
        self.name = name
        self.url = url
    }
}
