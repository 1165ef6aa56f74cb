/// What the gateway is to those who speak to it directly: whom it believes, whom it lets in, and what it adds to replies.
///
/// Checked; a running gateway takes new ones over.
public struct EdgeSettings: Hashable, Sendable {
    /// `trustedProxies` and `forwardedHeader`; nil: the peer is the client.
    var proxies: ForwardedChain?
    /// `addresses`.
    var addresses = AddressRules()
    /// `cors`; nil: other origins' scripts read nothing.
    var cors: CORSRules?
    /// `securityHeaders` and `responseHeaders`.
    var headers = ReplyHeaderRules()
    /// `compression`; nil: bodies are sent as they are.
    var compression: CompressionRules?

    public init() {}

    /// Lets in whoever asks, by its own address: for cases, which are asked on this machine.
    public mutating func admitEverybody() {
        proxies = nil
        addresses = AddressRules()
    }

    /// Whether there is nothing to do.
    var isEmpty: Bool { self == EdgeSettings() }
}
