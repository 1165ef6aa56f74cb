/// How one backend is reached and how much it may cost. A value; checked when the transport is made from it.
///
/// Limits count per loop: with two loops a backend sees up to twice as many connections.
public struct BackendOptions: Hashable, Sendable {
    /// What the operator calls this backend. Unique within one transport.
    public var name: String

    /// Connections in use at once, per loop, 1 to 4,096. Over HTTP/1.1 a request in flight needs one of its own, so the
    /// lower of this and `maxInFlight` holds; with `http2`, where requests share connections, only `maxInFlight` does.
    public var maxConnections = 64

    /// Requests sent and not yet answered, per loop, 1 to 4,096. libcurl's cost grows with it: keep it near 64 to 128.
    public var maxInFlight = 64

    /// Requests that wait, first in first out, for one of those places, per loop. One more fails with `.queueFull`.
    public var maxQueued = 1024

    /// Bytes of a response's body after decompression, counted while they arrive. 8 MiB.
    public var maxResponseBody = 8 << 20

    /// Bytes of a response's header section, status line included, 1 to 256 KiB: libcurl itself gives up at 300. 64 KiB.
    public var maxHeaderBytes = 64 << 10

    /// Fields in a response's header section.
    public var maxHeaderFields = 256

    /// TCP connect and TLS handshake together, millisecond resolution; within the request's own timeout.
    public var connectTimeout: Duration = .seconds(3)

    /// A connection that was idle for longer is not used again; whole seconds, rounded up, 1 s at least.
    ///
    /// The default is below the 5 s after which Node closes an idle connection, so that a request which cannot be sent
    /// twice does not meet a connection that the backend is closing. nginx keeps its connections for 75 s.
    public var idleConnectionAge: Duration = .seconds(4)

    /// Redirects to follow for a GET or HEAD without a body, 0 to 20; others are never redirected. 0: a 3xx is the
    /// response.
    ///
    /// When a redirect leaves the origin (scheme, host, port) of the request, none of the request's header fields goes
    /// along except `Accept`, `Accept-Language` and `User-Agent`.
    public var followRedirects = 0

    /// An HTTP proxy, `http://host:port` or `https://host:port`. Nil: none, whatever the environment says.
    public var proxy: String?

    /// A PEM file of certificate authorities to trust in place of the system's.
    public var caFile: String?

    /// A PEM file with the certificate, and the chain, shown to a backend that asks for one.
    public var clientCertificate: String?

    /// A PEM file with that certificate's private key. Nil: it stands in the certificate's file.
    public var clientKey: String?

    /// Offer HTTP/2 in the TLS handshake. Without TLS HTTP/1.1 is spoken, since libcurl 7.88 cannot reuse a cleartext
    /// HTTP/2 connection (curl pull request 10643).
    ///
    /// Backends of one origin with the same certificates share their idle connections: one that offers HTTP/2 may be
    /// served over a connection that another has opened with HTTP/1.1.
    public var http2 = false

    /// Options with the defaults above.
    public init(name: String) {
        self.name = name
    }
}

extension BackendOptions {
    /// Refuses a URL that requests to this backend could not begin with.
    ///
    /// - Throws: `.invalidRequest` that says what is wrong.
    public static func check(url: String) throws(TransportError) {
        _ = try Origin(url: url)
    }

    /// Requests that may be in flight on one loop.
    var inFlightLimit: Int {
        http2 ? maxInFlight : min(maxInFlight, maxConnections)
    }

    /// Refuses what no request could ever be served with, so that an operator hears of it before the transport is made.
    ///
    /// - Throws: `.invalidConfiguration` that names the backend.
    public func check() throws(TransportError) {
        func require(_ condition: Bool, _ complaint: String) throws(TransportError) {
            if !condition { throw .invalidConfiguration(detail: "backend '\(name)': \(complaint)") }
        }
        try require((1...4096).contains(maxConnections), "maxConnections must be 1 to 4096")
        try require((1...4096).contains(maxInFlight), "maxInFlight must be 1 to 4096")
        try require((0...1_000_000).contains(maxQueued), "maxQueued must be 0 to 1000000")
        try require((0...(1 << 40)).contains(maxResponseBody), "maxResponseBody must be 0 to 1 TiB")
        try require((1...(256 << 10)).contains(maxHeaderBytes), "maxHeaderBytes must be 1 byte to 256 KiB")
        try require((1...65_536).contains(maxHeaderFields), "maxHeaderFields must be 1 to 65536")
        try require(connectTimeout > .zero, "connectTimeout must be positive")
        try require(idleConnectionAge > .zero, "idleConnectionAge must be positive")
        try require((0...20).contains(followRedirects), "followRedirects must be 0 to 20")
        try require(clientKey == nil || clientCertificate != nil, "clientKey needs a clientCertificate")
        for path in [caFile, clientCertificate, clientKey] {
            try require(path?.utf8.contains(0) != true, "a file's path must not contain NUL")
        }
        if let proxy { _ = try Origin.ofProxy(proxy) }
    }
}
