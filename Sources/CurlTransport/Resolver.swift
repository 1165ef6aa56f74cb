#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Runs look-ups, which may block, on a few threads of their own; a name that is being looked up is not asked for twice.
///
/// libcurl's own resolver would block its loop when a transfer is cancelled or times out meanwhile, and start a thread
/// per transfer. One per transport, shared by its loops. Answers are cached by each loop (`NameCache`), not here.
final class Resolver: @unchecked Sendable {
    typealias Reply = @Sendable (ResolverOptions.Answer) -> Void

    // All mutable state below is read and written under `lock` alone.
    private let lock = Lock()
    private var waiting: [String] = []
    private var replies: [String: [Reply]] = [:]
    private var idleThreads = 0
    private var threads = 0
    private var isStopped = false

    private let lookup: @Sendable (String) -> ResolverOptions.Answer
    private let maxThreads: Int

    init(options: ResolverOptions) {
        lookup = options.lookup
        maxThreads = max(1, options.maxThreads)
    }

    /// Looks `host` up. `reply` is called once, on a thread of the resolver's; never after `stop`.
    func resolve(_ host: String, reply: @escaping Reply) {
        let needsThread = lock.withLock { () -> Bool in
            guard !isStopped else { return false }
            replies[host, default: []].append(reply)
            if replies[host]?.count ?? 0 > 1 { return false }
            waiting.append(host)
            if idleThreads >= waiting.count || threads >= maxThreads {
                lock.signal()
                return false
            }
            threads += 1
            return true
        }
        if needsThread { startThread() }
    }

    /// Drops what waits and lets the threads end: idle ones at once, busy ones when their look-up returns. Waits for
    /// neither.
    func stop() {
        lock.withLock {
            isStopped = true
            waiting.removeAll()
            replies.removeAll()
            lock.signal(all: true)
        }
    }

    private func startThread() {
        guard !Thread.startDetached(name: "medley-names", { self.run() }) else { return }
        // Without a single thread nobody would ever answer.
        let abandoned = lock.withLock { () -> [Reply] in
            threads -= 1
            guard threads == 0 else { return [] }
            waiting.removeAll()
            defer { replies.removeAll() }
            return replies.values.flatMap(\.self)
        }
        for reply in abandoned { reply(.failure(detail: "no thread to look the name up could be started")) }
    }

    private func run() {
        while let host = nextHost() {
            let answer = lookup(host)
            let askers = lock.withLock { replies.removeValue(forKey: host) ?? [] }
            for reply in askers { reply(answer) }
        }
    }

    private func nextHost() -> String? {
        lock.withLock {
            while waiting.isEmpty && !isStopped {
                idleThreads += 1
                lock.wait()
                idleThreads -= 1
            }
            guard !isStopped else {
                threads -= 1
                return nil
            }
            return waiting.removeFirst()
        }
    }
}
