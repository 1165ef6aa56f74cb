import CCurl
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// HTTP requests to a set of backends, over libcurl, on one or more loops.
///
/// A loop is a thread; it runs the tasks that ask for it, and their requests. Connections, limits and queues belong to a
/// loop, so that nothing is shared between them but the resolver's threads.
public final class CurlTransport: Sendable {
    private let bulk: BulkExecutor

    /// Each a thread, running until `shutdown`.
    public let loops: [CurlLoop]

    /// In the order of the options that they were made from.
    public var backends: [Backend] { known.withLock { $0.inOrder } }

    private let known: Mutex<KnownBackends>
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
        var known = KnownBackends()
        let backends = try known.adopt(options)
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
        self.known = Mutex(known)
        self.resolver = resolver
    }

    /// The backend of that name, if there is one.
    public func backend(named name: String) -> Backend? {
        known.withLock { $0.byName[name] }
    }

    /// Puts other backends in the place of those that are known by name. One whose options are the same stays what it is,
    /// with its connections, queues and limits; requests to one that goes, or changes, are finished as they were begun.
    /// From anywhere.
    ///
    /// A backend that goes leaves some hundred bytes on each loop.
    ///
    /// - Throws: `.invalidConfiguration`, and nothing has changed; `.cancelled` after the transport was shut down.
    public func adopt(_ options: [BackendOptions]) async throws(TransportError) {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        // Under the lock, so that every loop is given the backends in the order of their places.
        let isTaken = try known.withLock { known throws(TransportError) in
            let made = try known.adopt(options)
            let everywhere = loops.map { loop in
                loop.execute {
                    loop.add(made)
                    continuation.yield()
                }
            }
            return everywhere.allSatisfy { $0 }
        }
        guard isTaken else { throw .cancelled }
        var waiting = loops.count
        for await _ in stream {
            waiting -= 1
            if waiting == 0 { break }
        }
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

/// The backends by name, and how many there have ever been: a backend's place is never another's.
private struct KnownBackends {
    private(set) var byName: [String: Backend] = [:]
    private(set) var inOrder: [Backend] = []
    private var count = 0

    /// - Returns: those that are new, in the order of their places.
    mutating func adopt(_ options: [BackendOptions]) throws(TransportError) -> [Backend] {
        var named: [String: Backend] = [:]
        var made: [Backend] = []
        var ordered: [Backend] = []
        for options in options {
            let backend: Backend
            if let same = byName[options.name], same.options == options {
                backend = same
            } else {
                backend = try Backend(options: options, index: count + made.count)
                made.append(backend)
            }
            ordered.append(backend)
            guard named.updateValue(backend, forKey: options.name) == nil else {
                throw .invalidConfiguration(detail: "two backends are named '\(options.name)'")
            }
        }
        byName = named
        inOrder = ordered
        count += made.count
        return made
    }
}
