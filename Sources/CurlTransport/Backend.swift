/// A backend of one transport: what requests are addressed to. Made by `CurlTransport` from its options.
public final class Backend: Sendable {
    /// What it was made from.
    public let options: BackendOptions

    /// Its place in the transport, and so in each loop's lanes.
    let index: Int

    /// The proxy's origin, if there is a proxy: its name is the one to resolve.
    let proxyOrigin: Origin?

    init(options: BackendOptions, index: Int) throws(TransportError) {
        try options.check()
        self.options = options
        self.index = index
        self.proxyOrigin = if let proxy = options.proxy { try Origin.ofProxy(proxy) } else { nil }
    }
}

extension Backend {
    /// The name in the operator's settings.
    public var name: String { options.name }
}
