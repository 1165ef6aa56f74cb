/// What one loop keeps about one backend.
struct Lane {
    /// More handles than this are left to other backends.
    private static let maximumIdle = 128

    let backend: Backend
    let options: TransferOptions
    var admission: AdmissionQueue
    var counts: BackendCounts
    /// Someone has left, so that a waiter may be admitted.
    var hasRoom = false
    /// Transfers that were used for this backend before, whose handles still have its options.
    private var idle: [Transfer] = []
    /// The origin of the last URL, since the next one is most likely of the same.
    private var origin: KnownOrigin?
    /// The number of its name in the loop's cache; nil when nothing needs to be looked up.
    private(set) var name: Int?

    init(backend: Backend) {
        self.backend = backend
        options = TransferOptions(backend: backend.options)
        counts = BackendCounts(name: backend.name)
        admission = AdmissionQueue(limit: backend.options.inFlightLimit, maxQueued: backend.options.maxQueued)
    }

    /// Checks a URL and returns its origin, where in the URL the request's target begins if it can be sent as it is, and
    /// the number of the name to be looked up for it.
    mutating func place(
        of url: String,
        names: inout NameCache
    ) throws(TransportError) -> (KnownOrigin, target: Int?, name: Int?) {
        if let origin, let rest = url.utf8.withContiguousStorageIfAvailable(origin.rest), let rest {
            return (origin, rest.start, name)
        }
        let origin = try KnownOrigin(Origin(url: url))
        let target = backend.proxyOrigin ?? origin.origin
        name = target.isLocalKnowledge ? nil : names.index(host: target.host, port: target.port)
        self.origin = origin
        return (origin, Array(url.utf8).withUnsafeBufferPointer(origin.rest)?.start, name)
    }

    mutating func takeIdle() -> Transfer? {
        idle.popLast()
    }

    /// - Returns: false when there are enough of them.
    mutating func keep(_ transfer: Transfer) -> Bool {
        guard idle.count < Self.maximumIdle else { return false }
        idle.append(transfer)
        return true
    }
}

extension KnownOrigin.Rest {
    fileprivate var start: Int? {
        if case .target(let start) = self { start } else { nil }
    }
}
