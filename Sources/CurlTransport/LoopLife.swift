import Synchronization

/// A loop's thread from its start to its end, and who waits for that end.
final class LoopLife: @unchecked Sendable {
    // `thread` and `waiters` are read and written under `lock` alone.
    private let lock = Lock()
    private var thread: Thread?
    private var waiters: [UnsafeContinuation<Void, Never>] = []
    private let ended = Atomic(false)

    private let closed = Atomic(false)

    /// The thread's work is over.
    var hasEnded: Bool { ended.load(ordering: .acquiring) }

    /// No more work is taken: what remains of the thread's life is cleaning up.
    var isClosed: Bool { closed.load(ordering: .acquiring) }

    /// On the thread, before work that comes late is sent elsewhere.
    func close() {
        closed.store(true, ordering: .releasing)
    }

    func begin(name: String, _ body: @escaping @Sendable () -> Void) throws(TransportError) {
        let thread = try Thread.start(name: name) {
            body()
            self.finish()
        }
        lock.withLock { self.thread = thread }
    }

    /// Waits for the thread's end and joins it. Any number of times, from anywhere.
    func end() async {
        await withUnsafeContinuation { continuation in
            let hasEnded = lock.withLock { () -> Bool in
                if self.hasEnded { return true }
                waiters.append(continuation)
                return false
            }
            if hasEnded { continuation.resume() }
        }
        let thread = lock.withLock { () -> Thread? in
            defer { self.thread = nil }
            return self.thread
        }
        // Ends within microseconds: it has nothing left to do.
        thread?.join()
    }

    private func finish() {
        let waiters = lock.withLock { () -> [UnsafeContinuation<Void, Never>] in
            ended.store(true, ordering: .releasing)
            defer { self.waiters = [] }
            return self.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
