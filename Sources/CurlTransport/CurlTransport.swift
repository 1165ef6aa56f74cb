import CCurl
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// HTTP requests to a fixed set of backends, over libcurl, on one or more loops.
///
/// A loop is a thread; it runs the tasks that ask for it, and their requests. Connections, limits and queues belong to a
/// loop, so that nothing is shared between them but the resolver's threads.
public final class CurlTransport: Sendable {
    private let bulk: BulkExecutor

    /// Each a thread, running until `shutdown`.
    public let loops: [CurlLoop]

    /// In the order of the options they were made from.
    public let backends: [Backend]

    private let backendsByName: [String: Backend]
    private let resolver: Resolver
    private let turn = Atomic(0)

    /// Checks the backends and starts the loops' threads, which keep themselves alive: call `shutdown`.
    ///
    /// Sets SIGPIPE to be ignored, process-wide, since a backend may close a connection under a write.
    ///
    /// - Parameter loops: 1 to 256; one per core that shall be used.
    /// - Throws: `.invalidConfiguration`, or `.failure` when the system refuses threads or descriptors.
    public init(
        backends options: [BackendOptions],
        loops count: Int,
        resolver resolverOptions: ResolverOptions = ResolverOptions()
    ) throws(TransportError) {
        try Self.prepareProcess()
        guard (1...256).contains(count) else {
            throw .invalidConfiguration(detail: "the number of loops must be 1 to 256")
        }
        var backends: [Backend] = []
        var byName: [String: Backend] = [:]
        for (index, options) in options.enumerated() {
            let backend = try Backend(options: options, index: index)
            guard byName.updateValue(backend, forKey: options.name) == nil else {
                throw .invalidConfiguration(detail: "two backends are named '\(options.name)'")
            }
            backends.append(backend)
        }
        let resolver = Resolver(options: resolverOptions)
        let bulk = try BulkExecutor(threads: count)
        var loops: [CurlLoop] = []
        do {
            for index in 0..<count {
                loops.append(
                    try CurlLoop(
                        index: index,
                        backends: backends,
                        resolver: resolver,
                        options: resolverOptions,
                        bulk: bulk
                    )
                )
            }
        } catch {
            for loop in loops { loop.requestStop() }
            bulk.requestStop()
            throw error
        }
        self.bulk = bulk
        self.loops = loops
        self.backends = backends
        self.backendsByName = byName
        self.resolver = resolver
    }

    /// The backend of that name, if there is one.
    public func backend(named name: String) -> Backend? {
        backendsByName[name]
    }

    /// The loop for the next request: each in turn.
    public func nextLoop() -> CurlLoop {
        let turn = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return loops[Int(UInt(bitPattern: turn) % UInt(loops.count))]
    }

    /// Ends every loop: what is in flight fails with `.cancelled`, connections are closed, threads joined. Requests
    /// made later fail with `.cancelled`. May be called more than once.
    public func shutdown() async {
        resolver.stop()
        for loop in loops { await loop.stop() }
        await bulk.stop()
    }

    /// Tells the C library to keep freed memory, up to 128 MiB, instead of giving it back to the system and asking for it
    /// again: 6 % less CPU for a reply spliced from three calls. What is larger than 1 MiB has pages of its own, which go
    /// back at once: a large body does not make the process large for ever. Process-wide, so it is the program's to call.
    public static func tuneAllocator() {
        medley_keep_freed_memory(128 << 20)
    }

    private static func prepareProcess() throws(TransportError) {
        guard globalInit == CURLE_OK else { throw .failure(code: Int(globalInit.rawValue), detail: "curl_global_init") }
    }

    private static let globalInit: CURLcode = {
        signal(SIGPIPE, SIG_IGN)
        return curl_global_init(Int(CURL_GLOBAL_DEFAULT))
    }()
}
