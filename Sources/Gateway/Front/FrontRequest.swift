import Identity
import NIOCore
import NIOHTTP1

/// One complete request: framing, target and limits are checked, the body is whole.
struct FrontRequest: Sendable {
    /// The client's `X-Request-Id` where it is well-formed, else a fresh one. Sent back on the reply and logged.
    var id: String
    /// As received; methods are case-sensitive (RFC 9110, section 9.1).
    var method: String
    /// The request target as received, in whichever form of RFC 9112, section 3.2.
    var target: String
    /// The raw path: what stands before `?`, percent-encoded, starting with `/`; or `*` for `OPTIONS *`.
    var path: String
    /// The raw query without its `?`; nil when there is none, empty when there is only a `?`.
    var query: String?
    /// The authority the client asked for: that of an absolute target, else the `Host` field.
    var host: String?
    /// Fields in the order received. Values are decoded as UTF-8, with U+FFFD for what is not.
    var headers: HTTPHeaders
    /// Empty when the request had no body. Chunked framing is gone, trailers are dropped.
    var body: [UInt8]
    /// The peer's IP address without its port; for an IPv4 client of an IPv6 socket as the socket reports it.
    var remoteAddress: String
    /// The client's IP address: the peer's, or what trusted proxies in between say of it.
    var clientAddress: String
    /// The field in which trusted proxies speak; nil where there are none.
    var forwardedField: ForwardedChain.Field?
    /// Whether the client's connection is encrypted, to the gateway or to the trusted proxy in front of it.
    var isSecure = false
    /// The client's certificate, verified by the handshake of its connection to the gateway.
    var certificate: ClientIdentity?
    /// Who asks, where the endpoint's policy has found out.
    var caller: Caller?
    /// When the header section was complete.
    var received: NIODeadline
    /// Its span in a trace; nil where nothing is traced.
    var span: ServerSpan?

    /// Whether the reply must carry the head of the matching GET and no body.
    var isHead: Bool { method == "HEAD" }
}
