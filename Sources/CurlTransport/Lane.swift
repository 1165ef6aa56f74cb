/// What one loop keeps about one backend.
struct Lane {
    let backend: Backend
    let options: TransferOptions
    var admission: AdmissionQueue
    /// Someone has left, so that a waiter may be admitted.
    var hasRoom = false
    /// The origin of the last URL, since the next one is most likely of the same.
    private var origin: Origin?
    /// The number of its name in the loop's cache; nil when nothing needs to be looked up.
    private(set) var name: Int?

    init(backend: Backend) {
        self.backend = backend
        options = TransferOptions(backend: backend.options)
        admission = AdmissionQueue(limit: backend.options.inFlightLimit, maxQueued: backend.options.maxQueued)
    }

    /// Checks a URL and returns its origin, and the number of the name to be looked up for it.
    mutating func origin(of url: String, names: inout NameCache) throws(TransportError) -> (Origin, name: Int?) {
        let known = origin
        let isKnown = url.utf8.withContiguousStorageIfAvailable { bytes in
            Origin.isVisible(bytes) && known?.begins(bytes) == true
        }
        if isKnown == true, let known { return (known, name) }
        let origin = try Origin(url: url)
        let target = backend.proxyOrigin ?? origin
        name = target.isLocalKnowledge ? nil : names.index(host: target.host, port: target.port)
        self.origin = origin
        return (origin, name)
    }
}
